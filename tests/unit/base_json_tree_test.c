/* base_json_tree_test - JSON as it was read */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/json_tree.h"

#include "cost.h"

static void
test_none(void **state)
{
	static const char *const rows[] = { "", " ", "{", "}", "[", "]", "[1",
		"[1,]", "[,1]", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{a:1}",
		"{\"a\":1 \"b\":2}", "\"", "\"\\", "\"\\u12\"", "\"\\x\"",
		"\"\\u0000\"", "\"\\ud800\"", "\"\\ud800\\u0041\"",
		"\"\\udc00\"", "\"\x01\"", "\"\n\"", "\"\xff\"",
		"\"\xc0\xaf\"", "\"\xe0\x80\xaf\"", "\"\xed\xa0\x80\"",
		"\"\xf4\x90\x80\x80\"", "\"\xc3", "01", "-", "1.", ".5", "1e",
		"+1", "nul", "truefalse", "1 2", "tru", "NaN" };
	char deep[300];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof rows / sizeof rows[0]; i++)
		if (json_tree_read(rows[i], strlen(rows[i])) != NULL)
			fail_msg("\"%s\"", rows[i]);
	assert_null(json_tree_read("1\0", 2));
	memset(deep, '[', sizeof deep);
	assert_null(json_tree_read(deep, sizeof deep));
}

static const struct json_value *
get(const struct json_tree *t, const struct json_value *v, const char *key)
{
	return json_tree_member(t, v, key, strlen(key));
}

static void
test_values(void **state)
{
	static const char text[] = " {\"a\" : [1, -2.5e+3, \"x\", [], {}], "
	    "\"b\":{\"c\":\"\\u00e9\\ud83d\\ude00\\n\\/\\\"\",\"d\":null},"
	    "\"b2\":true,\"a\":7,\"e\":\"caf\xc3\xa9\",\"big\":"
	    "99999999999999999999}\n";
	struct json_tree *t = json_tree_read(text, sizeof text - 1);
	const struct json_value *root, *v = NULL;
	long long n;

	(void)state;
	assert_non_null(t);
	root = json_tree_root(t);
	assert_int_equal(root->type, JSON_OBJECT);
	assert_int_equal(root->n, 6);
	assert_true(json_tree_int(get(t, root, "a"), &n));
	assert_int_equal(n, 7);
	assert_string_equal(get(t, get(t, root, "b"), "c")->text,
	    "\xc3\xa9\xf0\x9f\x98\x80\n/\"");
	assert_int_equal(get(t, get(t, root, "b"), "d")->type, JSON_NULL);
	assert_int_equal(get(t, root, "b2")->type, JSON_BOOL);
	assert_string_equal(get(t, root, "e")->text, "caf\xc3\xa9");
	assert_false(json_tree_int(get(t, root, "big"), &n));
	assert_false(json_tree_int(get(t, root, "e"), &n));
	assert_null(get(t, root, "f"));
	assert_null(get(t, get(t, root, "e"), "f"));
	v = json_tree_next(t, root, NULL);	/* the first a */
	assert_int_equal(v->n, 5);
	assert_true(json_tree_int(json_tree_next(t, v, NULL), &n));
	assert_int_equal(n, 1);
	assert_int_equal(json_tree_next(t, root, v)->key_len, 1);
	assert_string_equal(json_tree_next(t, root, v)->key, "b");
	json_tree_free(t);
	json_tree_free(NULL);
}

static void
test_items(void **state)
{
	static const char *const texts[] = { "[1,\"a\",[],{}]",
		"[[1,2],{\"a\":3},4]", "[[[5]]]", "[]" };
	const struct json_value *root, *at;
	struct json_tree *t;
	size_t i, j;

	(void)state;
	for (i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		t = json_tree_read(texts[i], strlen(texts[i]));
		root = json_tree_root(t);
		for (j = 0, at = NULL; j < root->n; j++) {
			at = json_tree_next(t, root, at);
			assert_ptr_equal(json_tree_item(t, root, j), at);
		}
		assert_null(json_tree_item(t, root, root->n));
		json_tree_free(t);
	}
	t = json_tree_read("{\"a\":1}", 7);
	assert_null(json_tree_item(t, json_tree_root(t), 0));
	assert_null(json_tree_item(t, NULL, 0));
	json_tree_free(t);
}

