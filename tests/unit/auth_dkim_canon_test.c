/*
 * auth_dkim_canon_test - canonical bodies, fields and tag lists
 *
 * A body in pieces is what it is in one, wherever the pieces end; and what a
 * few plain lines of code below make of it.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "auth/dkim_canon.h"
#include "auth/dkim_taglist.h"
#include "base/buf.h"
#include "base/mem.h"

#include "cost.h"

static void
collect(void *arg, const char *bytes, size_t n)
{
	buf_put(arg, bytes, n);
}

/* In pieces of `piece` bytes, the first of them of `first`. */
static char *
canon(enum dkim_canon how, const char *text, size_t first, size_t piece)
{
	struct buf out = BUF_INIT;
	size_t n = strlen(text), at = 0, step;
	struct dkim_body b;

	dkim_body_init(&b, how, collect, &out);
	for (; at < n; at += step) {
		step = at == 0 && first > 0 ? first : piece;
		step = step < n - at ? step : n - at;
		dkim_body_put(&b, text + at, step);
	}
	dkim_body_end(&b);
	assert_int_equal(b.bytes, out.len);
	return buf_steal(&out);
}

static const struct {
	const char *body, *simple, *relaxed;
} bodies[] = {
	{ "", "\r\n", "" },
	{ "\r\n", "\r\n", "" },
	{ "\r\n\r\n\r\n", "\r\n", "" },
	{ " \r\n\t\r\n", " \r\n\t\r\n", "" },
	{ "a", "a\r\n", "a\r\n" },
	{ "a\r\n", "a\r\n", "a\r\n" },
	{ "a\r\n\r\n\r\n", "a\r\n", "a\r\n" },
	{ "a\r\n \r\n", "a\r\n \r\n", "a\r\n" },
	{ "a\r\n\r\nb\r\n", "a\r\n\r\nb\r\n", "a\r\n\r\nb\r\n" },
	{ "a  b \t c \r\n", "a  b \t c \r\n", "a b c\r\n" },
	{ "\tb\r\n  c\r\n", "\tb\r\n  c\r\n", " b\r\n c\r\n" },
	{ "a\t", "a\t\r\n", "a\r\n" },
	{ "a \r", "a \r\r\n", "a \r\r\n" },
	{ "a \rb", "a \rb\r\n", "a \rb\r\n" },
	{ "a\rb\nc\r\n", "a\rb\nc\r\n", "a\rb\nc\r\n" },
	{ "a \nb\r\n", "a \nb\r\n", "a \nb\r\n" },
	{ "\r", "\r\r\n", "\r\r\n" },
	{ "\n", "\n\r\n", "\n\r\n" },
	{ "\r\r\n", "\r\r\n", "\r\r\n" },
	{ " C \r\nD \t E\r\n\r\n\r\n", " C \r\nD \t E\r\n", " C\r\nD E\r\n" },
};

static void
test_bodies(void **state)
{
	size_t i, first;
	char *got;

	(void)state;
	for (i = 0; i < sizeof bodies / sizeof bodies[0]; i++)
		for (first = 0; first <= strlen(bodies[i].body); first++) {
			got = canon(DKIM_CANON_SIMPLE, bodies[i].body, first,
			    1 + first);
			assert_string_equal(got, bodies[i].simple);
			free(got);
			got = canon(DKIM_CANON_RELAXED, bodies[i].body, first,
			    1 + first);
			assert_string_equal(got, bodies[i].relaxed);
			free(got);
		}
}

/* Line by line, byte by byte (RFC 6376 section 3.4.4). */
static char *
plain_relaxed(const char *text)
{
	struct buf out = BUF_INIT;
	bool blank = false;

	while (*text != '\0') {
		if (strncmp(text, "\r\n", 2) == 0) {
			buf_puts(&out, "\r\n");
			blank = false;
			text += 2;
		} else if (*text == ' ' || *text == '\t') {
			blank = true;
			text++;
		} else {
			if (blank)
				buf_putc(&out, ' ');
			buf_putc(&out, *text++);
			blank = false;
		}
	}
	while (out.len >= 2 && strcmp(out.data + out.len - 2, "\r\n") == 0)
		buf_cut(&out, out.len - 2);
	if (out.len > 0)
		buf_puts(&out, "\r\n");
	return buf_steal(&out);
}

/* Long ones of a few bytes that matter, by a generator that repeats itself. */
static void
test_many(void **state)
{
	static const char alphabet[] = "  \t\r\n\r\n\rabcdefghijklmnop";
	char text[700], *got, *wanted;
	unsigned random = 1, i, j, n;

	(void)state;
	for (i = 0; i < 3000; i++) {
		n = i % (sizeof text - 1);
		for (j = 0; j < n; j++) {
			random = random * 1103515245 + 12345;
			text[j] = alphabet[(random >> 16) %
			    (i % 3 == 0 ? 6 : sizeof alphabet - 1)];
		}
		text[n] = '\0';
		wanted = plain_relaxed(text);
		got = canon(DKIM_CANON_RELAXED, text, i % 97, 1 + i % 131);
		assert_string_equal(got, wanted);
		free(got);
		free(wanted);
	}
}

