/* setup_cost_test - a sendmail.mc is read in time that grows with it */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "setup/sendmail_mc.h"

#include "cost.h"

static void
read_mc(const char *text, size_t n)
{
	struct mc_call call;

	(void)n;
	while (mc_next(&text, &call))
		;
}

static const struct cost_shape shapes[] = {
	{ "calls", read_mc, "", "FEATURE(`dnsbl', `a.example')dnl\n", "",
	    50000 },
	{ "short calls", read_mc, "", "a()", "", 20000 },
	{ "arguments", read_mc, "FEATURE(", "`a',", "`a')", 50000 },
	{ "calls without an end", read_mc, "", "a(", "", 20000 },
	{ "calls in calls", read_mc, "", "a(`", "", 20000 },
	{ "quotes in quotes", read_mc, "a(", "`", "", 50000 },
	{ "quotes that end", read_mc, "", "'", "", 50000 },
	{ "a long name", read_mc, "", "a", "(`b')", 50000 },
	{ "a long argument", read_mc, "a(`", "b", "')", 50000 },
	{ "comments", read_mc, "", "dnl a(\n", "", 50000 },
	{ "hashes", read_mc, "", "# a(\n", "", 50000 },
	{ "words", read_mc, "", "divert ", "", 50000 },
};

static void
test_calls(void **state)
{
	(void)state;
	cost_check(shapes, sizeof shapes / sizeof shapes[0]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_calls),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
