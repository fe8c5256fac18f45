/* lists_greylist_file_test - who passed postgrey and milter-greylist */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/net.h"
#include "lists/greylist_file.h"

#define NOW 1700000000

static void
put(void *arg, const struct ip *client)
{
	char text[IP_TEXT];

	buf_printf(arg, "%s ", ip_format(client, text));
}

#define HEAD "VERSION=3\nformat=print\ntype=btree\nHEADER=END\n"

static const struct {
	const char *text, *passed;
	uint64_t waiting, old, bad;
} rows[] = {
	/* postgrey.db: 300 s between first and last; one waits still. */
	{ HEAD " 192.0.2.0/a@example.com/u@example.org\n"
	    " 1699999000,1699999300\n"
	    " 198.51.100.7/b@example.com/u@example.org\n"
	    " 1699999000,1699999299\n"
	    " 203.0.113.1//u@example.org\n 1600000000,1600000900\n"
	    " 5f3a9c0bd1\n 1699999000,1699999300\nDATA=END\n",
	    "192.0.2.0 ", 1, 1, 1 },
	/* postgrey_clients.db: how often, and last. */
	{ HEAD " 192.0.2.9\n 17,1699999000\n 2001:db8::1\n 5,1699999000\n"
	    "DATA=END\n", "192.0.2.9 2001:db8::1 ", 0, 0, 0 },
	/* As bytes, and with escapes. */
	{ "VERSION=3\nformat=bytevalue\ntype=hash\nHEADER=END\n"
	    " 3139322e302e322e39\n 352c31363939393939303030\nDATA=END\n",
	    "192.0.2.9 ", 0, 0, 0 },
	{ HEAD " 192\\2e0\\2e2.9\n 5\\2c1699999000\nDATA=END\n",
	    "192.0.2.9 ", 0, 0, 0 },
	/* Cut short. */
	{ HEAD " 192.0.2.9\n", "", 0, 0, 0 },
	{ "VERSION=3\n", "", 0, 0, 0 },
	/* milter-greylist */
	{ "#\n# greylisted tuples\n#\n"
	    "192.0.2.1\t<a@example.com>\t<u@example.org>\t1700000100 # x\n"
	    "\n# Auto-whitelisted tuples\n"
	    "192.0.2.2\t<a@example.com>\t<u@example.org>\t1700009999 AUTO # x\n"
	    "192.0.2.3     <>    <u@example.org>    1600009999 AUTO # x\n"
	    "2001:db8::5\t<a@example.com>\t<u@example.org>\t1700009999 AUTO\n"
	    "nonsense\n", "192.0.2.2 2001:db8::5 ", 1, 1, 1 },
	/* Blanks where they may be: around, in a local part, in a comment. */
	{ "  192.0.2.2 \t <a@example.com>  <u@example.org>  1700009999 AUTO\r\n"
	    "192.0.2.3\t<\"a # b\"@example.com>\t<u@example.org>\t1700009999"
	    " AUTO # 2023-11-15 00:00:00 # x\n"
	    "2001:db8::6\t<>\t<\"u v\"@example.org>\t1700009999 AUTO # AUTO\n"
	    "192.0.2.4\t<a@example.com>\t<u@example.org>\t1700009999 # AUTO\n"
	    "192.0.2.5\t<a@example.com>\t<u@example.org>\tAUTO\n"
	    "192.0.2.6\t1700009999 AUTO\n192.0.2.7\n AUTO\n # AUTO\n\t\n",
	    "192.0.2.2 192.0.2.3 2001:db8::6 ", 1, 0, 4 },
	{ "", "", 0, 0, 0 },
};

static void
test_files(void **state)
{
	const struct greylist_file_options o = { .now = NOW, .delay = 300,
		.max_age = 36 * 86400 };
	struct greylist_file_counts c;
	struct buf passed = BUF_INIT;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		buf_clear(&passed);
		buf_puts(&passed, "");
		greylist_file_read(rows[i].text, strlen(rows[i].text), &o, put,
		    &passed, &c);
		assert_string_equal(passed.data, rows[i].passed);
		assert_int_equal(c.waiting, rows[i].waiting);
		assert_int_equal(c.old, rows[i].old);
		assert_int_equal(c.bad, rows[i].bad);
	}
	buf_free(&passed);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
