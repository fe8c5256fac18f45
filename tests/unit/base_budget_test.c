/* base_budget_test - what a message may cost */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "base/budget.h"
#include "base/buf.h"

static void
test_spending(void **state)
{
	struct budget b = { .max = { [BUDGET_UNPACKED] = 10 } };
	struct buf text = BUF_INIT;

	(void)state;
	assert_true(budget_spend(NULL, BUDGET_UNPACKED, 1000));
	assert_true(budget_left(NULL));
	assert_true(budget_spend(&b, BUDGET_ENTRIES, 1000));
	assert_true(budget_spend(&b, BUDGET_UNPACKED, 10));
	assert_false(budget_spend(&b, BUDGET_UNPACKED, 1));
	/* For good, whoever asks. */
	assert_false(budget_spend(&b, BUDGET_LINKS, 0));
	assert_false(budget_left(&b));
	budget_say(&b, &text);
	assert_non_null(strstr(text.data, "11 bytes unpacked (at most 10)"));
	assert_non_null(strstr(text.data, "1000 files in archives,"));
	buf_free(&text);
}

/* Only what this thread works counts, and only while it works on it. */
static void
test_cpu(void **state)
{
	struct budget b = { .max = { [BUDGET_CPU] = 20000 } };
	struct timespec nap = { 0, 30000000 };
	unsigned long spins;

	(void)state;
	budget_enter(&b);
	nanosleep(&nap, NULL);
	assert_true(budget_left(&b));
	budget_leave(&b);
	for (spins = 0; spins < 1000000 && budget_left(&b); spins++)
		;
	assert_int_equal(spins, 1000000);
	/* Within one call another counts no second time, and ends nothing. */
	budget_enter(&b);
	budget_enter(&b);
	budget_leave(&b);
	for (spins = 0; budget_left(&b); spins++)
		;
	budget_leave(&b);
	assert_true(b.spent[BUDGET_CPU] >= 20000);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_spending),
		cmocka_unit_test(test_cpu),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
