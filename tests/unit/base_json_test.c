/* base_json_test - commas, numbers, and text that nobody chose */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <math.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/json.h"

static const struct {
	const char *text;
	size_t n;
	const char *written;
} texts[] = {
	{ "", 0, "\"\"" },
	{ "plain", 5, "\"plain\"" },
	{ "a\"b\\c/", 6, "\"a\\\"b\\\\c/\"" },
	{ "\n\r\t", 3, "\"\\n\\r\\t\"" },
	{ "\0\x01\x1f\x7f", 4, "\"\\u0000\\u0001\\u001f\\u007f\"" },
	{ "M\xc3\xbcller", 7, "\"M\xc3\xbcller\"" },
	{ "\xe2\x82\xac \xf0\x9f\x93\xa7", 8,
	    "\"\xe2\x82\xac \xf0\x9f\x93\xa7\"" },
	/* C1, line separators, direction marks, isolates. */
	{ "\xc2\x9b", 2, "\"\\u009b\"" },
	{ "\xc2\xa0", 2, "\"\xc2\xa0\"" },
	{ "\xe2\x80\xa8\xe2\x80\xa9", 6, "\"\\u2028\\u2029\"" },
	{ "\xe2\x80\xae\xe2\x81\xa6", 6, "\"\\u202e\\u2066\"" },
	/* No UTF-8: a lone byte, cut off, overlong, surrogate, too large. */
	{ "a\xff" "b", 3, "\"a\xef\xbf\xbd" "b\"" },
	{ "\x80", 1, "\"\xef\xbf\xbd\"" },
	{ "\xc3", 1, "\"\xef\xbf\xbd\"" },
	{ "\xc3(", 2, "\"\xef\xbf\xbd(\"" },
	{ "\xe2\x82", 2, "\"\xef\xbf\xbd\xef\xbf\xbd\"" },
	{ "\xc0\xaf", 2, "\"\xef\xbf\xbd\xef\xbf\xbd\"" },
	{ "\xe0\x80\xaf", 3, "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"" },
	{ "\xed\xa0\x80", 3, "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"" },
	{ "\xf0\x80\x80\xaf", 4,
	    "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"" },
	{ "\xf4\x90\x80\x80", 4,
	    "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"" },
	{ "\xf4\x8f\xbf\xbf", 4, "\"\xf4\x8f\xbf\xbf\"" },
};

static void
test_texts(void **state)
{
	struct buf b = BUF_INIT;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		struct json j = JSON_INIT(&b);

		buf_clear(&b);
		json_string_n(&j, texts[i].text, texts[i].n);
		assert_string_equal(b.data, texts[i].written);
	}
	buf_free(&b);
}

static void
test_structure(void **state)
{
	struct buf b = BUF_INIT;
	struct json j = JSON_INIT(&b);

	(void)state;
	json_object(&j);
	json_member(&j, "a", "x");
	json_member(&j, "empty", "");
	json_member(&j, "null", NULL);
	json_key(&j, "b");
	json_array(&j);
	json_int(&j, -1);
	json_int(&j, 9223372036854775807LL);
	json_bool(&j, true);
	json_bool(&j, false);
	json_null(&j);
	json_string(&j, NULL);
	json_array(&j);
	json_array_end(&j);
	json_object(&j);
	json_object_end(&j);
	json_array_end(&j);
	json_key(&j, "c\n");
	json_object(&j);
	json_key(&j, "d");
	json_string(&j, "");
	json_object_end(&j);
	json_object_end(&j);
	assert_string_equal(b.data, "{\"a\":\"x\",\"b\":[-1,"
	    "9223372036854775807,true,false,null,null,[],{}],\"c\\n\":"
	    "{\"d\":\"\"}}");
	buf_free(&b);
}

static void
test_doubles(void **state)
{
	struct buf b = BUF_INIT;
	struct json j = JSON_INIT(&b);

	(void)state;
	json_array(&j);
	json_double(&j, 0);
	json_double(&j, 1.5);
	json_double(&j, 0.1);
	json_double(&j, -2e300);
	json_double(&j, 1.0 / 3);
	json_double(&j, (double)NAN);
	json_double(&j, (double)INFINITY);
	json_array_end(&j);
	assert_string_equal(b.data, "[0,1.5,0.1,-2e+300,"
	    "0.33333333333333331,null,null]");
	buf_free(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_texts),
		cmocka_unit_test(test_structure),
		cmocka_unit_test(test_doubles),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
