/* setup_agree_test - what main.cf and saywhy.conf say otherwise, and where */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/diag.h"
#include "base/buf.h"
#include "engine/ruleset.h"
#include "setup/setup_agree.h"

/* Pairs of name and value, ends with NULL. */
static const char *
value(void *arg, const char *name)
{
	const char *const *v = arg;

	for (; v[0] != NULL; v += 2)
		if (strcmp(v[0], name) == 0)
			return v[1];
	return "";
}

static const char *
place(void *arg, const char *name)
{
	return *value(arg, name) != '\0' ? "main.cf:7" : "the default";
}

static bool
is_file(void *arg, const char *path)
{
	(void)arg;
	(void)path;
	return true;
}

static bool
text(void *arg, const char *path, struct buf *out)
{
	(void)arg;
	if (strcmp(path, "/etc/postfix/nets") == 0)
		buf_puts(out, "# ours\n192.0.2.0/25\n");
	else if (strcmp(path, "/etc/postfix/nets.cidr") == 0)
		buf_puts(out, "203.0.113.0/24 OK\n");
	else if (strcmp(path, "/etc/postfix/refused") == 0)
		buf_puts(out, "bad.example REJECT\n");
	else
		return false;
	return true;
}

static bool
is_set(void *arg, const char *what)
{
	(void)arg;
	(void)what;
	return false;
}

static bool
keys(void *arg, const char *table, struct buf *out)
{
	(void)arg;
	if (strcmp(table, "hash:/etc/postfix/virtual") != 0)
		return false;
	buf_puts(out, "virtual.example,user@virtual.example,root");
	return true;
}

static bool
ask(void *arg, const char *table, const char *key, struct buf *out)
{
	(void)arg;
	(void)table;
	buf_puts(out, "1");
	return strcmp(key, "sql.example") == 0;
}

static void
find(struct differences *d, const char *const *main_cf, const char *conf)
{
	const struct mta_source source = { .arg = (void *)(uintptr_t)main_cf,
		.value = value, .place = place, .is_file = is_file,
		.text = text, .is_set = is_set, .keys = keys, .ask = ask };
	struct diags mistakes = DIAGS_INIT;
	struct ruleset *r = ruleset_load_text("x.conf", conf, &mistakes);

	memset(d, 0, sizeof *d);
	assert_non_null(r);
	differences_find(d, &source, r, "/nowhere/saywhy.conf");
	ruleset_release(r);
	diags_free(&mistakes);
}

static bool
is_found(const struct differences *d, bool harms, const char *words)
{
	size_t i;

	for (i = 0; i < d->n; i++)
		if (d->v[i].harms == harms &&
		    strstr(d->v[i].text, words) != NULL)
			return true;
	return false;
}

static void
test_the_same(void **state)
{
	static const char *const main_cf[] = {
		"mydestination", "mx.example.org, example.org, "
		    "localhost.example.org, localhost",
		"mynetworks", "127.0.0.0/8 [::ffff:127.0.0.0]/104 [::1]/128",
		"virtual_alias_domains", "hash:/etc/postfix/virtual",
		"virtual_mailbox_domains", "mysql:/etc/postfix/domains.cf",
		NULL
	};
	struct differences d;

	(void)state;
	find(&d, main_cf, "name = \"mx.example.org\"\nrelay { domains = "
	    "{\"example.org\", \"virtual.example\", \"sql.example\"} }\n");
	assert_int_equal(d.harmful, 0);
	assert_true(is_found(&d, false, "cannot be listed"));
	assert_int_equal(d.n, 1);
	differences_clear(&d);
}

static void
test_both_places(void **state)
{
	static const char *const main_cf[] = {
		"mydestination", "example.org other.example",
		"relay_domains", "below.example",
		"parent_domain_matches_subdomains", "debug_peer_list,"
		    "relay_domains",
		"mynetworks", "/etc/postfix/nets cidr:/etc/postfix/nets.cidr "
		    "!192.0.2.9 198.51.100.0/24",
		NULL
	};
	struct differences d;

	(void)state;
	find(&d, main_cf, "name = \"mx.example.org\"\nrelay {\n"
	    "domains = {\"example.org\", \"below.example\", "
	    "\"alone.example\"}\n"
	    "networks = {\"192.0.2.0/24\", \"203.0.113.0/24\"}\n}\n");
	assert_true(is_found(&d, true, "other.example stands in mydestination "
	    "(main.cf:7), but not in relay.domains"));
	assert_true(is_found(&d, true, ".below.example stands in "
	    "relay_domains"));
	assert_true(is_found(&d, true, "198.51.100.0/24 stands in mynetworks "
	    "(main.cf:7), but not in relay.networks"));
	assert_true(is_found(&d, false, "alone.example stands in "
	    "relay.domains"));
	assert_true(is_found(&d, false, "!192.0.2.9"));
	assert_int_equal(d.harmful, 3);
	assert_int_equal(d.n, 5);
	differences_clear(&d);
}

/* Where saywhy judges no relaying, it refuses nothing that differs. */
static void
test_relay_is_off(void **state)
{
	static const char *const main_cf[] = { "mydestination", "example.org",
		"mynetworks", "192.0.2.0/24", NULL };
	struct differences d;

	(void)state;
	find(&d, main_cf, "mode = enforce\n");
	assert_int_equal(d.harmful, 0);
	assert_true(is_found(&d, false, "relay.domains is not set"));
	differences_clear(&d);
}

/* A permit does harm only before a list that saywhy asks, too. */
static void
test_lists(void **state)
{
	static const char *const main_cf[] = { "mydestination", "example.org",
		"mynetworks", "127.0.0.0/8 [::1]/128",
		"smtpd_client_restrictions", "permit_mynetworks, "
		    "check_client_access cidr:/etc/postfix/nets.cidr, "
		    "check_client_access hash:/etc/postfix/refused, "
		    "permit_dnswl_client good.example=127.0.0.1, "
		    "reject_rbl_client bad.example=127.0.0.2",
		"smtpd_sender_restrictions", "reject_rhsbl_sender "
		    "names.example, permit_dnswl_client good.example", NULL };
	struct differences d;

	(void)state;
	find(&d, main_cf, "relay { domains = {\"example.org\"} }\n"
	    "blacklist { dnsbl \"ours\" { zone = \"bad.example\" } }\n");
	assert_true(is_found(&d, true, "check_client_access "
	    "cidr:/etc/postfix/nets.cidr lets pass in "
	    "smtpd_client_restrictions (main.cf:7) before bad.example"));
	assert_true(is_found(&d, true, "permit_dnswl_client good.example"));
	assert_true(is_found(&d, false, "reject_rhsbl_sender names.example "
	    "stands in smtpd_sender_restrictions (main.cf:7), but in no "
	    "block"));
	assert_int_equal(d.harmful, 2);
	assert_int_equal(d.n, 3);
	differences_clear(&d);
	find(&d, main_cf, "relay { domains = {\"example.org\"} }\n"
	    "blacklist { dnswl \"good.example\" { }\n"
	    "dnsbl \"bad.example\" { }\nrhsbl \"names.example\" { } }\n");
	assert_int_equal(d.n, 1);	/* the table is not known */
	differences_clear(&d);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_same),
		cmocka_unit_test(test_both_places),
		cmocka_unit_test(test_relay_is_off),
		cmocka_unit_test(test_lists),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
