/* base_idn_test - domains as A-labels, with and without libidn2 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdbool.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/idn.h"

static const struct {
	const char *domain;
	const char *ascii;	/* NULL: not convertible */
} domains[] = {
	{ "", "" },
	{ "Example.ORG", "example.org" },
	{ "example.org.", "example.org." },
	{ "_dmarc.Example.org", "_dmarc.example.org" },
	{ "XN--BCHER-KVA.example", "xn--bcher-kva.example" },

	{ "b\xc3\xbc" "cher.example", "xn--bcher-kva.example" },
	{ "B\xc3\x9c" "CHER.example", "xn--bcher-kva.example" },
	{ "bu\xcc\x88" "cher.example", "xn--bcher-kva.example" },
	/* The sharp s stays one, as IDNA2008 has it. */
	{ "stra\xc3\x9f" "e.example", "xn--strae-oqa.example" },
	{ "\xe4\xbe\x8b\xe3\x81\x88.jp", "xn--r8jz45g.jp" },

	{ "b\xfc" "cher.example", NULL },
	/* What is mapped to a slash, alone and beside an umlaut. */
	{ "\xef\xbc\x8f" "b.example", NULL },
	{ "\xef\xbc\x8f" "b\xc3\xbc.example", NULL },
	{ "a/\xc3\xbc.example", NULL },
	{ "\xe2\x80\xae" "b.example", NULL },
	{ "-\xc3\xbc-.example", NULL },
	{ "\xf0\x9f\x93\xa7.example", NULL },
};

static bool
is_ascii(const char *text)
{
	for (; *text != '\0'; text++)
		if ((unsigned char)*text >= 0x80)
			return false;
	return true;
}

static void
test_domains(void **state)
{
	bool library = strcmp(idn_library(), "none") != 0;
	struct buf b = BUF_INIT;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof domains / sizeof domains[0]; i++) {
		bool good = domains[i].ascii != NULL &&
		    (library || is_ascii(domains[i].domain));

		buf_clear(&b);
		buf_puts(&b, "@");
		if (idn_to_ascii(domains[i].domain, &b) != good)
			fail_msg("%s: %s", domains[i].domain, b.data);
		assert_string_equal(b.data + 1, good ? domains[i].ascii : "");
	}
	buf_free(&b);
}

static void
test_long(void **state)
{
	struct buf name = BUF_INIT, b = BUF_INIT;
	int i;

	(void)state;
	for (i = 0; i < 100000; i++)
		buf_puts(&name, "\xc3\xbc.");
	assert_false(idn_to_ascii(name.data, &b));
	assert_int_equal(b.len, 0);
	buf_free(&name);
	buf_free(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_domains),
		cmocka_unit_test(test_long),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
