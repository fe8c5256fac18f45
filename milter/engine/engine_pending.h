/*
 * engine/engine_pending.h - a refusal whose last words are the MTA's
 *
 * What the MTA refuses, or refuses because our policy service told it to, goes
 * to the client in the MTA's words. The reply map is asked about them a moment
 * later, so the record waits: for that question, for the next event of the
 * session, or for its time to be over, whichever comes first.
 *
 * One question means one refusal. A second one about the same text by another
 * map is about the same reply on its way out, and gets no second answer.
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
	int64_t spent;		/* µs that we took for it, without the wait */
	bool ours;		/* our policy service said it */
	bool shown;		/* the MTA showed us that it refuses */
	bool unjoined;		/* the session is not known */
	bool by_filter;		/* another filter's words */
	bool silent;		/* no refusal of its own: an earlier one is why */
	unsigned queried;		/* by which maps, a bit for each */
	struct report report;	/* its reply: as far as we were told */
	struct decision decision;	/* where it is ours */
	struct session view;	/* what is known for certain of the session;
				   borrows, for as long as one question takes */
	struct recipient named;	/* the recipient or sender that the words
				   name; owned */
};

/* What the engine knows of a reply that no event told it of. */
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

/* The same for a reply that no event told us of. */
void pending_begin(struct pending *h, const struct report *report,
    const struct question *q, const struct unforeseen *seen);

/* Writes what is due at `now` (clock_ms()). */
void pending_expire(struct pending *h, int64_t now);

/* Writes what waits, and forgets all. */
void pending_flush(struct pending *h);

/* Forgets all, with no record of what waits. */
void pending_cancel(struct pending *h);

/* Is a reply with this text, its beginning perhaps lost, the one held? */
bool pending_is(const struct pending *h, const char *text);

/* Is the question about the refusal held? */
bool pending_matches(const struct pending *h, const struct question *q);

/* The same, still waiting, and the reply begins with its recipient. */
bool pending_matches_words(const struct pending *h, const struct question *q);

/* engine_rewrite() for what is held. */
bool pending_rewrite(struct pending *h, const struct question *q,
    struct reply *out);

#endif
