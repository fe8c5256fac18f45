/* config_test - what a configuration says, and what is said of its mistakes */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/pattern.h"
#include "config/config.h"
#include "config_house.h"

static const struct {
	const char *text;
	const char *output;
} test_cases[] = {
#include "config_test.def"
};

static void
test_all_cases(void **state)
{
	size_t i, wrong = 0;

	(void)state;
	setenv("CONFIG_TEST_SET", "x", 1);
	unsetenv("CONFIG_TEST_UNSET");
	for (i = 0; i < sizeof test_cases / sizeof test_cases[0]; i++) {
		struct diags d = DIAGS_INIT;
		struct house h;
		char *output;
		bool good;

		house_init(&h);
		good = config_read_text("f", test_cases[i].text, h.sections, 3,
		    NULL, &d);
		output = printed(&d);
		if (strcmp(output, test_cases[i].output) != 0) {
			print_error("%s\nsays:\n%sand should say:\n%s\n",
			    test_cases[i].text, output, test_cases[i].output);
			wrong++;
		}
		assert_int_equal(good, d.errors == 0);
		free(output);
		diags_free(&d);
		house_free(&h);
	}
	assert_int_equal(wrong, 0);
}

static void
read_good(struct house *h, const char *text)
{
	struct diags d = DIAGS_INIT;
	char *output;

	house_init(h);
	if (!config_read_text("f", text, h->sections, 3, NULL, &d)) {
		output = printed(&d);
		fail_msg("%s", output);
	}
	diags_free(&d);
}

static void
test_defaults(void **state)
{
	struct house h;

	(void)state;
	read_good(&h, "");
	assert_int_equal(h.s.mode, 0);
	assert_null(h.s.name);
	assert_int_equal(h.s.keep, 14LL * 86400000);
	assert_int_equal(h.s.max, 100);
	assert_true(h.s.strict);
	assert_int_equal(h.s.domains.n, 1);
	assert_non_null(strset_find(&h.s.domains, "default.example", 15));
	house_free(&h);
}

static void
test_values(void **state)
{
	struct house h;
	struct exception *e;
	struct header *header;

	(void)state;
	read_good(&h, "mode = enforce\nname = 'a \\d \"b\"'\n"
	    "retention = \"90 s\"\n"
	    "relay { domains = {a.example, \"b.example\"} }\n"
	    "content { strict = off\n header Subject { pattern = /x/i }\n"
	    " header To { pattern = \"/\\\\d/\" size = 2k } }\n"
	    "exception \"my partners\" { clients = {192.0.2.0/24}\n"
	    " reason a { action = one }\n reason b { action = two } }\n"
	    "relay { max-recipients = 5 }");
	assert_int_equal(h.s.mode, 1);
	assert_string_equal(h.s.name, "a \\d \"b\"");
	assert_int_equal(h.s.keep, 90000);
	assert_int_equal(h.s.domains.n, 2);
	assert_int_equal(h.s.max, 5);
	assert_false(h.s.strict);
	assert_int_equal(h.s.headers.n, 2);
	header = h.s.headers.v[1];
	assert_string_equal(header->item.title, "To");
	assert_string_equal(pattern_text(header->pattern), "/\\d/");
	assert_int_equal(header->size, 2048);
	assert_int_equal(h.s.exceptions.n, 1);
	e = h.s.exceptions.v[0];
	assert_string_equal(e->item.title, "my partners");
	assert_string_equal(e->item.file, "f");
	assert_int_equal(e->item.line, 8);
	assert_int_equal(e->clients.n, 1);
	assert_int_equal(e->reasons.n, 2);
	assert_string_equal(((struct action *)e->reasons.v[1])->action,
	    "two");
	house_free(&h);
}

/* An empty list stands in place of the default; the last setting counts. */
static void
test_empty_and_last(void **state)
{
	struct house h;

	(void)state;
	read_good(&h, "relay { domains = {} }");
	assert_int_equal(h.s.domains.n, 0);
	house_free(&h);
	read_good(&h, "relay { domains = {a, b} domains = {c} }");
	assert_int_equal(h.s.domains.n, 1);
	house_free(&h);
}

/* The old name of an option means the same; the newer one counts. */
static void
test_old_names(void **state)
{
	struct house h;

	(void)state;
	read_good(&h, "manner = enforce");
	assert_int_equal(h.s.mode, 1);
	house_free(&h);
	read_good(&h, "manner = enforce mode = observe");
	assert_int_equal(h.s.mode, 0);
	house_free(&h);
	read_good(&h, "mode = observe manner = enforce");
	assert_int_equal(h.s.mode, 0);
	house_free(&h);
	read_good(&h, "except \"a\" { clients = {192.0.2.0/24} }");
	assert_int_equal(h.s.exceptions.n, 1);
	house_free(&h);
}

/* A file of another kind: one error, and not to its end. */
static void
test_hopeless(void **state)
{
	struct buf text = BUF_INIT;
	struct diags d = DIAGS_INIT;
	struct house h;
	int i;

	(void)state;
	for (i = 0; i < 10000; i++)
		buf_puts(&text, "nonsense\n");
	house_init(&h);
	assert_false(config_read_text("f", text.data, h.sections, 3, NULL, &d));
	assert_int_equal(d.n, 101);
	assert_string_equal(d.v[100].text,
	    "too many mistakes; the rest was not read");
	diags_free(&d);
	buf_free(&text);
	house_free(&h);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all_cases),
		cmocka_unit_test(test_defaults),
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_empty_and_last),
		cmocka_unit_test(test_old_names),
		cmocka_unit_test(test_hopeless),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
