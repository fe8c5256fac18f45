/* budget - what one message may cost, spent by all who look into it */

#include "base/budget.h"

#include <stddef.h>
#include <time.h>

#include "base/buf.h"

/* Of this thread alone; never 0. */
static int64_t
cpu_us(void)
{
	struct timespec t = { 0, 0 };

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000 + 1;
}

void
budget_enter(struct budget *b)
{
	if (b != NULL && b->depth++ == 0)
		b->entered = cpu_us();
}

void
budget_leave(struct budget *b)
{
	budget_left(b);
	if (b != NULL && --b->depth == 0)
		b->entered = 0;
}

bool
budget_spend(struct budget *b, enum budget_kind kind, long long n)
{
	if (b == NULL)
		return true;
	b->spent[kind] += n;
	if (b->max[kind] > 0 && b->spent[kind] > b->max[kind])
		b->over = true;
	return !b->over;
}

bool
budget_left(struct budget *b)
{
	int64_t now;

	if (b == NULL || b->entered == 0)
		return b == NULL || !b->over;
	now = cpu_us();
	budget_spend(b, BUDGET_CPU, now - b->entered);
	b->entered = now;
	return !b->over;
}

void
budget_say(const struct budget *b, struct buf *out)
{
	static const char *const words[] = {
#define BUDGET(id, words) words,
#include "base/budget.def"
#undef BUDGET
	};
	size_t i;

	for (i = 0; i < BUDGET_KINDS; i++) {
		buf_printf(out, "%s%lld %s", i > 0 ? ", " : "", b->spent[i],
		    words[i]);
		if (b->max[i] > 0 && b->spent[i] > b->max[i])
			buf_printf(out, " (at most %lld)", b->max[i]);
	}
}
