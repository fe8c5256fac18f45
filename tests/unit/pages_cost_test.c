/* pages_cost_test - what a browser says is read in time that grows with it */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "pages/language.h"

#include "cost.h"

static void
read_accept(const char *text, size_t n)
{
	(void)n;
	assert_non_null(language_choose(NULL, text));
}

static void
read_code(const char *text, size_t n)
{
	(void)n;
	assert_non_null(language_choose(text, NULL));
}

/* Accept-Language (RFC 9110 section 12.5.4), and ?lang= of the address. */
static const struct cost_shape shapes[] = {
	{ "languages", read_accept, "de", ", fr;q=0.5", "", 100000 },
	{ "our languages", read_accept, "de", ", en;q=0.5", "", 100000 },
	{ "commas", read_accept, "", ",", "", 100000 },
	{ "parameters", read_accept, "de", ";q=0.5", "", 100000 },
	{ "digits", read_accept, "de;q=0.", "5", "", 100000 },
	{ "spaces", read_accept, "de", " ", "", 100000 },
	{ "subtags", read_accept, "de", "-AT", "", 100000 },
	{ "stars", read_accept, "", "*,", "", 100000 },
	{ "a long code", read_code, "d", "e", "", 100000 },
};

static void
test_languages(void **state)
{
	(void)state;
	cost_check(shapes, sizeof shapes / sizeof shapes[0]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_languages),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
