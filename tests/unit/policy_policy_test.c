/* policy_policy_test - who is refused, for what, and who is not */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/diag.h"
#include "engine/ruleset.h"
#include "model/finding.h"
#include "model/session.h"
#include "policy/exception.h"
#include "policy/policy.h"
#include "words/reason.h"

static const char head[] =
    "name = \"mx.example.org\"\ncontact = \"help@example.net\"\n"
    "mode = enforce\n"
    "relay { domains = {\"example.org\"}  networks = {\"192.0.2.0/24\"} }\n";

/* One finding, one session, what becomes of it. */
struct test_case {
	const char *name;
	const char *config;	/* beside the head */
	int reason;
	const char *section;
	bool identity;
	enum stage stage, at;
	const char *client, *helo, *login, *sender, *rcpt;
	enum action action;
	const char *exception;
};

#define OUTSIDE "198.51.100.7", "mail.example.com", NULL, "a@example.com"

static const struct test_case test_cases[] = {
	{ "default action", "", REASON_CLIENT_DENIED, "blacklist", true,
	    STAGE_CONNECT, STAGE_RCPT, OUTSIDE, "u@example.org",
	    ACTION_REJECT, NULL },
	{ "not its turn", "", REASON_CLIENT_DENIED, "blacklist", true,
	    STAGE_CONNECT, STAGE_MAIL, OUTSIDE, NULL, ACTION_OFF, NULL },
	{ "issued at MAIL by option", "issue-at = mail", REASON_CLIENT_DENIED,
	    "blacklist", true, STAGE_CONNECT, STAGE_MAIL, OUTSIDE, NULL,
	    ACTION_REJECT, NULL },
	{ "spoken once only", "", REASON_CLIENT_DENIED, "blacklist", true,
	    STAGE_CONNECT, STAGE_MESSAGE, OUTSIDE, "u@example.org",
	    ACTION_OFF, NULL },
	{ "override", "reason \"client-denied\" { action = tempfail }",
	    REASON_CLIENT_DENIED, "blacklist", true, STAGE_CONNECT,
	    STAGE_RCPT, OUTSIDE, "u@example.org", ACTION_TEMPFAIL, NULL },
	{ "postmaster is exempt", "", REASON_CLIENT_DENIED, "blacklist", true,
	    STAGE_CONNECT, STAGE_RCPT, OUTSIDE, "Postmaster@example.org",
	    ACTION_OFF, NULL },
	{ "bare postmaster is exempt", "", REASON_CLIENT_DENIED, "blacklist",
	    true, STAGE_CONNECT, STAGE_RCPT, OUTSIDE, "postmaster",
	    ACTION_OFF, NULL },
	{ "abuse is exempt", "", REASON_CLIENT_DENIED, "blacklist", true,
	    STAGE_CONNECT, STAGE_RCPT, OUTSIDE, "abuse@example.org",
	    ACTION_OFF, NULL },
	{ "the contact is exempt", "", REASON_CLIENT_DENIED, "blacklist",
	    true, STAGE_CONNECT, STAGE_RCPT, OUTSIDE, "help@example.net",
	    ACTION_OFF, NULL },
	{ "postmaster elsewhere is not", "", REASON_CLIENT_DENIED,
	    "blacklist", true, STAGE_CONNECT, STAGE_RCPT, OUTSIDE,
	    "postmaster@example.com", ACTION_REJECT, NULL },
	{ "postmaster may not relay", "", REASON_RELAY_DENIED, "relay", false,
	    STAGE_RCPT, STAGE_RCPT, OUTSIDE, "postmaster@example.org",
	    ACTION_REJECT, NULL },
	{ "content for postmaster", "", REASON_HEADER_PATTERN, "content",
	    false, STAGE_HEADERS, STAGE_MESSAGE, OUTSIDE,
	    "postmaster@example.org", ACTION_REJECT, NULL },
	{ "a login is exempt", "", REASON_CLIENT_DENIED, "blacklist", true,
	    STAGE_CONNECT, STAGE_RCPT, "198.51.100.7", "laptop", "ann",
	    "ann@example.org", "u@example.com", ACTION_OFF, NULL },
	{ "own network is exempt", "", REASON_HELO_FORGED, "auth", true,
	    STAGE_HELO, STAGE_RCPT, "::ffff:192.0.2.9", "mx.example.org",
	    NULL, "a@example.org", "u@example.org", ACTION_OFF, NULL },
	{ "exception by client",
	    "exception \"p\" { clients = {\"198.51.100.0/24\"} "
		"reason \"client-denied\" { action = note } }",
	    REASON_CLIENT_DENIED, "blacklist", true, STAGE_CONNECT,
	    STAGE_RCPT, OUTSIDE, "u@example.org", ACTION_NOTE, "p" },
	{ "exception for others",
	    "exception \"p\" { clients = {\"203.0.113.0/24\"} "
		"reason \"client-denied\" { action = note } }",
	    REASON_CLIENT_DENIED, "blacklist", true, STAGE_CONNECT,
	    STAGE_RCPT, OUTSIDE, "u@example.org", ACTION_REJECT, NULL },
	{ "exception for another reason",
	    "exception \"p\" { clients = {\"198.51.100.0/24\"} "
		"reason \"helo-denied\" { action = note } }",
	    REASON_CLIENT_DENIED, "blacklist", true, STAGE_CONNECT,
	    STAGE_RCPT, OUTSIDE, "u@example.org", ACTION_REJECT, NULL },
	{ "keys are ANDed",
	    "exception \"p\" { clients = {\"198.51.100.0/24\"} "
		"senders = {\"example.net\"} action = off }",
	    REASON_CLIENT_DENIED, "blacklist", true, STAGE_CONNECT,
	    STAGE_RCPT, OUTSIDE, "u@example.org", ACTION_REJECT, NULL },
	{ "values are ORed",
	    "exception \"p\" { clients = {\"198.51.100.0/24\"} "
		"senders = {\"example.net\", \"example.com\"} action = off }",
	    REASON_CLIENT_DENIED, "blacklist", true, STAGE_CONNECT,
	    STAGE_RCPT, OUTSIDE, "u@example.org", ACTION_OFF, "p" },
	{ "by recipient",
	    "exception \"p\" { recipients = {\"u@example.org\"} "
		"action = off }",
	    REASON_CLIENT_DENIED, "blacklist", true, STAGE_CONNECT,
	    STAGE_RCPT, OUTSIDE, "u@example.org", ACTION_OFF, "p" },
	{ "the first that says something wins",
	    "exception \"p\" { clients = {\"198.51.100.0/24\"} "
		"reason \"client-denied\" { action = note } }\n"
		"exception \"q\" { clients = {\"198.51.100.0/24\"} "
		"action = off }",
	    REASON_CLIENT_DENIED, "blacklist", true, STAGE_CONNECT,
	    STAGE_RCPT, OUTSIDE, "u@example.org", ACTION_NOTE, "p" },
	{ "a forgeable exception waives a list",
	    "exception \"p\" { senders = {\"example.com\"} action = off }",
	    REASON_CLIENT_DENIED, "blacklist", true, STAGE_CONNECT,
	    STAGE_RCPT, OUTSIDE, "u@example.org", ACTION_OFF, "p" },
	{ "a forgeable exception waives no relaying",
	    "exception \"p\" { senders = {\"example.com\"} action = off }",
	    REASON_RELAY_DENIED, "relay", false, STAGE_RCPT, STAGE_RCPT,
	    OUTSIDE, "u@example.com", ACTION_REJECT, NULL },
	{ "a forgeable exception waives no content",
	    "exception \"p\" { helos = {\"mail.example.com\"} action = off }",
	    REASON_HEADER_PATTERN, "content", false, STAGE_HEADERS,
	    STAGE_MESSAGE, OUTSIDE, "u@example.org", ACTION_REJECT, NULL },
	{ "an exception may be stricter",
	    "exception \"p\" { recipients = {\"u@example.org\"} "
		"reason \"rdns-missing\" { action = reject } }",
	    REASON_RDNS_MISSING, "auth", true, STAGE_CONNECT, STAGE_RCPT,
	    OUTSIDE, "u@example.org", ACTION_REJECT, "p" },
	{ "by login",
	    "exception \"p\" { logins = {\"ann\"} action = off }",
	    REASON_HEADER_PATTERN, "content", false, STAGE_HEADERS,
	    STAGE_MESSAGE, "198.51.100.7", "laptop", "ann",
	    "ann@example.org", "u@example.com", ACTION_OFF, "p" },
};

