/* lists_country_test - countries of addresses, from a file made here */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/net.h"
#include "country_file.h"
#include "lists/country.h"

static const struct country_net nets[] = { { 192, "DE" }, { 198, "FR" },
	{ 203, "AU" } };

static void
test_countries(void **state)
{
	static const struct {
		const char *address, *code;
	} rows[] = { { "192.0.2.7", "DE" }, { "198.51.100.1", "FR" },
		{ "203.0.113.5", "AU" }, { "193.0.0.1", "" },
		{ "10.0.0.1", "" }, { "2001:db8::1", "" } };
	char path[] = "/tmp/saywhy-country-XXXXXX", text[COUNTRY_TEXT];
	struct buf errmsg = BUF_INIT;
	struct ip ip;
	size_t i;

	(void)state;
	if (!country_built())
		skip();
	close(mkstemp(path));
	country_file(path, nets, sizeof nets / sizeof nets[0]);
	assert_false(country_known());
	assert_true(country_use(path, &errmsg));
	assert_true(country_known());
	for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		assert_true(ip_parse(rows[i].address, &ip));
		assert_int_equal(country_of(&ip, text), *rows[i].code != '\0');
		assert_string_equal(text, rows[i].code);
	}
	/* What cannot be read leaves the one in use. */
	assert_false(country_use("/nonexistent/x.mmdb", &errmsg));
	assert_non_null(strstr(errmsg.data, "/nonexistent/x.mmdb: "));
	assert_false(country_use("/etc/passwd", &errmsg));
	assert_true(ip_parse("192.0.2.7", &ip));
	assert_true(country_of(&ip, text));
	assert_true(country_use(NULL, &errmsg));
	assert_false(country_of(&ip, text));
	unlink(path);
	buf_free(&errmsg);
}

/* Cut anywhere, it is refused or tells nothing, and never more. */
static void
test_cut(void **state)
{
	char path[] = "/tmp/saywhy-country-XXXXXX", text[COUNTRY_TEXT];
	struct buf errmsg = BUF_INIT;
	struct ip ip;
	off_t n;

	(void)state;
	if (!country_built())
		skip();
	close(mkstemp(path));
	country_file(path, nets, sizeof nets / sizeof nets[0]);
	assert_true(ip_parse("198.51.100.1", &ip));
	for (n = 500; n >= 0; n -= 7) {
		if (truncate(path, n) != 0)
			fail();
		if (country_use(path, &errmsg))
			country_of(&ip, text);
	}
	assert_true(country_use(NULL, &errmsg));
	unlink(path);
	buf_free(&errmsg);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_countries),
		cmocka_unit_test(test_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
