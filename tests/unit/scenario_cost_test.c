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
	    15000 },
	{ "expectations", read_scenario, "", "EXPECT ok\n", "", 15000 },
	{ "words of a statement", read_scenario, "CLIENT", " a=b", "\n",
	    15000 },
	{ "one long word", read_scenario, "HELO ", "a", "\n", 15000 },
	{ "escapes", read_scenario, "HELO ", "\\x41", "\n", 15000 },
	{ "quotes", read_scenario, "HELO ", "\"a\" ", "\n", 15000 },
	{ "a message", read_scenario, "DATA\n", "text\n", ".\n", 15000 },
	{ "a message without end", read_scenario, "DATA\n", "text\n", "",
	    15000 },
	{ "messages", read_scenario, "", "DATA\n.\n", "", 15000 },
	{ "configurations", read_scenario, "", "CONFIG\na = b\nEND\n", "",
	    15000 },
	{ "comments", read_scenario, "", "# a\n", "", 15000 },
	{ "blank lines", read_scenario, "", " \n", "", 15000 },
	{ "what is no statement", read_scenario, "", "HALLO\n", "", 15000 },
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
