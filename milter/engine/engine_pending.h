/*
 * engine_pending.h - pending refusals
 *
 * What the MTA refuses, itself or on the answer of our policy service, goes to
 * the client in the MTA's words. The MTA queries the reply map about them a
 * moment later, so the record is pending: until that query, the next event of
 * the session, or the end of its time, whichever comes first.
 *
 * One query means one refusal. A second query with the same text from another
 * map is about the same reply, and gets no second answer.
 */
#ifndef ENGINE_PENDING_H
#define ENGINE_PENDING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/engine.h"
#include "engine/engine_report.h"

enum pending_state { PENDING_NONE, PENDING_WAITING, PENDING_WRITTEN };

/* Zeroed is "none". Belongs to an engine, or to one question. */
struct pending {
	enum pending_state state;
	int64_t until;		/* clock_ms(): then it is written anyway */
	int64_t spent;		/* µs that we needed for it, without the wait */
	bool ours;		/* our policy service issued it */
	bool shown;		/* the MTA showed us that it refuses */
	bool unjoined;		/* the session is not known */
	bool by_filter;		/* another filter's words */
	bool silent;		/* the consequence of an earlier refusal */
	bool question;		/* to a command that sends no message */
	unsigned queried;	/* by which maps, a bit for each */
	struct report report;	/* its reply, as far as it is known */
	struct decision decision;	/* where it is ours */
	struct session view;	/* what is known for certain of the session;
				   borrows, for as long as one question takes */
	struct recipient named;	/* the recipient or sender that the words
				   name; owned */
};

/* What the engine knows of a reply that no event announced. */
struct unforeseen {
	bool unjoined;		/* nothing: the session is not known */
	bool refused;		/* something of this message was refused */
	bool judged;		/* our filter let the whole message pass */
};

/*
 * Keeps the report (what it owns is moved) for `ms`; 0: it is written now and
 * kept to be known again. A decision: it is ours.
 */
void pending_keep(struct pending *h, struct report *report,
    const struct decision *d, int64_t ms);

/* The same for a reply that no event announced. */
void pending_begin(struct pending *h, const struct report *report,
    const struct question *q, const struct unforeseen *unforeseen);

/* Writes what is due at `now` (clock_ms()). */
void pending_expire(struct pending *h, int64_t now);

/* Writes what waits, and forgets all. */
void pending_flush(struct pending *h);

/* Forgets all, with no record of what waits. */
void pending_cancel(struct pending *h);

/* Has the pending refusal this text, perhaps without its beginning? */
bool pending_is(const struct pending *h, const char *text);

/* Is the query about the pending refusal? */
bool pending_matches(const struct pending *h, const struct question *q);

/* The same, still waiting, and the reply begins with its recipient. */
bool pending_matches_words(const struct pending *h, const struct question *q);

/* engine_rewrite() for the pending refusal. */
bool pending_rewrite(struct pending *h, const struct question *q,
    struct reply *out);

#endif
