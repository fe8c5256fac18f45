/* words_template_test - fields are checked at load and made safe at refusal */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "words/template.h"

struct good_or_bad {
	const char *text;
	const char *more;
	const char *errmsg;	/* part of the complaint; NULL: it is good */
};

static const struct good_or_bad checks[] = {
	{ "plain words", NULL, NULL },
	{ "{client} may not send for {sender_domain}", NULL, NULL },
	{ "at most {limit} bytes", "size limit", NULL },
	{ "{{client}} is a brace", NULL, NULL },
	{ "100% of {rcpt}", NULL, NULL },
	{ "at most {limit} bytes", "size", "no field {limit}" },
	{ "at most {limit} bytes", NULL, "no field {limit}" },
	{ "{cleint}", NULL, "did you mean {client}?" },
	{ "{sise}", "size", "did you mean {size}?" },
	{ "{zzzzzz}", NULL, "known here: {client}" },
	{ "open {client", NULL, "brace" },
	{ "shut client}", NULL, "brace" },
	{ "empty {} field", NULL, "brace" },
	{ "{Client}", NULL, "brace" },
	{ "caf\xc3\xa9", NULL, "byte 4 is 0xc3" },
	{ "two\nlines", NULL, "byte 4 is 0x0a" },
	{ "a\ttab", NULL, "byte 2 is 0x09" },
	{ "", NULL, "empty" },
	{ "   ", NULL, "empty" },
	{ "12345678901234567890123456789012345678901", NULL, "at most 40" },
	{ "ask{(}: {url}{)}", "url", NULL },
	{ "{(}{file}{|}the file{)} and{(} {url}{)}", "file url", NULL },
	{ "ask{(}: {uri}{)}", "url", "did you mean {url}?" },
	{ "ask{(}: {url}", "url", "optional" },
	{ "ask{|}: {url}{)}", "url", "optional" },
	{ "ask: {url}{)}", "url", "optional" },
	{ "a{(}b{(}c{)}{)}", NULL, "optional" },
	{ "a{(}b{|}c{|}d{)}", NULL, "optional" },
	{ "a{(b", NULL, "brace" },
};

static void
test_check(void **state)
{
	struct buf errmsg = BUF_INIT;
	size_t i;
	bool good;

	(void)state;
	for (i = 0; i < sizeof checks / sizeof checks[0]; i++) {
		buf_clear(&errmsg);
		good = template_check(checks[i].text, checks[i].more,
		    checks[i].errmsg == NULL || strstr(checks[i].errmsg,
		    "40") == NULL ? 400 : 40, &errmsg);
		if (good != (checks[i].errmsg == NULL))
			fail_msg("%s: %s", checks[i].text, errmsg.data);
		if (!good && strstr(errmsg.data, checks[i].errmsg) == NULL)
			fail_msg("%s: says \"%s\"", checks[i].text,
			    errmsg.data);
	}
	buf_free(&errmsg);
}

struct expansion {
	const char *text;
	const char *value;	/* of every field */
	const char *want;
};

static const struct expansion expansions[] = {
	{ "a {client} b", "192.0.2.1", "a 192.0.2.1 b" },
	{ "{client}{client}", "x", "xx" },
	{ "{{{client}}}", "x", "{x}" },
	{ "{client}", NULL, "unknown" },
	{ "{client}", "", "" },
	{ "{client}", "a\r\nb\x01\x7f\xc3\xa9%s{helo}", "a??b????%s{helo}" },
	{ "<{client}>",
	    "0123456789012345678901234567890123456789012345678901234567890123"
	    "456789012345678901234567890123456789",
	    "<0123456789012345678901234567890123456789012345678901234567890123"
	    "456789012345678901234567890123456789>" },
	{ "<{client}>",
	    "0123456789012345678901234567890123456789012345678901234567890123"
	    "4567890123456789012345678901234567890",
	    "<0123456789012345678901234567890123456789012345678901234567890123"
	    "456789012345678901234567890123456...>" },
};

static const char *
the_value(const void *from, const char *name, size_t n)
{
	(void)name;
	(void)n;
	return from;
}

static void
test_expand(void **state)
{
	struct buf out = BUF_INIT;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof expansions / sizeof expansions[0]; i++) {
		buf_clear(&out);
		template_expand(&out, expansions[i].text, the_value,
		    expansions[i].value);
		assert_string_equal(out.data, expansions[i].want);
	}
	buf_free(&out);
}

/* Of "a" the value is 1, of "b" nothing is known. */
static const char *
only_a(const void *from, const char *name, size_t n)
{
	(void)from;
	return n == 1 && *name == 'a' ? "1" : NULL;
}

struct optional {
	const char *text, *want;
	bool known;
};

static const struct optional optionals[] = {
	{ "x{(} {a}{)}.", "x 1.", true },
	{ "x{(} {b}{)}.", "x.", true },
	{ "{(}{a}{|}no{)}", "1", true },
	{ "{(}{b}{|}no{)}", "no", true },
	{ "{(}{a}{b}{|}{a}{)}", "1", true },
	{ "{(}{b}{|}{b}{)}", "unknown", false },
	{ "{(}{b}{)}{a}", "1", true },
	{ "{b}{(}{a}{)}", "unknown1", false },
	{ "{(}{b}{|}{{{)}}}", "{}", true },
};

static void
test_optional(void **state)
{
	struct buf out = BUF_INIT;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof optionals / sizeof optionals[0]; i++) {
		buf_clear(&out);
		template_expand(&out, optionals[i].text, only_a, NULL);
		assert_string_equal(out.data, optionals[i].want);
		assert_true(template_is_known(optionals[i].text, only_a,
		    NULL) == optionals[i].known);
	}
	buf_free(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_check),
		cmocka_unit_test(test_expand),
		cmocka_unit_test(test_optional),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
