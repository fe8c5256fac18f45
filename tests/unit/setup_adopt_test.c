/* setup_adopt_test - what of main.cf becomes whose words, and what does not */

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

static void
test_a_usual_site(void **state)
{
	static const char *const v[] = {
		"mydestination", "mx.example.org, example.org localhost",
		"virtual_mailbox_domains", "hash:/etc/postfix/vdomains",
		"mynetworks", "127.0.0.0/8 [::1]/128 192.0.2.0/24",
		"message_size_limit", "20480000",
		"smtpd_helo_restrictions", "permit_mynetworks, "
		    "reject_invalid_helo_hostname, "
		    "reject_non_fqdn_helo_hostname",
		"smtpd_recipient_restrictions", "permit_mynetworks,\n"
		    "  permit_sasl_authenticated, reject_unauth_destination,\n"
		    "  reject_unknown_sender_domain,\n"
		    "  reject_rbl_client zen.example=127.0.0.[2..11],\n"
		    "  reject_rhsbl_sender dbl.example,\n"
		    "  check_client_access hash:/etc/postfix/clients, permit",
		NULL
	};
	struct main_cf cf = { .v = v };
	struct adopt a;

	(void)state;
	adopt_main_cf(&a, &cf);
	assert_non_null(strstr(a.conf.data, "domains = {\"mx.example.org\", "
	    "\"example.org\", \"localhost\", \"one.example\", "
	    "\"two.example\"}"));
	assert_non_null(strstr(a.conf.data, "networks = {\"127.0.0.0/8\", "
	    "\"::1/128\", \"192.0.2.0/24\"}"));
	assert_non_null(strstr(a.conf.data, "max-size = 20480000"));
	assert_non_null(strstr(a.conf.data, "reason \"helo-syntax\" "
	    "{ action = reject }\t# smtpd_helo_restrictions"));
	assert_non_null(strstr(a.conf.data,
	    "reason \"sender-domain-nonexistent\""));
	assert_non_null(strstr(a.conf.data, "dnsbl \"zen.example\" { answers "
	    "= {\"127.0.0.2-11\"} }"));
	assert_non_null(strstr(a.conf.data, "rhsbl \"dbl.example\" { match = "
	    "{sender} }"));
	assert_non_null(strstr(a.conf.data, "file = "
	    "\"access:/etc/postfix/clients\" match = {client}"));
	assert_int_equal(a.nleft, 0);
	assert_int_equal(a.taken, 6);
	adopt_clear(&a);
}

static void
test_what_is_set_stays(void **state)
{
	static const char *const v[] = { "mydestination", "example.org",
		"smtpd_client_restrictions",
		"reject_unknown_reverse_client_hostname", NULL };
	struct main_cf cf = { .v = v, .set = "domains" };
	struct adopt a;

	(void)state;
	adopt_main_cf(&a, &cf);
	assert_null(strstr(a.conf.data, "domains = "));
	adopt_clear(&a);
	cf.set = "reason \"rdns-missing\"";
	adopt_main_cf(&a, &cf);
	assert_null(strstr(a.conf.data, "rdns-missing"));
	assert_non_null(strstr(a.conf.data, "domains = "));
	adopt_clear(&a);
}

