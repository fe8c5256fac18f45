/*
 * cost.h - does the work grow with the input, and not with its square?
 *
 * Counted is the CPU of this thread. What others take from a shared processor
 * (its caches, its clock) comes and goes, so what looks too dear is looked at
 * again; what is quadratic stays so each time.
 *
 * Include it behind <cmocka.h>.
 */
#ifndef UNIT_COST_H
#define UNIT_COST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "base/buf.h"

#define COST_TRIES 5
#define COST_NOISE_US 40000

/* CPU of this thread, in microseconds. */
static inline int64_t
cost_cpu_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

/*
 * Calls work(arg, size) and work(arg, times * size); took[0] and took[1] are
 * what they cost in the end, in microseconds. False: far more than `times` the
 * first, where the square would be times * times.
 */
static inline bool
cost_is_linear(void (*work)(const void *arg, size_t size), const void *arg,
    size_t size, size_t times, int64_t took[2])
{
	int64_t began, bound = (int64_t)(times * (times + 1) / 2);
	int tries;

	for (tries = 0; tries < COST_TRIES; tries++) {
		began = cost_cpu_us();
		work(arg, size);
		took[0] = cost_cpu_us() - began;
		work(arg, times * size);
		took[1] = cost_cpu_us() - began - took[0];
		if (took[1] <= bound * took[0] + COST_NOISE_US)
			return true;
	}
	return false;
}

static inline void
cost_fail(const char *what, const int64_t took[2])
{
	fail_msg("%s: %lld us, and of more %lld us", what,
	    (long long)took[0], (long long)took[1]);
}

/* A text for a parser: one piece again and again. */
struct cost_shape {
	const char *name;
	void (*read)(const char *text, size_t n);	/* text[n] is NUL */
	const char *start, *piece, *end;
	size_t n;	/* bytes of it; then ten times as many */
};

static inline void
cost_read(const void *arg, size_t size)
{
	const struct cost_shape *shape = arg;
	struct buf text = BUF_INIT;

	buf_puts(&text, shape->start);
	while (text.len < size)
		buf_puts(&text, shape->piece);
	buf_puts(&text, shape->end);
	shape->read(text.data, text.len);
	buf_free(&text);
}

/* Fails at the first that costs more than its size. */
static inline void
cost_check(const struct cost_shape *shapes, size_t n)
{
	int64_t took[2];
	size_t i;

	for (i = 0; i < n; i++)
		if (!cost_is_linear(cost_read, &shapes[i], shapes[i].n, 10,
		    took))
			cost_fail(shapes[i].name, took);
}

#endif
