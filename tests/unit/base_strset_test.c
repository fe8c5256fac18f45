/* base_strset_test - a set of strings without case */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/strset.h"

static void
test_case(void **state)
{
	struct strset set = { .slots = NULL };

	(void)state;
	assert_null(strset_find(&set, "x", 1));
	assert_true(strset_add(&set, "Example.COM"));
	assert_false(strset_add(&set, "example.com"));
	assert_true(strset_add(&set, ""));
	assert_true(strset_add(&set, "\xc3\x84"));
	assert_int_equal(set.n, 3);
	assert_string_equal(strset_find(&set, "eXAMPLE.com", 11),
	    "Example.COM");
	assert_non_null(strset_find(&set, "example.com.org", 11));
	assert_null(strset_find(&set, "example.com", 10));
	assert_null(strset_find(&set, "example.com.", 12));
	assert_non_null(strset_find(&set, "", 0));
	/* Only ASCII letters have a case. */
	assert_null(strset_find(&set, "\xc3\xa4", 2));
	/* These differ in the bit that letters have for their case. */
	assert_true(strset_add(&set, "@["));
	assert_null(strset_find(&set, "`{", 2));
	/* A NUL in what is asked for ends no comparison. */
	assert_null(strset_find(&set, "example.com\0", 12));
	strset_free(&set);
	strset_free(&set);
}

static void
test_many(void **state)
{
	struct strset set = { .slots = NULL };
	char text[32];
	int i;

	(void)state;
	for (i = 0; i < 20000; i++) {
		snprintf(text, sizeof text, "host%d.example", i);
		assert_true(strset_add(&set, text));
	}
	assert_int_equal(set.n, 20000);
	for (i = 0; i < 20000; i++) {
		snprintf(text, sizeof text, "HOST%d.Example", i);
		assert_non_null(strset_find(&set, text, strlen(text)));
		snprintf(text, sizeof text, "host%d.exampl", i);
		assert_null(strset_find(&set, text, strlen(text)));
	}
	strset_free(&set);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_case),
		cmocka_unit_test(test_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
