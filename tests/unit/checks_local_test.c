/* checks_local_test - what each check that needs no network finds */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/diag.h"
#include "checks/check.h"
#include "engine/ruleset.h"
#include "model/session.h"
#include "words/reason.h"

static const char head[] =
    "name = \"mx.example.org\"\n"
    "relay { domains = {\"example.org\", \".example.org\"} "
    "networks = {\"192.0.2.0/24\"} }\n";

/* One session, and what one check says of it. */
struct test_case {
	const char *check;
	const char *config;	/* beside the head */
	enum stage stage;
	const char *client, *helo, *login, *sender, *rcpt;
	const char *output;	/* "reason key=value …", "" nothing */
	unsigned port;
	const char *tls;
	enum resolve resolve;
	const char *header;	/* value of a Subject, or NULL */
	long long declared, body;
	unsigned received;	/* Received fields */
	unsigned accepted;	/* recipients before this one */
};

#define OUT .client = "198.51.100.7", .helo = "mail.example.com"
#define MAIL .sender = "a@example.com", .rcpt = "u@example.org"

static const struct test_case test_cases[] = {
	{ "client_rdns", "auth { rdns-lookup = no }", STAGE_CONNECT, OUT,
	    .output = "" },
	{ "client_rdns", "auth { rdns-lookup = no }", STAGE_CONNECT, OUT,
	    .resolve = RESOLVE_FAIL, .output = "rdns-missing" },
	{ "client_rdns", "auth { rdns-lookup = no }", STAGE_CONNECT, OUT,
	    .resolve = RESOLVE_FORGED, .output = "rdns-mismatch" },
	{ "client_rdns", "auth { rdns-lookup = no }", STAGE_CONNECT, OUT,
	    .resolve = RESOLVE_TEMP, .output = "rdns-lookup-failed" },

	{ "blacklist_client", "blacklist { clients = {\"198.51.100.0/24\"} }",
	    STAGE_CONNECT, OUT, .output = "client-denied "
	    "list=blacklist.clients entry=198.51.100.0/24" },
	{ "blacklist_client", "blacklist { clients = {\"2001:db8::/32\"} }",
	    STAGE_CONNECT, .client = "2001:db8::7", .output = "client-denied "
	    "list=blacklist.clients entry=2001:db8::/32" },
	{ "blacklist_client", "blacklist { clients = {\"198.51.100.7\"} }",
	    STAGE_CONNECT, .client = "::ffff:198.51.100.7",
	    .output = "client-denied list=blacklist.clients "
	    "entry=198.51.100.7" },
	{ "blacklist_client", "blacklist { clients = {\"203.0.113.0/24\"} }",
	    STAGE_CONNECT, OUT, .output = "" },

	{ "blacklist_client", "blacklist { clients = {\"bad.cafe\"} }",
	    STAGE_CONNECT, OUT, .output = "" },

	{ "blacklist_list", "", STAGE_CONNECT, OUT,
	    .output = "(not active)" },
	{ "blacklist_allow", "", STAGE_CONNECT, OUT,
	    .output = "(not active)" },
	{ "blacklist_dnsbl", "", STAGE_RCPT, OUT, .output = "(not active)" },
	{ "blacklist_rhsbl", "", STAGE_RCPT, OUT, .output = "(not active)" },
	{ "blacklist_dnswl", "", STAGE_RCPT, OUT, .output = "(not active)" },
	{ "blacklist_url", "", STAGE_MESSAGE, OUT, .output = "(not active)" },

	{ "blacklist_list", "blacklist { list \"x\" { entries = "
	    "{\"198.51.100.0/24 # bots\"} } }", STAGE_CONNECT, OUT,
	    .output = "client-denied list=x entry=198.51.100.0/24 "
	    "comment=bots" },
	{ "blacklist_list", "blacklist { list \"x\" { entries = "
	    "{\"[198.51.100.7]\", \"*\"} } }", STAGE_CONNECT, OUT,
	    .output = "client-denied list=x entry=[198.51.100.7]" },
	{ "blacklist_list", "blacklist { list \"x\" { entries = {\"*\"} } }",
	    STAGE_CONNECT, OUT, .output = "client-denied list=x entry=*" },
	{ "blacklist_list", "blacklist { list \"x\" { entries = "
	    "{\"/^mail #/ # no\", \"/^m[a#]il/i # a # b\"} } }", STAGE_HELO,
	    OUT, .output = "helo-denied list=x entry=/^m[a#]il/i "
	    "comment=a # b" },
	{ "blacklist_list", "blacklist { list \"x\" { entries = "
	    "{\"198.51.100.8\", \"a@example.net\"} } }", STAGE_MAIL, OUT,
	    MAIL, .output = "" },
	{ "auth_login_list", "", STAGE_MAIL, OUT, MAIL,
	    .output = "(not active)" },
	{ "auth_login_list", "auth { login-list \"x\" { entries = {\"ann\"} "
	    "} }", STAGE_MAIL, OUT, MAIL, .output = "" },
	{ "auth_login_list", "auth { login-list \"x\" { entries = {\"ann\"} "
	    "} }", STAGE_MAIL, OUT, MAIL, .login = "Ann",
	    .output = "account-disabled list=x entry=ann" },
	{ "auth_login_list", "auth { login-list \"x\" { entries = {\"*\"} } "
	    "}", STAGE_MAIL, OUT, MAIL, .login = "bob@example.org",
	    .output = "account-disabled list=x entry=*" },
	{ "auth_login_list", "auth { login-list \"x\" { entries = {\"ann\"} "
	    "} }", STAGE_MAIL, OUT, MAIL, .login = "bob", .output = "" },

	{ "helo_syntax", "", STAGE_HELO, OUT, .output = "" },
	{ "helo_syntax", "", STAGE_HELO, .helo = "[198.51.100.7]",
	    .output = "" },
	{ "helo_syntax", "", STAGE_HELO, .helo = "[IPv6:2001:db8::7]",
	    .output = "" },
	{ "helo_syntax", "", STAGE_HELO, .helo = "198.51.100.7",
	    .output = "helo-syntax detail=an address stands in brackets" },
	{ "helo_syntax", "", STAGE_HELO, .helo = "a b", .output = "helo-syntax "
	    "detail=letters, digits, hyphens and dots make a host name" },
	{ "helo_syntax", "", STAGE_HELO, .helo = "", .output = "helo-syntax "
	    "detail=it is empty" },
	{ "helo_syntax", "", STAGE_HELO, .helo = "laptop",
	    .output = "helo-not-fqdn detail=it has no dot" },

	{ "helo_forged", "", STAGE_HELO, OUT, .output = "" },
	{ "helo_forged", "", STAGE_HELO, .client = "198.51.100.7",
	    .helo = "MX.example.org.",
	    .output = "helo-forged entry=MX.example.org." },
	{ "helo_forged", "", STAGE_HELO, .client = "198.51.100.7",
	    .helo = "[203.0.113.1]", .output = "helo-forged "
	    "entry=[203.0.113.1]" },
	{ "helo_forged", "", STAGE_HELO, .client = "127.0.0.1",
	    .helo = "mx.example.org", .output = "" },
	{ "helo_forged", "", STAGE_HELO, .client = "203.0.113.1",
	    .helo = "mx.example.org", .output = "" },

	{ "blacklist_helo", "blacklist { helos = {\".example.com\"} }",
	    STAGE_HELO, OUT, .output = "helo-denied list=blacklist.helos "
	    "entry=.example.com" },

	{ "auth_required", "", STAGE_MAIL, OUT, MAIL, .output = "" },
	{ "auth_required", "", STAGE_MAIL, OUT, MAIL, .port = 587,
	    .output = "auth-required port=587" },
	{ "auth_required", "", STAGE_MAIL, OUT, MAIL, .port = 587,
	    .login = "ann", .output = "" },
	{ "auth_required", "", STAGE_MAIL, .client = "192.0.2.9", MAIL,
	    .port = 587, .output = "" },

	{ "auth_tls_required", "", STAGE_MAIL, OUT, MAIL, .port = 587,
	    .output = "(not active)" },
	{ "auth_tls_required", "auth { require-tls = yes }", STAGE_MAIL, OUT,
	    MAIL, .port = 587, .login = "ann",
	    .output = "tls-required port=587" },
	{ "auth_tls_required", "auth { require-tls = yes }", STAGE_MAIL, OUT,
	    MAIL, .port = 587, .tls = "TLSv1.3", .output = "" },
	{ "auth_tls_required", "auth { require-tls = yes }", STAGE_MAIL, OUT,
	    MAIL, .port = 25, .output = "" },

	{ "sender_syntax", "", STAGE_MAIL, OUT, MAIL, .output = "" },
	{ "sender_syntax", "", STAGE_MAIL, OUT, .sender = "<>", .output = "" },
	{ "sender_syntax", "", STAGE_MAIL, OUT, .sender = "a b@@c",
	    .output = "sender-syntax address=a b@@c" },
	{ "sender_syntax", "", STAGE_MAIL, OUT, .sender = "root",
	    .output = "sender-not-fqdn address=root" },
	{ "sender_syntax", "", STAGE_MAIL, OUT, .sender = "root@laptop",
	    .output = "sender-not-fqdn address=root@laptop" },
	{ "sender_syntax", "", STAGE_MAIL, .client = "192.0.2.9",
	    .sender = "root", .output = "" },

	{ "auth_login_sender", "auth { login-senders = own }", STAGE_MAIL,
	    OUT, .login = "ann", .sender = "ann+x@example.org", .output = "" },
	{ "auth_login_sender", "auth { login-senders = own }", STAGE_MAIL,
	    OUT, .login = "ann@example.net", .sender = "ann@example.net",
	    .output = "" },
	{ "auth_login_sender", "auth { login-senders = own }", STAGE_MAIL,
	    OUT, .login = "ann", .sender = "ann@example.com",
	    .output = "sender-login-mismatch" },
	{ "auth_login_sender", "auth { login-senders = own }", STAGE_MAIL,
	    OUT, .login = "ann", .sender = "bob@example.org",
	    .output = "sender-login-mismatch" },
	{ "auth_login_sender", "auth { login-senders = own }", STAGE_MAIL,
	    OUT, .login = "ann", .sender = "<>", .output = "" },
	{ "auth_login_sender", "auth { login-senders = listed "
	    "login \"ann\" { senders = {\"sales@example.org\"} } }",
	    STAGE_MAIL, OUT, .login = "Ann", .sender = "sales@example.org",
	    .output = "" },
	{ "auth_login_sender", "auth { login-senders = listed }", STAGE_MAIL,
	    OUT, .login = "ann", .sender = "ann@example.org",
	    .output = "sender-login-mismatch" },

	{ "blacklist_sender", "blacklist { senders = {\"example.com\"} }",
	    STAGE_MAIL, OUT, MAIL, .output = "sender-denied "
	    "list=blacklist.senders entry=example.com" },

	{ "relay_denied", "", STAGE_RCPT, OUT, MAIL, .output = "" },
	{ "relay_denied", "", STAGE_RCPT, OUT, .sender = "a@example.com",
	    .rcpt = "u@sub.example.org", .output = "" },
	{ "relay_denied", "", STAGE_RCPT, OUT, .sender = "a@example.com",
	    .rcpt = "u@example.net", .output = "relay-denied" },
	{ "relay_denied", "", STAGE_RCPT, OUT, .sender = "a@example.com",
	    .rcpt = "u@[203.0.113.1]", .output = "" },
	{ "relay_denied", "", STAGE_RCPT, OUT, .sender = "a@example.com",
	    .rcpt = "u@[203.0.113.2]", .output = "relay-denied" },
	{ "relay_denied", "", STAGE_RCPT, OUT, .sender = "a@example.com",
	    .rcpt = "postmaster", .output = "" },
	{ "relay_denied", "", STAGE_RCPT, OUT, .login = "ann",
	    .sender = "a@example.com", .rcpt = "u@example.net", .output = "" },
	{ "relay_denied", "", STAGE_RCPT, .client = "192.0.2.9",
	    .sender = "a@example.com", .rcpt = "u@example.net", .output = "" },

	{ "blacklist_rcpt", "blacklist { recipients = {\"all@example.org\"} }",
	    STAGE_RCPT, OUT, .sender = "a@example.com",
	    .rcpt = "ALL+x@example.org", .output = "rcpt-denied "
	    "list=blacklist.recipients entry=all@example.org" },

	{ "rcpt_null_sender_many", "", STAGE_RCPT, OUT, .sender = "<>",
	    .rcpt = "u@example.org", .output = "" },
	{ "rcpt_null_sender_many", "", STAGE_RCPT, OUT, .sender = "<>",
	    .rcpt = "u@example.org", .accepted = 1,
	    .output = "null-sender-multi-rcpt count=2" },

	{ "rcpt_too_many", "relay { max-recipients = 100 }", STAGE_RCPT, OUT,
	    MAIL, .accepted = 99, .output = "" },
	{ "rcpt_too_many", "relay { max-recipients = 100 }", STAGE_RCPT, OUT,
	    MAIL, .accepted = 100,
	    .output = "too-many-recipients count=101 limit=100" },

	{ "content_hops", "content { max-hops = 25 }", STAGE_HEADERS, OUT,
	    MAIL, .received = 25, .output = "" },
	{ "content_hops", "content { max-hops = 25 }", STAGE_HEADERS, OUT,
	    MAIL, .received = 26, .output = "mail-loop count=26 limit=25" },

	{ "content_size", "content { max-size = 100k }", STAGE_MAIL, OUT,
	    MAIL, .declared = 102401,
	    .output = "message-too-large size=102401 limit=102400" },
	{ "content_size", "content { max-size = 100k }", STAGE_MESSAGE, OUT,
	    MAIL, .body = 102401,
	    .output = "message-too-large size=102401 limit=102400" },
	{ "content_size", "content { max-size = 100k }", STAGE_MESSAGE, OUT,
	    MAIL, .body = 102400, .output = "" },
	{ "content_size", "content { max-size = 100k }", STAGE_MESSAGE, OUT,
	    MAIL, .declared = 102401, .body = 102401, .output = "" },

	{ "content_size", "content { max-size = 100k max-size-submission = "
	    "1M }", STAGE_MESSAGE, .client = "192.0.2.9", .helo = "pc",
	    MAIL, .body = 102401, .output = "" },

	{ "content_header", "content { header \"subject\" { "
	    "pattern = \"/cheap pills/i\" } }", STAGE_HEADERS, OUT, MAIL,
	    .header = "Very CHEAP pills", .output = "header-pattern "
	    "header=Subject pattern=/cheap pills/i matched=CHEAP pills" },
	{ "content_header", "content { header \"From\" { "
	    "pattern = {\"/a/\", \"/pills/\"} } }", STAGE_HEADERS, OUT, MAIL,
	    .header = "pills", .output = "" },
	{ "content_malformed", "content { malformed = {\"8bit\", \"from\", "
	    "\"date\"} }", STAGE_HEADERS, OUT, MAIL, .header = "\xe9",
	    .output = "message-malformed detail=its header has letters outside "
	    "ASCII header=Subject; message-malformed detail=it has no From "
	    "line header=From; message-malformed detail=it has no date "
	    "header=Date" },
	{ "content_malformed", "content { malformed = \"8bit\" }",
	    STAGE_HEADERS, OUT, MAIL, .header = "pills", .output = "" },
	{ "content_bulk_headers", "content { bulk-unsubscribe = yes }",
	    STAGE_HEADERS, OUT, MAIL, .header = "news", .output = "" },
};

