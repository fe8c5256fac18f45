/* setup_adopt_walk_test - lists of restrictions, word by word */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "setup/adopt.h"

#include "setup_house.h"
#include "setup_main_cf.h"

/* Nobody is refused whom Postfix would have taken. */
static void
test_behind_a_permit(void **state)
{
	static const char *const v[] = {
		"smtpd_client_restrictions", "permit_tls_clientcerts "
		    "reject_rbl_client zen.example",
		"smtpd_sender_restrictions", "check_sender_access "
		    "hash:/etc/postfix/senders, reject_unknown_sender_domain, "
		    "reject_rhsbl_sender dbl.example",
		"smtpd_recipient_restrictions", "check_policy_service "
		    "inet:127.0.0.1:10023, reject_rbl_client other.example",
		NULL
	};
	struct main_cf cf = { .v = v };
	struct adopt a;

	(void)state;
	adopt_main_cf(&a, &cf);
	assert_null(strstr(a.conf.data, "zen.example"));
	assert_true(is_left(&a, "reject_rbl_client zen.example"));
	/* What saywhy refuses by itself would be refused all the same. */
	assert_non_null(strstr(a.conf.data, "\"sender-domain-nonexistent\" { "
	    "action = note }\t# smtpd_sender_restrictions: "
	    "reject_unknown_sender_domain stays Postfix's\n"));
	assert_true(is_left(&a, "reject_unknown_sender_domain"));
	/* An allow list spares what stands in the same section. */
	assert_non_null(strstr(a.conf.data, "dbl.example"));
	assert_true(is_left(&a, "inet:127.0.0.1:10023"));
	assert_null(strstr(a.conf.data, "other.example"));
	adopt_clear(&a);
}

/* Of recipients elsewhere; domains that are ours are not looked up. */
static void
test_recipients(void **state)
{
	static const char *const v[] = { "mydestination", "example.org",
		"smtpd_recipient_restrictions", "reject_non_fqdn_recipient, "
		    "reject_unknown_recipient_domain", NULL };
	static const char *const queried[] = { "virtual_mailbox_domains",
		"ldap:/etc/postfix/domains.cf", "smtpd_recipient_restrictions",
		"reject_unknown_recipient_domain", NULL };
	struct main_cf cf = { .v = v };
	struct adopt a;

	(void)state;
	adopt_main_cf(&a, &cf);
	assert_non_null(strstr(a.conf.data, "relay { rcpt-fqdn = yes }\t# "
	    "smtpd_recipient_restrictions: reject_non_fqdn_recipient\n"));
	assert_non_null(strstr(a.conf.data,
	    "relay { rcpt-domain-except = {\"example.org\"} }"));
	assert_non_null(strstr(a.conf.data, "relay { rcpt-domain = yes }"));
	assert_non_null(strstr(a.conf.data, "reason \"null-mx-recipient\""));
	adopt_clear(&a);
	cf.v = queried;
	adopt_main_cf(&a, &cf);
	assert_null(strstr(a.conf.data, "rcpt-domain"));
	assert_true(is_left(&a, "its domains cannot be listed"));
	adopt_clear(&a);
}

/* Whatever stands there, the walk ends and nothing breaks out of its line. */
static void
test_odd_words(void **state)
{
	static const char *const v[] = {
		"mydestination", "a\"b, ${x}, $mydomain, /etc/postfix/none",
		"mynetworks", "!192.0.2.1, 192.0.2.1/33, hash:/x",
		"smtpd_client_restrictions", "reject_rbl_client",
		"smtpd_sender_restrictions", "reject_rbl_client a\"}b=127.0.0."
		    "[1;2], check_sender_access pcre:/etc/postfix/p, "
		    "check_client_access inline:{{x=y}}, reject, "
		    "reject_unknown_sender_domain",
		NULL
	};
	struct main_cf cf = { .v = v };
	struct adopt a;

	(void)state;
	adopt_main_cf(&a, &cf);
	assert_null(strstr(a.conf.data, "a\""));
	assert_null(strstr(a.conf.data, "\"sender-domain-nonexistent\" "
	    "{ action = reject"));
	assert_true(is_left(&a, "pcre:/etc/postfix/p"));
	assert_true(is_left(&a, "!192.0.2.1"));
	assert_true(is_left(&a, "192.0.2.1/33"));
	adopt_clear(&a);
}

/* What a class names is asked where it stands; and nothing behind permit. */
static void
test_what_postfix_reaches(void **state)
{
	static const char *const v[] = {
		"smtpd_restriction_classes", "strict, loose",
		"strict", "reject_non_fqdn_sender, reject_rbl_client "
		    "zen.example",
		"loose", "permit",
		"smtpd_client_restrictions", "warn_if_reject "
		    "reject_rbl_client tried.example, strict, loose, "
		    "reject_rbl_client behind.example",
		"smtpd_recipient_restrictions", "permit_auth_destination, "
		    "reject_rbl_client others.example",
		"smtpd_recipient_limit", "200",
		NULL
	};
	struct main_cf cf = { .v = v };
	struct adopt a;

	(void)state;
	adopt_main_cf(&a, &cf);
	assert_non_null(strstr(a.conf.data, "zen.example"));
	assert_non_null(strstr(a.conf.data, "reason \"sender-not-fqdn\""));
	assert_null(strstr(a.conf.data, "tried.example"));
	assert_true(is_left(&a, "reject_rbl_client tried.example"));
	assert_null(strstr(a.conf.data, "behind.example"));
	assert_null(strstr(a.conf.data, "others.example"));
	assert_non_null(strstr(a.conf.data, "relay { max-recipients = 200 }"));
	adopt_clear(&a);
}