static struct ruleset *
load(const char *more)
{
	struct diags d = DIAGS_INIT;
	char text[2048];
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
open_session(struct session *s, const struct test_case *t)
{
	struct ip ip;

	session_init(s);
	ip_parse(t->client, &ip);
	session_connect(s, NULL, &ip);
	session_helo(s, t->helo);
	session_mail(s, t->sender);
	if (t->login != NULL)
		s->login = strdup(t->login);
	if (t->rcpt != NULL)
		session_rcpt(s, t->rcpt);
	if (t->at == STAGE_MESSAGE) {
		session_rcpt_accepted(s);
		s->rcpt = NULL;
	}
}

static void
find(struct findings *found, const struct test_case *t, struct session *s)
{
	struct finding *f = findings_add(found, t->reason, "test", t->stage);

	f->section = t->section;
	f->identity = t->identity;
	f->issued_at = STAGE_RCPT;
	f->rcpt = t->stage == STAGE_RCPT ? s->nrecipients : 0;
}

static void
test_all_cases(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof test_cases / sizeof test_cases[0]; i++) {
		const struct test_case *t = &test_cases[i];
		struct ruleset *r = load(t->config);
		struct findings found = { .v = NULL };
		struct decision d;
		struct session s;

		open_session(&s, t);
		find(&found, t, &s);
		policy_decide(&r->policy, &s, &found, t->at, &d);
		if (d.taken != t->action)
			fail_msg("%s: %s", t->name, action_name(d.taken));
		if (t->exception != NULL && (d.because.finding != NULL) &&
		    strcmp(t->exception, d.because.exception) != 0)
			fail_msg("%s: by %s", t->name, d.because.exception);
		findings_free(&found);
		session_free(&s);
		ruleset_release(r);
	}
}