static struct ruleset *
load(const char *more)
{
	struct diags d = DIAGS_INIT;
	char text[1024];
	struct ruleset *r;

	snprintf(text, sizeof text, "%s%s\n", head, more);
	r = ruleset_load_text("test", text, &d);
	if (r == NULL) {
		diags_print(&d, stderr);
		fail_msg("%s", more);
	}
	diags_free(&d);
	return r;
}

static void
add_recipients(struct session *s, const struct test_case *t)
{
	char rcpt[40];
	unsigned i;

	for (i = 0; i < t->accepted; i++) {
		snprintf(rcpt, sizeof rcpt, "u%u@example.org", i);
		session_rcpt(s, rcpt);
		session_rcpt_accepted(s);
	}
	if (t->rcpt != NULL)
		session_rcpt(s, t->rcpt);
}

static void
open_session(struct session *s, const struct test_case *t)
{
	struct ip ip;
	unsigned i;

	session_init(s);
	ip_parse(t->client != NULL ? t->client : "198.51.100.7", &ip);
	session_connect(s, NULL, &ip);
	ip_parse("203.0.113.1", &s->server);
	s->server_port = t->port;
	s->resolve = t->resolve;
	session_helo(s, t->helo);
	s->tls = t->tls != NULL ? strdup(t->tls) : NULL;
	session_mail(s, t->sender);
	s->login = t->login != NULL ? strdup(t->login) : NULL;
	s->declared_size = t->declared;
	add_recipients(s, t);
	for (i = 0; i < t->received; i++)
		session_header(s, "Received", "from a by b");
	if (t->header != NULL)
		session_header(s, "Subject", t->header);
	if (t->body > 0)
		session_body(s, (size_t)t->body);
}

