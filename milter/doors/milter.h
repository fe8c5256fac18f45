/*
 * milter.h - the filter's door: libmilter on one side, engine on the other
 *
 * Each session negotiates only the steps and answers that its ruleset needs,
 * for every one is a round trip of the MTA. One door a process (libmilter
 * knows no more). The daemon's main thread calls these; callbacks run in
 * threads of their own (libmilter_threads.h).
 */
#ifndef DOORS_MILTER_H
#define DOORS_MILTER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct buf;
struct recorder;

/*
 * Listens at `spec` (base/sock.h): after this an MTA can connect, and waits.
 * Called while we are still root, so that rights and group can be set; gid -1
 * keeps the group. False, words in errmsg.
 */
bool milter_open(const char *spec, mode_t mode, gid_t gid, struct buf *errmsg);

/*
 * Serves from now on, each session with ruleset_current(). The recorder must
 * outlive the door.
 */
bool milter_start(struct recorder *recorder);

/*
 * Takes no more sessions; those that there are go on. How many of them there
 * are still. May be called again, and before milter_stop().
 */
unsigned milter_retire(void);

/* How the door ended. */
struct milter_end {
	bool good;	/* it could listen until it was to stop */
	bool quiet;	/* no session runs any more: all can be freed */
	unsigned cut;	/* sessions cut off, which the MTA then defers */
};

/*
 * Takes no more sessions and lets the live ones end until `deadline`
 * (clock_ms()).
 */
struct milter_end milter_stop(int64_t deadline);

#endif
