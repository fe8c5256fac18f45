/* seldom - what would fill the log is said once an hour */

#include "base/seldom.h"

#include <stdatomic.h>

#include "base/clock.h"

#define HOUR_MS 3600000

bool
log_ratelimit(struct log_ratelimit *s)
{
	int64_t now = clock_ms(), next = atomic_load(&s->next);

	return (next == 0 || now >= next) &&
	    atomic_compare_exchange_strong(&s->next, &next, now + HOUR_MS);
}