/* Domains are taken over only where all of relaying is known. */
static void
test_relaying(void **state)
{
	static const struct {
		const char *v[7];
		bool known;
		const char *left;
	} rows[] = {
		{ { "mydestination", "example.org", "smtpd_relay_restrictions",
		    "permit_mynetworks, permit_sasl_authenticated "
		    "defer_unauth_destination", NULL }, true, NULL },
		{ { "mydestination", "example.org", "smtpd_relay_restrictions",
		    "check_client_access static:OK, reject", NULL }, false,
		    "who may relay stays Postfix's, for check_client_access" },
		{ { "mydestination", "example.org", "smtpd_relay_restrictions",
		    "permit_mynetworks, check_policy_service { unix:/x/p.sock, "
		    "timeout=10s, default_action=DUNNO, policy_context=relay }"
		    ", reject_unauth_destination", NULL }, true, NULL },
		{ { "mydestination", "example.org",
		    "smtpd_recipient_restrictions", "permit_tls_clientcerts "
		    "reject_unauth_destination", NULL }, false,
		    "for permit_tls_clientcerts" },
		{ { "mydestination", "example.org", "relay_domains",
		    "ldap:/etc/postfix/domains.cf", NULL }, false,
		    "its domains cannot be listed" },
		{ { "mydestination", "example.org", "mynetworks", "!192.0.2.1",
		    NULL }, false, "is no network that saywhy reads" },
	};
	struct adopt a;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct main_cf cf = { .v = rows[i].v };

		adopt_main_cf(&a, &cf);
		if ((strstr(a.conf.data, "domains = {") != NULL) !=
		    rows[i].known)
			fail_msg("row %zu: %s", i, a.conf.data);
		if (rows[i].left != NULL && !is_left(&a, rows[i].left))
			fail_msg("row %zu: %s is not left", i, rows[i].left);
		adopt_clear(&a);
	}
}

/* A size that saywhy does not take is no mistake of saywhy.conf. */
static void
test_sizes(void **state)
{
	static const char *const v[] = { "message_size_limit", "999",
		"smtpd_client_restrictions", "permit_dnswl_client "
		    "good.example, reject", NULL };
	struct main_cf cf = { .v = v };
	struct adopt a;

	(void)state;
	adopt_main_cf(&a, &cf);
	assert_null(strstr(a.conf.data, "max-size"));
	assert_true(is_left(&a, "message_size_limit"));
	assert_true(is_left(&a, "smtpd_client_restrictions: reject"));
	assert_non_null(strstr(a.conf.data, "\"good.example\" { answers"));
	adopt_clear(&a);
}

/* What main.cf does not refuse, saywhy does not either. */
static void
test_defaults(void **state)
{
	static const struct {
		const char *v[5], *set;
		const char *there, *not_there;
	} rows[] = {
		{ { NULL }, NULL, "\nreason \"spf-fail\" "
		    "{ action = note }\n", NULL },
		{ { NULL }, "spf", "\nreason \"helo-forged\" "
		    "{ action = note }", "reason \"spf-" },
		{ { NULL }, "reason \"helo-forged\"", "\"sender-syntax\"",
		    "helo-forged" },
		{ { "smtpd_sender_restrictions", "reject_unknown_sender_domain",
		    NULL }, NULL, "\"sender-domain-nonexistent\" { action = "
		    "reject }", "null-mx-sender" },
		{ { "smtpd_sender_restrictions", "reject_non_fqdn_sender",
		    NULL }, NULL, "\nreason \"null-mx-sender\" { action = "
		    "note }", "\"sender-not-fqdn\" { action = note" },
		{ { "smtpd_client_restrictions", "permit_sasl_authenticated, "
		    "reject", NULL }, NULL, "sender-syntax", "auth-required" },
		{ { "smtpd_client_restrictions", "permit_sasl_authenticated, "
		    "permit_tls_clientcerts, reject", NULL }, NULL,
		    "\nreason \"auth-required\" { action = note }", NULL },
		{ { "hopcount_limit", "250", NULL }, NULL,
		    "content { max-hops = 250 }", NULL },
		{ { "hopcount_limit", "50", NULL }, NULL, "spf-fail",
		    "max-hops" },
	};
	struct adopt a;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct main_cf cf = { .v = rows[i].v, .set = rows[i].set };

		adopt_main_cf(&a, &cf);
		if (strstr(a.conf.data, rows[i].there) == NULL ||
		    (rows[i].not_there != NULL && strstr(a.conf.data,
		    rows[i].not_there) != NULL))
			fail_msg("row %zu: %s", i, a.conf.data);
		adopt_clear(&a);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_usual_site),
		cmocka_unit_test(test_what_is_set_stays),
		cmocka_unit_test(test_relaying),
		cmocka_unit_test(test_sizes),
		cmocka_unit_test(test_defaults),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
