/* setup_cost_test - a mail server's settings cost what their size is */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "setup/adopt.h"
#include "setup/sendmail_mc.h"

#include "cost.h"

static void
read_mc(const char *text, size_t n)
{
	struct mc_call call;

	(void)n;
	while (mc_next(&text, &call))
		;
}

/* One text for each list of restrictions, one for each table. */
struct settings {
	const char *lists, *tables;
};

static const char *
value(void *arg, const char *name)
{
	const struct settings *all = arg;

	return strstr(name, "restrictions") != NULL ||
	    strstr(name, "networks") != NULL ||
	    strstr(name, "domains") != NULL ? all->lists : "";
}

static const char *
place(void *arg, const char *name)
{
	(void)arg;
	return name;
}

static bool
table_text(void *arg, const char *path, struct buf *out)
{
	(void)path;
	buf_puts(out, ((const struct settings *)arg)->tables);
	return true;
}

static bool
is_there(void *arg, const char *what)
{
	(void)arg;
	return *what == '/';
}

static bool
keys(void *arg, const char *table, struct buf *out)
{
	(void)table;
	buf_puts(out, ((const struct settings *)arg)->tables);
	return true;
}

static void
overrides(void *arg, struct buf *out)
{
	buf_puts(out, ((const struct settings *)arg)->tables);
}

static bool
ask(void *arg, const char *table, const char *key, struct buf *out)
{
	(void)arg;
	(void)table;
	(void)key;
	(void)out;
	return false;
}

static void
translate(const char *lists, const char *tables)
{
	struct settings all = { .lists = lists, .tables = tables };
	struct mta_source source = { .arg = &all, .value = value,
		.place = place, .is_file = is_there, .is_access = is_there,
		.text = table_text, .is_set = is_there, .keys = keys,
		.overrides = overrides, .ask = ask };
	struct adopt a = { .nleft = 0 };

	adopt_make(&a, &source);
	adopt_clear(&a);
}

static void
read_main_cf(const char *text, size_t n)
{
	(void)n;
	translate(text, "");
}

static void
read_tables(const char *text, size_t n)
{
	(void)n;
	translate("check_client_access cidr:/a, "
	    "check_helo_access pcre:/b, check_sender_access hash:/c, "
	    "reject_unauth_destination, hash:/d", text);
}

static const struct cost_shape shapes[] = {
	{ "restrictions", read_main_cf, "", "reject_unknown_helo_hostname, ",
	    "reject", 4000 },
	{ "words that are none", read_main_cf, "", "a_word ", "reject",
	    4000 },
	{ "permits", read_main_cf, "", "permit_mynetworks, ", "reject",
	    4000 },
	{ "blacklists", read_main_cf, "", "reject_rbl_client bl.example, ",
	    "reject", 4000 },
	{ "tables", read_main_cf, "", "check_client_access pcre:/a, ",
	    "reject", 2000 },
	{ "braces", read_main_cf, "", "{ ", "", 4000 },
	{ "blocks", read_main_cf, "", "{ reject_rbl_client a.example } ", "",
	    20000 },
	{ "networks", read_main_cf, "", "192.0.2.0/24, ", "", 4000 },
	{ "commas", read_main_cf, "", ",", "", 4000 },
	{ "lines of tables", read_tables, "", "192.0.2.0/24 REJECT no\n", "",
	    4000 },
	{ "patterns", read_tables, "", "/a/ REJECT\n", "", 4000 },
	{ "lines that go on", read_tables, "/a/ REJECT", "\n b", "", 4000 },
	{ "conditions", read_tables, "", "if /a/\n", "", 4000 },
	{ "keys", read_tables, "", "a.example,", "", 4000 },
	{ "services", read_tables, "",
	    "25/inet/smtpd_client_restrictions = reject\n", "", 4000 },
	{ "calls", read_mc, "", "FEATURE(`dnsbl', `a.example')dnl\n", "",
	    50000 },
	{ "short calls", read_mc, "", "a()", "", 20000 },
	{ "arguments", read_mc, "FEATURE(", "`a',", "`a')", 50000 },
	{ "calls without an end", read_mc, "", "a(", "", 20000 },
	{ "calls in calls", read_mc, "", "a(`", "", 20000 },
	{ "quotes in quotes", read_mc, "a(", "`", "", 50000 },
	{ "quotes that end", read_mc, "", "'", "", 50000 },
	{ "a long name", read_mc, "", "a", "(`b')", 50000 },
	{ "a long argument", read_mc, "a(`", "b", "')", 50000 },
	{ "comments", read_mc, "", "dnl a(\n", "", 50000 },
	{ "hashes", read_mc, "", "# a(\n", "", 50000 },
	{ "words", read_mc, "", "divert ", "", 50000 },
};

static void
test_shapes(void **state)
{
	(void)state;
	cost_check(shapes, sizeof shapes / sizeof shapes[0]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_shapes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
