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

/* Pairs of name and value, ends with NULL. */
struct main_cf {
	const char *const *v;
	const char *set;	/* what saywhy.conf has already */
	const char *master;	/* postconf -P */
};

static const char *
value(void *arg, const char *name)
{
	const struct main_cf *cf = arg;
	size_t i;

	for (i = 0; cf->v[i] != NULL; i += 2)
		if (strcmp(cf->v[i], name) == 0)
			return cf->v[i + 1];
	return "";
}

static const char *
place(void *arg, const char *name)
{
	return *value(arg, name) != '\0' ? name : "the default of it";
}

static bool
text(void *arg, const char *path, struct buf *out)
{
	(void)arg;
	if (strcmp(path, "/etc/postfix/plain.pcre") == 0)
		buf_puts(out, "# ours\n/^a@b\\.example$/ REJECT\n"
		    "\tgo away\n/x\\/y/i OK\n");
	else if (strcmp(path, "/etc/postfix/odd.pcre") == 0)
		buf_puts(out, "/a/ OK\nif !/b/\n/c/ REJECT\nendif\n");
	else if (strcmp(path, "/etc/postfix/odd.cidr") == 0)
		buf_puts(out, "192.0.2.0/24 OK\nif 198.51.100.0/24\n"
		    "0.0.0.0/0 REJECT\nendif\n");
	else
		return strncmp(path, "/etc/postfix/", 13) == 0 &&
		    strcmp(path, "/etc/postfix/none") != 0 &&
		    strcmp(path, "/etc/postfix/p") != 0;
	return true;
}

static void
overrides(void *arg, struct buf *out)
{
	buf_puts(out, ((const struct main_cf *)arg)->master != NULL ?
	    ((const struct main_cf *)arg)->master : "");
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

static bool
is_file(void *arg, const char *path)
{
	(void)arg;
	return strncmp(path, "/etc/postfix/", 13) == 0;
}

static bool
is_access(void *arg, const char *path)
{
	(void)arg;
	return strstr(path, "untold") == NULL;
}

static bool
is_set(void *arg, const char *what)
{
	const struct main_cf *cf = arg;

	return cf->set != NULL && strcmp(cf->set, what) == 0;
}

static bool
keys(void *arg, const char *table, struct buf *out)
{
	(void)arg;
	if (strcmp(table, "hash:/etc/postfix/vdomains") != 0)
		return false;
	buf_puts(out, "one.example,two.example");
	return true;
}

static void
make(struct adopt *a, struct main_cf *cf)
{
	const struct mta_source source = { .arg = cf, .value = value,
		.place = place, .is_file = is_file, .is_access = is_access,
		.text = text,
		.is_set = is_set, .keys = keys, .overrides = overrides,
		.ask = ask };

	adopt_make(a, &source);
}

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
	make(&a, &cf);
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
	make(&a, &cf);
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
	make(&a, &cf);
	assert_non_null(strstr(a.conf.data, "relay { rcpt-fqdn = yes }\t# "
	    "smtpd_recipient_restrictions: reject_non_fqdn_recipient\n"));
	assert_non_null(strstr(a.conf.data,
	    "relay { rcpt-domain-except = {\"example.org\"} }"));
	assert_non_null(strstr(a.conf.data, "relay { rcpt-domain = yes }"));
	assert_non_null(strstr(a.conf.data, "reason \"null-mx-recipient\""));
	adopt_clear(&a);
	cf.v = queried;
	make(&a, &cf);
	assert_null(strstr(a.conf.data, "rcpt-domain"));
	assert_true(is_left(&a, "its domains cannot be listed"));
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
	make(&a, &cf);
	assert_null(strstr(a.conf.data, "domains = "));
	adopt_clear(&a);
	cf.set = "reason \"rdns-missing\"";
	make(&a, &cf);
	assert_null(strstr(a.conf.data, "rdns-missing"));
	assert_non_null(strstr(a.conf.data, "domains = "));
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
	make(&a, &cf);
	assert_null(strstr(a.conf.data, "a\""));
	assert_null(strstr(a.conf.data, "\"sender-domain-nonexistent\" "
	    "{ action = reject"));
	assert_true(is_left(&a, "pcre:/etc/postfix/p"));
	assert_true(is_left(&a, "!192.0.2.1"));
	assert_true(is_left(&a, "192.0.2.1/33"));
	adopt_clear(&a);
}

/* Tables of patterns, where ours mean the same. */
static void
test_patterns(void **state)
{
	static const char *const v[] = {
		"smtpd_sender_restrictions", "check_sender_access "
		    "pcre:/etc/postfix/plain.pcre, check_sender_access "
		    "regexp:/etc/postfix/odd.pcre",
		"smtpd_client_restrictions", "check_client_access "
		    "cidr:/etc/postfix/odd.cidr, check_client_access "
		    "hash:/etc/postfix/untold",
		NULL
	};
	struct main_cf cf = { .v = v };
	struct adopt a;

	(void)state;
	make(&a, &cf);
	assert_non_null(strstr(a.conf.data, "file = "
	    "\"access:/etc/postfix/plain.pcre\" match = {sender}"));
	assert_null(strstr(a.conf.data, "odd."));
	assert_true(is_left(&a, "cidr:/etc/postfix/odd.cidr"));
	assert_true(is_left(&a, "lets somebody pass whom"));
	assert_true(is_left(&a, "regexp:/etc/postfix/odd.pcre"));
	assert_int_equal(a.taken, 1);
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
	make(&a, &cf);
	assert_non_null(strstr(a.conf.data, "zen.example"));
	assert_non_null(strstr(a.conf.data, "reason \"sender-not-fqdn\""));
	assert_null(strstr(a.conf.data, "tried.example"));
	assert_true(is_left(&a, "reject_rbl_client tried.example"));
	assert_null(strstr(a.conf.data, "behind.example"));
	assert_null(strstr(a.conf.data, "others.example"));
	assert_non_null(strstr(a.conf.data, "relay { max-recipients = 200 }"));
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

		make(&a, &cf);
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
	make(&a, &cf);
	assert_null(strstr(a.conf.data, "max-size"));
	assert_true(is_left(&a, "message_size_limit"));
	assert_true(is_left(&a, "smtpd_client_restrictions: reject"));
	assert_non_null(strstr(a.conf.data, "\"good.example\" { answers"));
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
	make(&a, &cf);
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
	make(&a, &cf);
	assert_non_null(strstr(a.conf.data, "\"sender-domain-nonexistent\" "
	    "{ action = tempfail }"));
	assert_non_null(strstr(a.conf.data, "\"sender-not-fqdn\" "
	    "{ action = reject }"));
	assert_null(strstr(a.conf.data, "\"helo-syntax\" { action = reject"));
	assert_true(is_left(&a, "main.cf sets invalid_hostname_reject_code"));
	adopt_clear(&a);
}

