/* clock - time: monotonic for deadlines, wall clock for records */

#include "base/clock.h"

#include <limits.h>
#include <stdio.h>

int64_t
clock_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

int64_t
clock_ms(void)
{
	return clock_us() / 1000;
}

struct timespec
clock_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return t;
}

int64_t
clock_epoch_ms(void)
{
	struct timespec now = clock_now();

	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

const char *
clock_rfc3339(const struct timespec *t, char text[CLOCK_TEXT])
{
	struct tm tm;
	size_t n;

	/* A year beyond 9999 has no RFC 3339 form. */
	if (gmtime_r(&t->tv_sec, &tm) == NULL || tm.tm_year > 9999 - 1900 ||
	    tm.tm_year < -1900) {
		snprintf(text, CLOCK_TEXT, "0000-01-01T00:00:00.000Z");
		return text;
	}
	n = strftime(text, CLOCK_TEXT, "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(text + n, CLOCK_TEXT - n, ".%03dZ",
	    (int)(t->tv_nsec / 1000000) % 1000);
	return text;
}

int
clock_left(int64_t deadline)
{
	int64_t left = deadline - clock_ms();

	if (left <= 0)
		return 0;
	return left < INT_MAX ? (int)left : INT_MAX;
}

bool
clock_wait(pthread_cond_t *cond, pthread_mutex_t *lock, int64_t deadline)
{
	struct timespec until = { .tv_sec = (time_t)(deadline / 1000),
		.tv_nsec = (long)(deadline % 1000) * 1000000 };

	return pthread_cond_clockwait(cond, lock, CLOCK_MONOTONIC,
	    &until) == 0;
}

const char *
clock_local(int64_t ms, int64_t now, char text[CLOCK_LOCAL_TEXT])
{
	time_t t = (time_t)(ms / 1000), n = (time_t)(now / 1000);
	struct tm tm, today;

	if (localtime_r(&t, &tm) == NULL || localtime_r(&n, &today) == NULL)
		return NULL;
	strftime(text, CLOCK_LOCAL_TEXT, tm.tm_yday == today.tm_yday &&
	    tm.tm_year == today.tm_year ? "%H:%M (%Z)" :
	    "%a %d %b %H:%M (%Z)", &tm);
	return text;
}
