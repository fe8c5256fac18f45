/* base_psl_test - which domain somebody registered */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/psl.h"

static const struct row {
	const char *name, *domain;
} rows[] = {
	{ "example.org", "example.org" },
	{ "a.b.example.org", "example.org" },
	{ "www.example.co.uk", "example.co.uk" },
	{ "co.uk", "co.uk" },
	{ "org", "org" },
	{ "www.xn--bcher-kva.example", "xn--bcher-kva.example" },
	{ "", "" },
};

static void
test_rows(void **state)
{
	size_t i;

	(void)state;
	if (strcmp(psl_registered("a.example.org"), "a.example.org") == 0) {
		print_message("built without the public suffix list\n");
		return;
	}
	for (i = 0; i < sizeof rows / sizeof *rows; i++)
		assert_string_equal(psl_registered(rows[i].name),
		    rows[i].domain);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
