/*
 * match_near.h - the records around a time, each read from the store once
 *
 * A log is read in the order of its time, mostly: what is kept moves along
 * with it. What is added to the store meanwhile is seen.
 */
#ifndef RECORDS_MATCH_NEAR_H
#define RECORDS_MATCH_NEAR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct db;
struct ip;
struct match_near;
struct parsed_record;

/* So far apart in time a record and its event may be. */
#define MATCH_NEAR_MS 5000

/* A record of a session; lives until the next match_near_move(). */
struct near_row {
	int64_t n, time;
	int place;			/* of the caller; -1 at first */
	bool read;			/* its line, which may be gone */
	struct parsed_record *parsed;
};

/* The database outlives it. */
struct match_near *match_near_new(struct db *db);
void match_near_free(struct match_near *m);	/* NULL: nothing */

/*
 * To what is around this time, as the store has it now. True: there is more of
 * it than before.
 */
bool match_near_move(struct match_near *m, int64_t time);

/* NULL: its line is gone, or none of a record. */
const struct parsed_record *match_near_parsed(struct match_near *m,
    struct near_row *row);

/* What was parsed goes; it is read again when it is asked for. */
void near_row_shrink(struct near_row *row);

/*
 * The records of a client, and those of none that is known, which are near to
 * the time of an event; the nearest to its middle first. A log has whole
 * seconds.
 */
struct near_walk {
	struct {
		struct near_row *const *rows;
		size_t next, left;
		bool back;		/* in time */
	} of[4];
	int64_t time;
};

void match_near_walk(const struct match_near *m, const struct ip *client,
    int64_t time, struct near_walk *w);
struct near_row *near_walk_next(struct near_walk *w);	/* NULL: the end */

#endif