/* "reason key=value key=value" of every finding, one after the other. */
static void
tell(const struct findings *found, char *text, size_t size)
{
	const struct finding *f;
	size_t i, j, n = 0;

	*text = '\0';
	for (i = 0; i < found->n; i++) {
		f = &found->v[i];
		n += (size_t)snprintf(text + n, size - n, "%s%s",
		    i > 0 ? "; " : "", reason_get(f->reason)->name);
		for (j = 0; j < f->n; j++)
			n += (size_t)snprintf(text + n, size - n, " %s=%s",
			    evidence_name(f->evidence[j].key),
			    f->evidence[j].value);
	}
}

static const struct rule *
rule_of(const struct ruleset *r, const char *name)
{
	size_t i;

	for (i = 0; i < r->nrules; i++)
		if (strcmp(r->rules[i].check->name, name) == 0)
			return &r->rules[i];
	fail_msg("no check %s", name);
	return NULL;
}

static void
run_check(const struct ruleset *r, const struct test_case *t, char *output,
    size_t size)
{
	const struct rule *rule = rule_of(r, t->check);
	struct findings found = { .v = NULL };
	struct slots slots = { NULL };
	struct session s;
	struct check_ctx ctx = { .check = rule->check, .session = &s,
		.site = &r->site, .options = rule->options, .slots = &slots,
		.stage = t->stage };

	if (!rule->active) {
		snprintf(output, size, "(not active)");
		return;
	}
	assert_true(rule->check->stages & STAGE_BIT(t->stage));
	open_session(&s, t);
	rule->check->run(&ctx, &found);
	tell(&found, output, size);
	findings_free(&found);
	slots_free(&slots);
	session_free(&s);
}