/* What master.cf says otherwise is not refused by main.cf's restrictions. */
static void
test_ports_of_their_own(void **state)
{
	static const char *const v[] = { "mydestination", "example.org",
		"smtpd_sender_restrictions", "reject_non_fqdn_sender",
		"smtpd_client_restrictions", "check_client_access "
		    "cidr:/etc/postfix/clients",
		"message_size_limit", "1000000", NULL };
	struct main_cf cf = { .v = v, .master =
		"10025/inet/content_filter = \n"
		"127.0.0.1:10026/inet/mynetworks = 192.0.2.5\n"
		"127.0.0.1:10026/inet/smtpd_helo_restrictions = \n"
		"big/inet/message_size_limit = 0\n"
		"relay/unix/mynetworks = 192.0.2.0/24\n"
		"smtpd/pass/smtpd_sender_restrictions = \n"
		"submission/inet/message_size_limit = 0\n"
		"submission/inet/smtpd_client_restrictions = permit\n" };
	struct adopt a;
	const char *at;

	(void)state;
	make(&a, &cf);
	at = strstr(a.conf.data, "exception \"master.cf, 127.0.0.1:10026\" "
	    "{\t# mynetworks, smtpd_helo_restrictions of its own\n"
	    "\tports = {10026}\n\tclients = {\"0.0.0.0/0\", \"::/0\"}\n"
	    "\treason \"relay-denied\" { action = off }\n"
	    "\treason \"client-denied\" { action = off }\n");
	assert_non_null(at);
	assert_non_null(strstr(at, "reason \"sender-not-fqdn\" { action = "
	    "off }\n}\n"));
	assert_non_null(strstr(a.conf.data, "\tports = {25}\n"));
	at = strstr(a.conf.data, "\tports = {587}\n");
	assert_non_null(at);
	assert_non_null(strstr(at, "\"message-too-large\" { action = off }"));
	assert_null(strstr(a.conf.data, "10025"));
	assert_null(strstr(a.conf.data, "master.cf, relay"));
	/* No such service: it is listed, and nothing is guessed. */
	assert_null(strstr(a.conf.data, "master.cf, big"));
	assert_true(is_left(&a, "master.cf: submission has "
	    "smtpd_client_restrictions of its own"));
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

		make(&a, &cf);
		if (strstr(a.conf.data, rows[i].there) == NULL ||
		    (rows[i].not_there != NULL && strstr(a.conf.data,
		    rows[i].not_there) != NULL))
			fail_msg("row %zu: %s", i, a.conf.data);
		adopt_clear(&a);
	}
}

/* A port of people, which lets nobody in without a login. */
static void
test_a_port_that_needs_a_login(void **state)
{
	static const char *const v[] = { "mua_client_restrictions",
		"permit_mynetworks, permit_sasl_authenticated, reject", NULL };
	struct main_cf cf = { .v = v, .master =
		"submission/inet/smtpd_client_restrictions = "
		    "$mua_client_restrictions\n"
		"10587/inet/smtpd_relay_restrictions = "
		    "permit_sasl_authenticated,reject\n"
		"10025/inet/smtpd_relay_restrictions = permit\n" };
	static const char wanted[] = "reason \"auth-required\" "
	    "{ action = reject }";
	struct adopt a;
	const char *at;

	(void)state;
	make(&a, &cf);
	assert_non_null(strstr(a.conf.data, "\nreason \"auth-required\" "
	    "{ action = note }\n"));
	at = strstr(a.conf.data, "ports = {587}");
	assert_non_null(at);
	at = strstr(at, wanted);
	assert_non_null(at);
	at = strstr(at + 1, wanted);
	assert_non_null(at);
	assert_null(strstr(at + 1, wanted));
	adopt_clear(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_usual_site),
		cmocka_unit_test(test_behind_a_permit),
		cmocka_unit_test(test_recipients),
		cmocka_unit_test(test_what_is_set_stays),
		cmocka_unit_test(test_odd_words),
		cmocka_unit_test(test_patterns),
		cmocka_unit_test(test_what_postfix_reaches),
		cmocka_unit_test(test_relaying),
		cmocka_unit_test(test_sizes),
		cmocka_unit_test(test_behind_a_list_that_permits),
		cmocka_unit_test(test_codes_of_main_cf),
		cmocka_unit_test(test_ports_of_their_own),
		cmocka_unit_test(test_defaults),
		cmocka_unit_test(test_a_port_that_needs_a_login),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
