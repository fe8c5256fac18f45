/*
 * ship_state.h - how "saywhy ship" fares, for saywhyd to tell
 *
 * A small file that is replaced again and again; when it was not in time, it is
 * the state of nobody any more.
 */
#ifndef RECORDS_SHIP_STATE_H
#define RECORDS_SHIP_STATE_H

#include <stdbool.h>
#include <stdint.h>

#define SHIP_STATE_FAILURE 160

struct ship_state {
	bool failing;
	uint64_t taken, bad;	/* lines since the start */
	uint64_t refused;	/* lines that will never be taken */
	int64_t behind;		/* bytes that are not shipped yet */
	int64_t now;		/* when this was so, ms since 1970 */
	int64_t wait;		/* until it says so anew, ms at most */
	int64_t newest;		/* time of the last record shipped; 0: none */
	char failure[SHIP_STATE_FAILURE];	/* a line; "" unless failing */
};

/* NULL path: nothing. A failure is of no matter: nobody reads it, then. */
void ship_state_save(const char *path, const struct ship_state *state);

/*
 * False: it is no one's any more, a minute after the next one was due; or there
 * is none, and all of it is zero.
 */
bool ship_state_load(const char *path, struct ship_state *state);

#endif
