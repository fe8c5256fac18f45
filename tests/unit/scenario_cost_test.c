/* scenario_cost_test - a scenario is read in time that grows with it */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/diag.h"
#include "scenario/scenario.h"

#include "cost.h"

static void
read_scenario(const char *text, size_t n)
{
	struct scenario s = { .file = NULL };
	struct diags d = DIAGS_INIT;

	scenario_read(&s, "cost.scn", text, n, &d);
	scenario_free(&s);
	diags_free(&d);
}

static const struct cost_shape shapes[] = {
	{ "statements", read_scenario, "", "RCPT <a@example.org>\n", "",
	    50000 },
	{ "expectations", read_scenario, "", "EXPECT ok\n", "", 50000 },
	{ "words of a statement", read_scenario, "CLIENT", " a=b", "\n",
	    50000 },
	{ "one long word", read_scenario, "HELO ", "a", "\n", 50000 },
	{ "escapes", read_scenario, "HELO ", "\\x41", "\n", 50000 },
	{ "quotes", read_scenario, "HELO ", "\"a\" ", "\n", 50000 },
	{ "a message", read_scenario, "DATA\n", "text\n", ".\n", 50000 },
	{ "a message without end", read_scenario, "DATA\n", "text\n", "",
	    50000 },
	{ "messages", read_scenario, "", "DATA\n.\n", "", 50000 },
	{ "configurations", read_scenario, "", "CONFIG\na = b\nEND\n", "",
	    50000 },
	{ "comments", read_scenario, "", "# a\n", "", 50000 },
	{ "blank lines", read_scenario, "", " \n", "", 50000 },
	{ "what is no statement", read_scenario, "", "HALLO\n", "", 50000 },
};

static void
test_statements(void **state)
{
	(void)state;
	cost_check(shapes, sizeof shapes / sizeof shapes[0]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_statements),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
