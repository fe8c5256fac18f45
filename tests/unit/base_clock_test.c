/* base_clock_test - time read and time waited */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <limits.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

#include "patience.h"

static const struct {
	time_t second;
	long nanosecond;
	const char *text;
} times[] = {
	{ 0, 0, "1970-01-01T00:00:00.000Z" },
	{ 1767323045, 678999999, "2026-01-02T03:04:05.678Z" },
	{ 1709164799, 999999999, "2024-02-28T23:59:59.999Z" },
	{ 4102444800, 1000000, "2100-01-01T00:00:00.001Z" },
	{ -1, 0, "1969-12-31T23:59:59.000Z" },
	{ 253402300799, 0, "9999-12-31T23:59:59.000Z" },
	{ 253402300800, 0, "0000-01-01T00:00:00.000Z" },
};

static void
test_rfc3339(void **state)
{
	char text[CLOCK_TEXT];
	size_t i;

	(void)state;
	setenv("TZ", "Europe/Berlin", 1);
	for (i = 0; i < sizeof times / sizeof times[0]; i++) {
		struct timespec t = { .tv_sec = times[i].second,
			.tv_nsec = times[i].nanosecond };

		assert_string_equal(clock_rfc3339(&t, text), times[i].text);
	}
}

/* The time alone on the same day, else with its date. */
static void
test_local(void **state)
{
	const int64_t noon = 1764158400000;	/* Wed Nov 26 2025, 12:00 UTC */
	char text[CLOCK_LOCAL_TEXT];

	(void)state;
	setenv("TZ", "UTC", 1);
	tzset();
	assert_string_equal(clock_local(noon, noon - 3600000, text),
	    "12:00 (UTC)");
	assert_string_equal(clock_local(noon, noon - 13 * 3600000, text),
	    "Wed 26 Nov 12:00 (UTC)");
	assert_string_equal(clock_local(noon, noon - 365LL * 86400000, text),
	    "Wed 26 Nov 12:00 (UTC)");
}

static void
test_left(void **state)
{
	(void)state;
	assert_int_equal(clock_left(clock_ms() - 1), 0);
	assert_int_equal(clock_left(0), 0);
	assert_in_range(clock_left(patience()), 1, PATIENCE_MS);
	assert_int_equal(clock_left(INT64_MAX), INT_MAX);
}

static void
test_now(void **state)
{
	int64_t us = clock_us();
	struct timespec before, now, after;

	(void)state;
	assert_true(clock_us() >= us);
	assert_in_range(clock_ms() - us / 1000, 0, PATIENCE_MS);
	/* time() may lag behind by a tick of the kernel. */
	clock_gettime(CLOCK_REALTIME, &before);
	now = clock_now();
	clock_gettime(CLOCK_REALTIME, &after);
	assert_in_range(now.tv_sec, before.tv_sec, after.tv_sec);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rfc3339),
		cmocka_unit_test(test_local),
		cmocka_unit_test(test_left),
		cmocka_unit_test(test_now),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