/* Whom a list of DNS lets pass is not refused for his name either. */
static void
test_behind_a_list_that_permits(void **state)
{
	static const char *const v[] = {
		"smtpd_client_restrictions", "permit_dnswl_client "
		    "good.example, reject_unknown_client_hostname, "
		    "reject_rbl_client bad.example",
		"smtpd_helo_restrictions", "permit_dnswl_client "
		    "odd.example=127.0.[1;2].3, reject_rbl_client "
		    "behind.example",
		NULL
	};
	struct main_cf cf = { .v = v };
	struct adopt a;

	(void)state;
	adopt_main_cf(&a, &cf);
	assert_null(strstr(a.conf.data, "rdns-m"));
	assert_true(is_left(&a, "reject_unknown_client_hostname"));
	assert_non_null(strstr(a.conf.data, "dnsbl \"bad.example\""));
	assert_null(strstr(a.conf.data, "behind.example"));
	adopt_clear(&a);
}

/* Who deferred goes on to defer; where saywhy cannot, Postfix does. */
static void
test_codes_of_main_cf(void **state)
{
	static const char *const v[] = {
		"unknown_address_reject_code", "450",
		"invalid_hostname_reject_code", "450",
		"non_fqdn_reject_code", "504",
		"smtpd_sender_restrictions", "reject_unknown_sender_domain, "
		    "reject_non_fqdn_sender",
		"smtpd_helo_restrictions", "reject_invalid_helo_hostname", NULL
	};
	struct main_cf cf = { .v = v };
	struct adopt a;

	(void)state;
	adopt_main_cf(&a, &cf);
	assert_non_null(strstr(a.conf.data, "\"sender-domain-nonexistent\" "
	    "{ action = tempfail }"));
	assert_non_null(strstr(a.conf.data, "\"sender-not-fqdn\" "
	    "{ action = reject }"));
	assert_null(strstr(a.conf.data, "\"helo-syntax\" { action = reject"));
	assert_true(is_left(&a, "main.cf sets invalid_hostname_reject_code"));
	adopt_clear(&a);
}

/* What main.cf says to those that a list in DNS has is theirs to read. */
static void
test_words_of_dns_lists(void **state)
{
	static const char *const v[] = { "default_rbl_reply", "$rbl_code "
		"Delist at https://bl.example", "smtpd_client_restrictions",
		"permit_dnswl_client good.example, reject_rbl_client "
		"bl.example", NULL };
	static const char *const maps[] = { "rbl_reply_maps",
		"hash:/etc/postfix/rbl", "smtpd_client_restrictions",
		"reject_rhsbl_helo bl.example", NULL };
	struct main_cf cf = { .v = v };
	struct adopt a;

	(void)state;
	adopt_main_cf(&a, &cf);
	assert_null(strstr(a.conf.data, "bl.example"));
	assert_non_null(strstr(a.conf.data, "dnswl \"good.example\""));
	assert_true(is_left(&a, "reject_rbl_client bl.example stays Postfix's "
	    "(550 5.7.1): default_rbl_reply"));
	adopt_clear(&a);
	cf.v = maps;
	adopt_main_cf(&a, &cf);
	assert_null(strstr(a.conf.data, "bl.example"));
	adopt_clear(&a);
}

/* All that come so far are put off: in the last list alone. */
static void
test_defer(void **state)
{
	static const struct {
		const char *v[5], *set;
		bool taken;
	} rows[] = {
		{ { "smtpd_recipient_restrictions", "permit_mynetworks, defer",
		    NULL }, NULL, true },
		{ { "smtpd_client_restrictions", "defer", NULL }, NULL,
		    false },
		{ { "smtpd_recipient_restrictions", "defer", NULL },
		    "reason \"rcpt-denied\"", false },
		{ { "smtpd_recipient_restrictions", "permit_tls_clientcerts, "
		    "defer", NULL }, NULL, false },
		{ { "smtpd_recipient_restrictions", "check_recipient_access "
		    "hash:/etc/postfix/rcpts, defer", NULL }, NULL, false },
	};
	struct adopt a;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct main_cf cf = { .v = rows[i].v, .set = rows[i].set };

		adopt_main_cf(&a, &cf);
		if ((strstr(a.conf.data, "\tlist \"defer\" { entries = "
		    "{\"*\"} match = {rcpt} }") != NULL) != rows[i].taken ||
		    (strstr(a.conf.data, "reason \"rcpt-denied\" { action = "
		    "tempfail }") != NULL) != rows[i].taken ||
		    is_left(&a, ": defer stays Postfix's") == rows[i].taken)
			fail_msg("row %zu: %s", i, a.conf.data);
		adopt_clear(&a);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_behind_a_permit),
		cmocka_unit_test(test_recipients),
		cmocka_unit_test(test_odd_words),
		cmocka_unit_test(test_what_postfix_reaches),
		cmocka_unit_test(test_behind_a_list_that_permits),
		cmocka_unit_test(test_codes_of_main_cf),
		cmocka_unit_test(test_words_of_dns_lists),
		cmocka_unit_test(test_defer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
