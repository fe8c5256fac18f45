/* setup_sendmail_mc_test - calls of a sendmail.mc, and what is made of them */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "setup/adopt_sendmail.h"
#include "setup/sendmail_mc.h"

#include "setup_house.h"

static void
test_calls(void **state)
{
	static const char mc[] = "divert(0)dnl\n"
	    "dnl FEATURE(`no')\n"
	    "# FEATURE(`comment')\n"
	    "FEATURE(`access_db', `hash -T<TMPF> /etc/mail/access')dnl\n"
	    "define(`confX', `a `b' c, d')dnl\n"
	    "FEATURE(dnsbl,`zone.example',,`t')\n"
	    "odd FEATURE(`open', `to the end";
	struct mc_call c;
	const char *p = mc;

	(void)state;
	assert_true(mc_next(&p, &c));
	assert_string_equal(c.name, "divert");
	assert_string_equal(c.argument[0], "0");
	assert_true(mc_next(&p, &c));
	assert_string_equal(c.name, "FEATURE");
	assert_int_equal(c.n, 2);
	assert_string_equal(c.argument[0], "access_db");
	assert_string_equal(c.argument[1], "hash -T<TMPF> /etc/mail/access");
	assert_true(mc_next(&p, &c));
	assert_string_equal(c.argument[1], "a `b' c, d");
	assert_true(mc_next(&p, &c));
	assert_int_equal(c.n, 4);
	assert_string_equal(c.argument[0], "dnsbl");
	assert_string_equal(c.argument[2], "");
	assert_string_equal(c.argument[3], "t");
	assert_true(mc_next(&p, &c));
	assert_string_equal(c.argument[1], "to the end");
	assert_false(mc_next(&p, &c));
}

/* What lies in its tables. */
static bool
text(void *arg, const char *path, struct buf *out)
{
	const char *access = arg;

	if (access == NULL || strcmp(path, "/etc/mail/access") != 0)
		return false;
	buf_puts(out, access);
	return true;
}

static bool
is_set(void *arg, const char *what)
{
	(void)arg;
	return strcmp(what, "max-recipients") == 0;
}

static void
make(struct adopt *a, const char *mc, const char *access)
{
	const struct sendmail_source source = { .mc = mc,
		.arg = (void *)(uintptr_t)access, .text = text,
		.is_set = is_set };

	adopt_sendmail_make(a, &source);
}

static void
test_a_usual_site(void **state)
{
	struct adopt a;

	(void)state;
	make(&a, "FEATURE(`require_rdns')dnl\n"
	    "FEATURE(`dnsbl', `bl.example')dnl\n"
	    "FEATURE(`enhdnsbl', `other.example', `', `t', `127.0.0.2.')\n"
	    "FEATURE(`enhdnsbl', `odd.example', `', `t', `127.0.0.$-')\n"
	    "FEATURE(`block_bad_helo')\n"
	    "define(`confMAX_MESSAGE_SIZE', `20480000')\n"
	    "define(`confMAX_RCPTS_PER_MESSAGE', `200')\n", NULL);
	assert_non_null(strstr(a.conf.data, "reason \"rdns-missing\" { action "
	    "= reject issue-at = connect }\t# FEATURE(`require_rdns')"));
	assert_non_null(strstr(a.conf.data, "reason \"rdns-mismatch\" { action "
	    "= tempfail issue-at = connect }"));
	assert_non_null(strstr(a.conf.data, "\tdnsbl \"bl.example\" { }"));
	assert_non_null(strstr(a.conf.data, "\tdnsbl \"other.example\" { "
	    "answers = {\"127.0.0.2\"} }"));
	assert_true(is_left(&a, "odd.example"));
	assert_true(is_left(&a, "block_bad_helo"));
	assert_true(is_left(&a, "Who may relay"));
	assert_non_null(strstr(a.conf.data, "reason \"sender-not-fqdn\" "
	    "{ action = reject issue-at = mail }\t# check_mail"));
	assert_non_null(strstr(a.conf.data, "max-size = 20480000"));
	assert_non_null(strstr(a.conf.data, "reason \"message-too-large\" "
	    "{ action = reject issue-at = mail }\t# confMAX_MESSAGE_SIZE"));
	assert_null(strstr(a.conf.data, "max-recipients"));
	assert_int_equal(a.taken, 5);
	adopt_clear(&a);
}

/* Its entries that refuse speak first; one that lets pass spares. */
static void
test_access_table(void **state)
{
	static const char mc[] = "FEATURE(`access_db')\n"
	    "FEATURE(`require_rdns')\nFEATURE(`accept_unqualified_senders')";
	struct adopt a;

	(void)state;
	make(&a, mc, "# ours\nConnect:198.51.100 REJECT\n"
	    "From:bad.example\tERROR:5.7.1:550 Go away\n"
	    "From:x@y.example REJECT\nTLS_Clt:192.0.2.1 VERIFY\nTo:z@ RELAY\n");
	assert_non_null(strstr(a.conf.data, "clients = "
	    "{\"198.51.100.0/24\"}"));
	assert_non_null(strstr(a.conf.data, "senders = {\"bad.example\", "
	    "\".bad.example\", \"x@y.example\"}"));
	assert_non_null(strstr(a.conf.data, "reason \"rdns-missing\" "
	    "{ action = reject"));
	assert_null(strstr(a.conf.data, "reason \"sender-not-fqdn\" "
	    "{ action = reject"));
	adopt_clear(&a);
	make(&a, mc, "Connect:192.0.2.9 OK\nFrom:good.example OK\n");
	assert_null(strstr(a.conf.data, "rdns-missing"));
	assert_non_null(strstr(a.conf.data, "\"sender-domain-nonexistent\" { "
	    "action = note issue-at = mail }"));
	assert_non_null(strstr(a.conf.data, "\nreason "
	    "\"sender-domain-lookup-failed\" { action = note }\n"));
	assert_null(strstr(a.conf.data, "sender-syntax"));
	assert_true(is_left(&a, "FEATURE(`require_rdns') stays Sendmail's"));
	adopt_clear(&a);
	make(&a, mc, NULL);
	assert_null(strstr(a.conf.data, "rdns-missing"));
	assert_true(is_left(&a, "/etc/mail/access cannot be read"));
	adopt_clear(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_calls),
		cmocka_unit_test(test_a_usual_site),
		cmocka_unit_test(test_access_table),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