static void
test_all_cases(void **state)
{
	size_t i, failed = 0;
	struct ruleset *r;
	char output[400];

	(void)state;
	for (i = 0; i < sizeof test_cases / sizeof test_cases[0]; i++) {
		r = load(test_cases[i].config);
		run_check(r, &test_cases[i], output, sizeof output);
		if (strcmp(output, test_cases[i].output) != 0) {
			print_error("row %zu, %s: \"%s\", not \"%s\"\n", i,
			    test_cases[i].check, output, test_cases[i].output);
			failed++;
		}
		ruleset_release(r);
	}
	assert_int_equal(failed, 0);
}

/* Those that ask others have scenarios, where DNS answers. */
static const char *const elsewhere[] = {
	/* checks_content_test, engine_cost_test */
	"content_header_size", "content_complex",
	"auth_dkim", "auth_dmarc", "auth_limit", "auth_login", "auth_none",
	"auth_spf", "blacklist_greylist", "helo_resolves", "relay_limit",
	"rcpt_domain", "sender_domain",
};

static bool
is_elsewhere(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof elsewhere / sizeof elsewhere[0]; i++)
		if (strcmp(elsewhere[i], name) == 0)
			return true;
	return false;
}

/*
 * Every check is complete and is tried here, or in checks_content_test when
 * it looks into the message.
 */
static void
test_rows(void **state)
{
	const struct check *const *c;
	size_t i;

	(void)state;
	for (c = checks_all; *c != NULL; c++) {
		assert_non_null((*c)->section);
		assert_true((*c)->stages != 0 && (*c)->run != NULL);
		assert_true((*c)->reasons[0] != REASON_NONE);
		if ((*c)->part != NULL || (*c)->body != NULL)
			continue;
		for (i = 0; i < sizeof test_cases / sizeof test_cases[0]; i++)
			if (strcmp(test_cases[i].check, (*c)->name) == 0)
				break;
		if (i == sizeof test_cases / sizeof test_cases[0] &&
		    !is_elsewhere((*c)->name))
			fail_msg("%s: no row of test_cases[] of this file, "
			    "nor of elsewhere[]", (*c)->name);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all_cases),
		cmocka_unit_test(test_rows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