/* In observe mode the same is wanted and nothing is done. */
static void
test_observe(void **state)
{
	struct diags d = DIAGS_INIT;
	struct ruleset *r = ruleset_load_text("test", "", &d);
	struct findings found = { .v = NULL };
	struct decision decision;
	struct session s;

	(void)state;
	assert_non_null(r);
	open_session(&s, &test_cases[0]);
	find(&found, &test_cases[0], &s);
	policy_decide(&r->policy, &s, &found, STAGE_RCPT, &decision);
	assert_int_equal(decision.wanted, ACTION_REJECT);
	assert_int_equal(decision.taken, ACTION_NOTE);
	findings_free(&found);
	session_free(&s);
	ruleset_release(r);
	diags_free(&d);
}

/* Each counts what it changed, so that one that never does is seen. */
static void
test_exceptions_count(void **state)
{
	struct ruleset *r = load("exception \"p\" { "
	    "clients = {\"198.51.100.0/24\"} action = note }\n"
	    "exception \"q\" { clients = {\"203.0.113.0/24\"} "
	    "action = note }\n");
	const struct exception *p = r->policy.exceptions.v[0];
	const struct exception *q = r->policy.exceptions.v[1];
	struct findings found = { .v = NULL };
	struct decision d;
	struct session s;

	(void)state;
	open_session(&s, &test_cases[0]);
	find(&found, &test_cases[0], &s);
	policy_decide(&r->policy, &s, &found, STAGE_RCPT, &d);
	policy_count(&d);
	policy_decide(&r->policy, &s, &found, STAGE_RCPT, &d);
	assert_int_equal(p->matched, 1);
	policy_count(&d);
	assert_int_equal(p->matched, 2);
	assert_int_equal(q->matched, 0);
	findings_free(&found);
	session_free(&s);
	ruleset_release(r);
}

/* The strictest speaks, the first of equals; the others are named, too. */
static void
test_strictest(void **state)
{
	static const struct { int reason; } order[] = { { REASON_RDNS_MISSING },
		{ REASON_HELO_DENIED }, { REASON_CLIENT_DENIED } };
	struct ruleset *r = load("");
	struct findings found = { .v = NULL };
	struct decision d;
	struct session s;
	size_t i;

	(void)state;
	open_session(&s, &test_cases[0]);
	for (i = 0; i < 3; i++) {
		struct test_case t = test_cases[0];

		t.reason = order[i].reason;
		find(&found, &t, &s);
	}
	policy_decide(&r->policy, &s, &found, STAGE_RCPT, &d);
	assert_int_equal(d.because.finding->reason, REASON_HELO_DENIED);
	assert_int_equal(d.nalso, 2);
	findings_free(&found);
	session_free(&s);
	ruleset_release(r);
}