static void
test_fields(void **state)
{
	static const struct {
		const char *name, *value, *simple, *relaxed;
	} rows[] = {
		{ "A", " X", "A: X\r\n", "a:X\r\n" },
		{ "B ", " Y\t\n\tZ  ", "B : Y\t\r\n\tZ  \r\n", "b:Y Z\r\n" },
		{ "SubJect", "\tYou  too\r\n", "SubJect:\tYou  too\r\n\r\n",
		    "subject:You too\r\n" },
		{ "X", "", "X:\r\n", "x:\r\n" },
		{ "X", " \n ", "X: \r\n \r\n", "x:\r\n" },
	};
	struct buf out = BUF_INIT;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		buf_clear(&out);
		dkim_canon_field(&out, DKIM_CANON_SIMPLE, rows[i].name,
		    rows[i].value, strlen(rows[i].value));
		assert_string_equal(out.data, rows[i].simple);
		buf_clear(&out);
		dkim_canon_field(&out, DKIM_CANON_RELAXED, rows[i].name,
		    rows[i].value, strlen(rows[i].value));
		assert_string_equal(out.data, rows[i].relaxed);
	}
	buf_free(&out);
}

static void
test_taglists(void **state)
{
	static const struct {
		const char *text;
		size_t n;	/* 0: it is none */
	} rows[] = {
		{ "a=b", 1 }, { "a=b;", 1 }, { " a = b ;\r\n\tc=d ; ", 2 },
		{ "a=", 1 }, { "a_1=b=c", 1 }, { "a=b;A=b", 2 },
		{ "a=\xc3\xa9", 1 },
		{ "", 0 }, { "  ", 0 }, { ";", 0 }, { "a", 0 }, { "=b", 0 },
		{ "1=b", 0 }, { "a b=c", 0 }, { "a=b;;c=d", 0 },
		{ "a=b;a=b", 0 }, { "a=b; a =c", 0 }, { "a=\001", 0 },
		{ "a=b;c", 0 }, { ";a=b", 0 },
	};
	struct dkim_taglist list;
	const char *errmsg;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		errmsg = dkim_taglist_parse(&list, rows[i].text,
		    strlen(rows[i].text));
		if ((errmsg == NULL) != (rows[i].n > 0) ||
		    (errmsg == NULL && list.n != rows[i].n))
			fail_msg("\"%s\": %zu tags, %s", rows[i].text, list.n,
			    errmsg != NULL ? errmsg : "good");
	}
}

static void
test_base64(void **state)
{
	static const struct {
		const char *text, *bytes;	/* NULL: it is none */
	} rows[] = {
		{ "", "" }, { "YQ==", "a" }, { "YWI=", "ab" },
		{ "YWJj", "abc" }, { "Y W\r\n\tJ j", "abc" }, { "YQ", "a" },
		{ "YWI", "ab" }, { "Y", NULL }, { "YQ=", NULL },
		{ "YQ===", NULL }, { "YW=I", NULL }, { "YWJj=", NULL },
		{ "Y*Jj", NULL }, { "YWJjZGVm", "abcdef" },
	};
	struct dkim_tag tag = { .name = "p", .name_len = 1 };
	unsigned char *bytes;
	size_t i, n;

	(void)state;
	for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		tag.value = rows[i].text;
		tag.len = strlen(rows[i].text);
		bytes = dkim_tag_base64(&tag, &n);
		if ((bytes != NULL) != (rows[i].bytes != NULL))
			fail_msg("\"%s\"", rows[i].text);
		if (bytes != NULL) {
			assert_int_equal(n, strlen(rows[i].bytes));
			assert_memory_equal(bytes, rows[i].bytes, n);
		}
		free(bytes);
	}
}

static void
canon_shape(const void *arg, size_t size)
{
	struct buf text = BUF_INIT;

	while (text.len < size)
		buf_puts(&text, arg);
	free(canon(DKIM_CANON_RELAXED, text.data, 0, 65535));
	buf_free(&text);
}

static void
test_cost(void **state)
{
	static const char *const shapes[] = { " ", "\t", "\r", "\r\n", " \r\n",
		" \r", "\n", "a ", "a  ", "\r\n ", "a\t\r\n", " \t", "a" };
	int64_t took[2];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof shapes / sizeof shapes[0]; i++)
		if (!cost_is_linear(canon_shape, shapes[i], 100000, 10, took))
			fail_msg("shape %zu: %lld us, ten times it %lld us",
			    i, (long long)took[0], (long long)took[1]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bodies),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_fields),
		cmocka_unit_test(test_taglists),
		cmocka_unit_test(test_base64),
		cmocka_unit_test(test_cost),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
