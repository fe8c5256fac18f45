/*
 * engine_time.h - duration of steps, a histogram for each stage For /metrics.
 * Any thread.
 */
#ifndef ENGINE_TIME_H
#define ENGINE_TIME_H

#include <stdint.h>

#include "model/stage.h"

/* Upper edges in microseconds; one more bucket holds what is over the last. */
#define ENGINE_TIME_EDGES { 100, 1000, 10000, 100000, 500000, 1000000, \
	2000000, 5000000 }
#define ENGINE_TIME_BUCKETS 9

struct engine_time {
	uint64_t buckets[ENGINE_TIME_BUCKETS];	/* each for itself */
	uint64_t steps, us;			/* sums */
};

void engine_time_add(enum stage stage, int64_t us);
struct engine_time engine_time_get(enum stage stage);

#endif
