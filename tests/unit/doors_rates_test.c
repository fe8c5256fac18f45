/* doors_rates_test - counters a minute, over the time that really passed */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "doors/rates.h"

static void
add(struct rates *r, int64_t seconds, uint64_t n)
{
	const struct rates_sample s = { .time = seconds * 1000, .sessions = n,
		.recipients = 2 * n, .refused = n / 2 };

	rates_add(r, &s);
}

static struct rates_per_minute
over(const struct rates *r, int minutes, int64_t seconds, uint64_t n)
{
	const struct rates_sample now = { .time = seconds * 1000,
		.sessions = n, .recipients = 2 * n, .refused = n / 2 };

	return rates_over(r, minutes, &now);
}

static void
test_nothing_yet(void **state)
{
	struct rates r = { .n = 0 };

	(void)state;
	assert_true(over(&r, 1, 100, 50).sessions == 0);
	add(&r, 100, 0);
	assert_true(over(&r, 1, 100, 50).sessions == 0);
}

static void
test_young(void **state)
{
	struct rates r = { .n = 0 };
	struct rates_per_minute rate;

	(void)state;
	add(&r, 0, 0);
	rate = over(&r, 15, 30, 10);
	assert_true(rate.sessions == 20);
	assert_true(rate.recipients == 40);
	assert_true(rate.refused == 10);
}

/* A second after a tick the last minute is not that second. */
static void
test_just_ticked(void **state)
{
	struct rates r = { .n = 0 };

	(void)state;
	add(&r, 0, 0);
	add(&r, 60, 60);
	add(&r, 120, 120);
	assert_true(over(&r, 1, 121, 122).sessions > 60);
	assert_true(over(&r, 1, 121, 122).sessions < 62);
}

/* 60 a minute in the first hour, then silence: seen by 15 before by 1. */
static void
test_long_life(void **state)
{
	struct rates r = { .n = 0 };
	int64_t minute;

	(void)state;
	for (minute = 0; minute <= 60; minute++)
		add(&r, minute * 60, (uint64_t)minute * 60);
	assert_true(over(&r, 15, 3600, 3600).sessions == 60);
	for (minute = 61; minute <= 63; minute++)
		add(&r, minute * 60, 3600);
	assert_true(over(&r, 1, 63 * 60, 3600).sessions == 0);
	assert_true(over(&r, 5, 63 * 60, 3600).sessions == 24);
	assert_true(over(&r, 15, 63 * 60, 3600).sessions == 48);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nothing_yet),
		cmocka_unit_test(test_young),
		cmocka_unit_test(test_just_ticked),
		cmocka_unit_test(test_long_life),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
