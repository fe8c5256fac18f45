/*
 * engine.h - one SMTP session, step by step
 *
 * A door writes into the session what happened (model/session.h) and calls the
 * next step; the engine runs the checks of that stage, lets the policy decide
 * what may be answered here, renders the reply and writes the record, in this
 * order, before it returns. It knows neither libmilter nor libConfuse. One
 * thread at a time; different engines are independent.
 */
#ifndef ENGINE_ENGINE_H
#define ENGINE_ENGINE_H

#include <stdbool.h>
#include <stdint.h>

#include "model/action.h"
#include "model/finding.h"
#include "model/session.h"
#include "policy/marks.h"
#include "words/reason_row.h"
#include "words/reply.h"

struct check;
struct recorder;
struct ruleset;
struct engine;

/* Holds `rules` (its own hold) until engine_free(). recorder may be NULL. */
struct engine *engine_new(struct ruleset *rules, struct recorder *recorder);

/*
 * One for a question of the policy service: no session of its own to be
 * counted, and WAIT_OURS (below).
 */
struct engine *engine_new_question(struct ruleset *rules,
    struct recorder *recorder, int64_t ms);
void engine_free(struct engine *e);	/* NULL: nothing */

/*
 * From now on only reasons about this are issued: the policy service is queried
 * from several of Postfix's lists, and each puts its own words in front.
 */
void engine_answer_about(struct engine *e, enum about about);

/*
 * A refusal that is about something else than the list in which the policy
 * service was queried: its text is kept until the table of that name is.
 * engine_kept(): for the caller to free; NULL: none about this.
 */
void engine_keep(struct engine *e, const char *text);
char *engine_kept(struct engine *e, enum about about);

/* What the last refusal was about. */
enum about engine_refused_about(const struct engine *e);

/*
 * The question is asked at this stage (CONNECT, MAIL; else RCPT), where reasons
 * are issued that are to be issued there.
 */
void engine_answer_at(struct engine *e, enum stage stage);

struct session *engine_session(struct engine *e);
const struct ruleset *engine_rules(const struct engine *e);

/*
 * What the MTA must answer: TEMPFAIL or REJECT with `reply` filled (the caller
 * clears it), or a milder action, which is "continue". After MESSAGE
 * engine_marks() says what to do to the message.
 */
enum action engine_step(struct engine *e, enum stage stage,
    struct reply *reply);

/* A header field, as session_header() wants it; before HEADERS. */
void engine_header(struct engine *e, const char *name, const char *value);
/* True: nobody looks at a field of this name any more, so many others came
   before it. Its bytes are counted, and it need not be passed. */
bool engine_skips_header(struct engine *e, const char *name, size_t bytes);

/* n bytes of the body have come; between HEADERS and MESSAGE. */
void engine_body(struct engine *e, const char *bytes, size_t n);

/* Marks and quarantine for this message; empty in observe mode. */
const struct marks *engine_marks(const struct engine *e);

/*
 * A finding of the door itself: the session cap, a failure of ours. It is
 * answered at once, that is at MAIL.
 */
void engine_find(struct engine *e, int reason, const char *check,
    enum stage stage);

/*
 * The MTA refuses the recipient at RCPT: status ("5.1.1", or NULL) and its
 * text, perhaps without its first word. Recorded, never answered.
 */
void engine_refused_by_mta(struct engine *e, const char *status,
    const char *text);

/*
 * Refusals that leave in the MTA's words and may be rewritten on their way:
 * those of the MTA itself (WAIT_MTA), or those of this engine at RCPT, issued
 * by the policy service (WAIT_OURS). Their records are pending until
 * engine_rewrite(), engine_flush(), `ms` later (engine_expire()), or the end. 0
 * ms: none is pending, but ours are recognised.
 */
enum wait { WAIT_NOT, WAIT_MTA, WAIT_OURS };
void engine_wait_mta(struct engine *e, int64_t ms);

/* A new event of the session: pending refusals are written and forgotten. */
void engine_flush(struct engine *e);

/* Writes what has waited long enough at `now` (clock_ms()). */
void engine_expire(struct engine *e, int64_t now);

/* The MTA shows a refusal with this text: was it our policy service's? */
bool engine_issued(const struct engine *e, const char *text);

/* The same, about this client and the recipient that is at RCPT there. */
bool engine_issued_to(const struct engine *e, const struct session *s,
    const char *text);

/* A query of a reply map: a reply that is about to leave. */
enum ask { ASK_FILTER, ASK_FOOTER };
struct question {
	enum ask how;
	const char *text;	/* as it came, n bytes */
	size_t n;
	struct reply stock;	/* the same, read; at least one line */
};

/* The pending refusal was never issued: it gets no record. */
void engine_cancel(struct engine *e);

/* Is the query about the pending refusal? */
bool engine_matches(const struct engine *e, const struct question *q);

/*
 * The same where only the text can match: it stays pending, and its recipient
 * is the one that the reply names.
 */
bool engine_matches_words(const struct engine *e, const struct question *q);

/*
 * A reply of this session is about to leave, pending or not. It is recorded.
 * True: `out` (the caller clears it) replaces it.
 */
bool engine_rewrite(struct engine *e, const struct question *q,
    struct reply *out);

/*
 * The same without an engine: `known` is what is known of the session, or NULL,
 * and then the record says so.
 */
bool engine_rewrite_unknown(struct ruleset *rules, struct recorder *recorder,
    const struct session *known, const struct question *q,
    struct reply *out);

/* RSET, a new MAIL: forget the message. */
void engine_reset(struct engine *e);

/*
 * The final dot was answered by us: what was found is forgotten, but not whose
 * message it is, for others may still refuse it.
 */
void engine_end_message(struct engine *e);

/* The recipient is refused, and another event has said so. */
void engine_note_refused(struct engine *e);

/* For `saywhy try --trace`: called for each check run and each decision. */
struct engine_watcher {
	void *arg;
	void (*check)(void *arg, const struct check *check, enum stage stage,
	    const struct finding *found, size_t n, int64_t us);
	void (*decided)(void *arg, enum stage stage, const struct decision *d,
	    const struct reply *reply, const char *id);
};
void engine_watch(struct engine *e, const struct engine_watcher *w);

/* Counters of the whole process, for `saywhy status`; any thread. */
struct engine_counts {
	uint64_t sessions, messages, recipients;
	uint64_t rejected, tempfailed, observed, quarantined, marked;
	uint64_t refused_by_mta;
};
struct engine_counts engine_counts(void);

#endif
