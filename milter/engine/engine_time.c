/* engine_time - duration of steps, a histogram for each stage */

#include "engine/engine_time.h"

#include <stdatomic.h>
#include <stddef.h>

static const int64_t edges[] = ENGINE_TIME_EDGES;

static struct {
	_Atomic uint64_t buckets[ENGINE_TIME_BUCKETS];
	_Atomic uint64_t us;
} times[STAGE_COUNT];

void
engine_time_add(enum stage stage, int64_t us)
{
	size_t i = 0;

	while (i < ENGINE_TIME_BUCKETS - 1 && us > edges[i])
		i++;
	atomic_fetch_add_explicit(&times[stage].buckets[i], 1,
	    memory_order_relaxed);
	atomic_fetch_add_explicit(&times[stage].us, (uint64_t)us,
	    memory_order_relaxed);
}

struct engine_time
engine_time_get(enum stage stage)
{
	struct engine_time t = { .us = times[stage].us };
	size_t i;

	for (i = 0; i < ENGINE_TIME_BUCKETS; i++) {
		t.buckets[i] = times[stage].buckets[i];
		t.steps += t.buckets[i];
	}
	return t;
}
