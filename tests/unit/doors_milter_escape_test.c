/* doors_milter_escape_test - every percent sign leaves as two */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "doors/milter_escape.h"

static const struct row {
	const char *text, *doubled;
} rows[] = {
	{ "", "" },
	{ "%", "%%" },
	{ "%%", "%%%%" },
	{ "100% bad", "100%% bad" },
	{ "%s%n%d", "%%s%%n%%d" },
	{ "no sign at all", "no sign at all" },
};

static void
test_rows(void **state)
{
	char *got;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		got = milter_escape(rows[i].text);
		assert_string_equal(got, rows[i].doubled);
		free(got);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_rows) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
