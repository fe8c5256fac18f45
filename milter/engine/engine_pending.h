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

enum held_state { HELD_NONE, HELD_WAITING, HELD_WRITTEN };

/* Zeroed is "none". Belongs to an engine, or to one question. */
struct held {
	enum held_state state;
	int64_t until;		/* clock_ms(): then it is written anyway */
	int64_t spent;		/* µs that we took for it, without the wait */
	bool ours;		/* our policy service said it */
	bool told;		/* the MTA showed us that it refuses */
	bool unjoined;		/* the session is not known */
	unsigned asked;		/* by which maps, a bit for each */
	struct report report;	/* its reply: as far as we were told */
	struct decision decision;	/* where it is ours */
	struct session view;	/* what is known for certain of the session;
				   borrows, for as long as one question takes */
};

/*
 * Keeps the report (what it owns is moved) for `ms`; 0: it is written now and
 * kept to be known again. A decision: it is ours.
 */
void held_keep(struct held *h, struct report *report,
    const struct decision *d, int64_t ms);

/* The same for a reply that no event told us of. */
void held_begin(struct held *h, const struct report *report);

/* Writes what is due at `now` (clock_ms()). */
void held_look(struct held *h, int64_t now);

/* Writes what waits, and forgets all. */
void held_end(struct held *h);

/* Forgets all, with no record of what waits. */
void held_drop(struct held *h);

/* Is a reply with this text, its beginning perhaps lost, the one held? */
bool held_is(const struct held *h, const char *text);

/* Is the question about the refusal held? */
bool held_fits(const struct held *h, const struct question *q);

/* The same, still waiting, and the reply begins with its recipient. */
bool held_fits_by_words(const struct held *h, const struct question *q);

/* engine_asked() for what is held. */
bool held_answer(struct held *h, const struct question *q,
    struct reply *out);

#endif
