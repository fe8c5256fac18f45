/*
 * feeder.h - the thread of saywhyd that feeds the store and lets it expire
 *
 * The one writer of the daemon. It looks for new lines every 100 ms, imports
 * them in batches, and once a minute removes what is too old or too much, in
 * slices. A store that fails is logged once and tried again every two seconds;
 * mail and record file do not depend on it.
 */
#ifndef RECORDS_FEEDER_H
#define RECORDS_FEEDER_H

#include <stdbool.h>
#include <stdint.h>

struct feeder;
struct record_options;

#define FEEDER_FAILURE 160

struct feeder_health {
	bool on;		/* there is a store */
	bool failing;
	uint64_t taken, bad;	/* lines since the start */
	int64_t behind;		/* bytes of the record file not imported yet */
	int64_t newest;		/* time of the last record imported; 0: none */
	char failure[FEEDER_FAILURE];	/* why; "" unless it is failing */
};

/*
 * How old what is not in the store yet may be, in ms; 0: all is there, or
 * nothing was imported since the start.
 */
int64_t feeder_lag(const struct feeder_health *health);

/*
 * NULL when the options want no store, or one on a server, which "saywhy ship"
 * feeds. Copies what it needs of them.
 */
struct feeder *feeder_start(const struct record_options *opt);

/* Imports what is there once more, for at most a second. NULL: nothing. */
void feeder_stop(struct feeder *f);

/* Any thread; NULL: all zero. */
struct feeder_health feeder_health(struct feeder *f);

#endif