/* After the final dot the strictest verdict of any recipient stands. */
static void
test_recipients(void **state)
{
	struct ruleset *r = load("exception \"p\" { recipients = "
	    "{\"lenient@example.org\"} action = off }");
	struct test_case t = test_cases[0];
	struct findings found = { .v = NULL };
	struct decision d;
	struct session s;

	(void)state;
	t.reason = REASON_HEADER_PATTERN;
	t.section = "content";
	t.identity = false;
	t.stage = STAGE_HEADERS;
	t.at = STAGE_MESSAGE;
	t.rcpt = "lenient@example.org";
	open_session(&s, &t);
	find(&found, &t, &s);
	policy_decide(&r->policy, &s, &found, STAGE_MESSAGE, &d);
	assert_int_equal(d.taken, ACTION_OFF);
	session_rcpt(&s, "refused@example.org");
	policy_decide(&r->policy, &s, &found, STAGE_MESSAGE, &d);
	assert_int_equal(d.taken, ACTION_OFF);
	session_rcpt(&s, "strict@example.org");
	session_rcpt_accepted(&s);
	policy_decide(&r->policy, &s, &found, STAGE_MESSAGE, &d);
	assert_int_equal(d.taken, ACTION_REJECT);
	findings_free(&found);
	session_free(&s);
	ruleset_release(r);
}

/* What an admin can get wrong, and the words that say so. */
struct mistake {
	const char *config, *says;
	int line;
};

static const struct mistake mistakes[] = {
	{ "reason \"relay-denyed\" { action = reject }",
	    "did you mean \"relay-denied\"?", 1 },
	{ "reason \"relay-denied\" {\n action = rejekt\n}",
	    "did you mean \"reject\"?", 2 },
	{ "reason \"greylisted\" { action = reject }",
	    "no permanent code", 1 },
	{ "reason \"spf-fail\" { action = tempfail }",
	    "no temporary code", 1 },
	{ "reason \"relay-denied\" { code = 250 }", "no code of a refusal", 1 },
	{ "reason \"relay-denied\" { code = 421 }", "close the whole", 1 },
	{ "reason \"relay-denied\" { status = \"2.0.0\" }",
	    "no enhanced status", 1 },
	{ "reason \"relay-denied\" { code = 550  status = \"4.7.1\" }",
	    "different classes", 1 },
	{ "reason \"spf-fail\" { status = \"4.7.1\" }", "no temporary code",
	    1 },
	{ "reason \"relay-denied\" { text = \"{cleint}\" }",
	    "did you mean {client}?", 1 },
	{ "reason \"relay-denied\" { text = \"\" }", "empty", 1 },
	{ "exception \"p\" { clients = {\"192.0.2.0/33\"} action = off }",
	    "192.0.2.0/33", 1 },
	{ "exception \"p\" { clients = {\"192.0.2.1\"}\n"
	    "reason \"relay-denyed\" { action = off } }",
	    "did you mean \"relay-denied\"?", 2 },
	{ "page = \"https://example.org/why\"", "{id}", 1 },
	{ "listen = \"/tmp/sock\"", "/tmp/sock", 1 },
	{ "mode = enforced", "enforce", 1 },
	{ "enforce-after = \"tomorrow\"", "written like 2026-01-31T18", 1 },
	{ "enforce-after = \"2026-01-31T18:00:00\"", "no time in UTC", 1 },
	{ "contact = \"nobody\"", "no mail address", 1 },
};

static void
test_mistakes(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof mistakes / sizeof mistakes[0]; i++) {
		struct diags d = DIAGS_INIT;
		struct ruleset *r = ruleset_load_text("test",
		    mistakes[i].config, &d);

		if (r != NULL || d.errors != 1)
			fail_msg("%s: %zu errors", mistakes[i].config,
			    d.errors);
		if (strstr(d.v[0].text, mistakes[i].says) == NULL ||
		    d.v[0].line != mistakes[i].line)
			fail_msg("%s: says line %d: %s", mistakes[i].config,
			    d.v[0].line, d.v[0].text);
		diags_free(&d);
	}
}

static void
test_enforce_after(void **state)
{
	struct ruleset *r = load("mode = observe\n"
	    "enforce-after = \"2020-01-01T00:00:00Z\"\n");

	(void)state;
	assert_int_equal(r->policy.mode, MODE_ENFORCE);
	assert_int_equal(r->policy.enforce_after, 1577836800);
	ruleset_release(r);
	r = load("mode = enforce\nenforce-after = \"2999-01-01T00:00:00Z\"\n");
	assert_int_equal(r->policy.mode, MODE_OBSERVE);
	ruleset_release(r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all_cases),
		cmocka_unit_test(test_observe),
		cmocka_unit_test(test_exceptions_count),
		cmocka_unit_test(test_strictest),
		cmocka_unit_test(test_recipients),
		cmocka_unit_test(test_mistakes),
		cmocka_unit_test(test_enforce_after),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