static void
read_shape(const void *arg, size_t size)
{
	struct buf text = BUF_INIT;

	buf_putc(&text, '[');
	while (text.len < size)
		buf_printf(&text, "%s,", (const char *)arg);
	buf_puts(&text, "0]");
	json_tree_free(json_tree_read(text.data, text.len));
	buf_free(&text);
}

/* Of each name the last one, whether the whole is small or large. */
static void
test_names(void **state)
{
	static const int sizes[] = { 1, 2, 63, 64, 65, 200 };
	struct buf text = BUF_INIT;
	struct json_tree *t;
	char key[16];
	long long n;
	size_t i;
	int k;

	(void)state;
	for (i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
		buf_clear(&text);
		buf_puts(&text, "{\"k0\":-1,\"\":-2");
		for (k = 0; k < sizes[i]; k++)
			buf_printf(&text, ",\"k%d\":%d", k, k);
		buf_puts(&text, "}");
		t = json_tree_read(text.data, text.len);
		assert_non_null(t);
		for (k = 0; k <= sizes[i]; k++) {
			snprintf(key, sizeof key, "k%d", k);
			n = -3;
			assert_int_equal(k < sizes[i], json_tree_int(get(t,
			    json_tree_root(t), key), &n));
			assert_int_equal(n, k < sizes[i] ? k : -3);
		}
		assert_true(json_tree_int(get(t, json_tree_root(t), ""), &n));
		assert_int_equal(n, -2);
		json_tree_free(t);
	}
	buf_free(&text);
}

/* A sign that is not plain, at each place of a text. */
static void
test_signs(void **state)
{
	static const struct {
		const char *written, *means;	/* NULL: is no JSON */
	} rows[] = { { "\\\"", "\"" }, { "\\\\", "\\" }, { "\x7f", "\x7f" },
		{ "\xc2\x80", "\xc2\x80" }, { "\x1f", NULL },
		{ "\x80", NULL }, { "\xff", NULL }, { "~ !#[]", "~ !#[]" } };
	char text[64], means[64];
	struct json_tree *t;
	size_t i;
	int at;

	(void)state;
	for (i = 0; i < sizeof rows / sizeof rows[0]; i++)
		for (at = 0; at < 20; at++) {
			snprintf(text, sizeof text, "\"%.*s%s%.*s\"", at,
			    "abcdefghijklmnopqrst", rows[i].written, 20 - at,
			    "abcdefghijklmnopqrst");
			t = json_tree_read(text, strlen(text));
			if (rows[i].means == NULL) {
				assert_null(t);
				continue;
			}
			assert_non_null(t);
			snprintf(means, sizeof means, "%.*s%s%.*s", at,
			    "abcdefghijklmnopqrst", rows[i].means, 20 - at,
			    "abcdefghijklmnopqrst");
			assert_string_equal(json_tree_text(json_tree_root(t)),
			    means);
			json_tree_free(t);
		}
}

static void
test_cost(void **state)
{
	static const char *const shapes[] = { "[]", "{}", "\"\\u0041\"", "1",
		"\"\"", "[[[[[[[[]]]]]]]]", "{\"a\":1}" };
	int64_t took[2];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof shapes / sizeof shapes[0]; i++)
		if (!cost_is_linear(read_shape, shapes[i], 100000, 10, took))
			fail_msg("%s: %lld us, ten times it %lld us", shapes[i],
			    (long long)took[0], (long long)took[1]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_none),
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_items),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_signs),
		cmocka_unit_test(test_cost),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
