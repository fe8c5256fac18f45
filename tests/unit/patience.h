/*
 * patience.h - how long tests wait
 *
 * On a busy machine every wait takes longer, sometimes by seconds, and none
 * becomes shorter. So a test waits PATIENCE_MS for what must come, and fails
 * only for what never came. Where how long it takes is the point, the best of
 * some tries tells, and the bound lies far from what a fault would cost.
 */
#ifndef UNIT_PATIENCE_H
#define UNIT_PATIENCE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"

#define PATIENCE_MS 60000
#define PATIENCE_TRIES 20

/* The deadline of something that must come. */
static inline int64_t
patience(void)
{
	return clock_ms() + PATIENCE_MS;
}

/*
 * How long work(arg) takes, in ms: of several tries the first that takes no
 * more than `enough`, otherwise the shortest.
 */
static inline int64_t
patience_ms(void (*work)(void *arg), void *arg, int64_t enough)
{
	int64_t began, took, best = INT64_MAX;
	int tries;

	for (tries = 0; tries < PATIENCE_TRIES && best > enough; tries++) {
		began = clock_ms();
		work(arg);
		took = clock_ms() - began;
		best = took < best ? took : best;
	}
	return best;
}

#endif
