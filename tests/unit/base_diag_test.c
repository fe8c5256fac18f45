/* base_diag_test - mistakes in order of place, and the nearest word */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/diag.h"

static void
test_order(void **state)
{
	struct diags d = DIAGS_INIT;
	char *text = NULL;
	size_t n;
	FILE *out = open_memstream(&text, &n);

	(void)state;
	diags_error(&d, "b", 2, "b%d", 2);
	diags_error(&d, "a", 10, "second\tof a");
	diags_warn(&d, "a", 9, "first of a");
	diags_error(&d, "a", 10, "third\xc2\x9b of a");
	diags_error(&d, "b", 0, "no line");
	diags_warn(&d, NULL, 0, "no place");
	diags_print(&d, out);
	fclose(out);
	assert_string_equal(text,
	    "warning: no place\n"
	    "a:9: warning: first of a\n"
	    "a:10: error: second\\x09of a\n"
	    "a:10: error: third\\xC2\\x9B of a\n"
	    "b: error: no line\n"
	    "b:2: error: b2\n");
	assert_int_equal(d.errors, 4);
	assert_int_equal(d.n, 6);
	free(text);
	diags_free(&d);
	diags_free(&d);
	assert_int_equal(d.n, 0);
}

static void
test_none(void **state)
{
	struct diags d = DIAGS_INIT;

	(void)state;
	diags_print(&d, stdout);
	diags_log(&d);
	diags_free(&d);
}

static const char *const words[] = { "relay", "auth", "blacklist", "content",
	"max-recipients", "ip", "spf-fail", "spf-softfail", NULL };

static const struct {
	const char *word;
	const char *nearest;
} meant[] = {
	{ "relay", "relay" },
	{ "relya", "relay" },		/* swapped */
	{ "rely", "relay" },
	{ "realys", "relay" },
	{ "Relay", "relay" },
	{ "max_recipients", "max-recipients" },
	{ "MAX-RECIPIENT", "max-recipients" },
	{ "max-rcpts", NULL },
	{ "spf-softfial", "spf-softfail" },
	{ "spf-fali", "spf-fail" },
	{ "blaklist", "blacklist" },
	{ "xy", NULL },
	{ "i", NULL },
	{ "", NULL },
	{ "authxxxx", NULL },
	{ "contents-and-much-more", NULL },
	{ "12345678901234567890123456789012345678901234567890123456789012345",
	    NULL },
};

static void
test_nearest(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof meant / sizeof meant[0]; i++) {
		const char *found = diag_nearest(meant[i].word, words);

		if (meant[i].nearest == NULL ? found != NULL :
		    found == NULL || strcmp(found, meant[i].nearest) != 0)
			fail_msg("%s: %s", meant[i].word,
			    found != NULL ? found : "nothing");
	}
	assert_null(diag_nearest("x", words + 8));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_none),
		cmocka_unit_test(test_nearest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
