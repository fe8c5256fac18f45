/*
 * doors_policy_service_test - what the policy service says to Postfix and to
 * Sendmail
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/diag.h"
#include "base/mem.h"
#include "doors/policy_service_answer.h"
#include "doors/policy_service_sendmail.h"
#include "doors/session_registry.h"
#include "engine/ruleset.h"

#define REQUEST "request=smtpd_access_policy\nprotocol_state=RCPT\n" \
	"client_address=198.51.100.7\nclient_name=client.example\n" \
	"reverse_client_name=client.example\nhelo_name=client.example\n" \
	"client_port=4711\nserver_address=192.0.2.1\nserver_port=25\n" \
	"sender=a@sender.example\nsize=0\n"
#define MAP "check_rcpt 198.51.100.7^client.example^25^^client.example^" \
	"<a@sender.example>^"
#define DENIED "Relaying denied: 198.51.100.7 may not send through " \
	"mx.example.org to example.net."

/* No test asks the DNS of its machine. */
#define OFFLINE "auth { rdns-lookup = no helo-lookup = no " \
	"sender-domain = no spf = no spf-helo = no }\n"

static const char rules[] = OFFLINE
    "name = \"mx.example.org\"\nmode = enforce\n"
    "relay { domains = {\"example.org\"} }\n"
    "blacklist { senders = {\"bad@sender.example\"} }\n";

static void
load(const char *text)
{
	struct diags d = DIAGS_INIT;
	struct ruleset *r = ruleset_load_text("test", text, &d);

	diags_print(&d, stderr);
	assert_non_null(r);
	diags_free(&d);
	ruleset_publish(r);
}

static const struct row {
	const char *request;	/* or map key, as it comes */
	enum policy_word word;
	const char *answer;
} rows[] = {
	{ REQUEST "recipient=u@example.net\n\n", POLICY_REFUSED,
	    "action=550 5.7.1 " DENIED "\n\n" },
	{ REQUEST "recipient=u@example.org\n\n", POLICY_NOTHING,
	    "action=DUNNO\n\n" },
	/* Asked once for all lists: a class, which looks it up. */
	{ REQUEST "policy_context=all\nrecipient=u@example.net\n\n",
	    POLICY_REFUSED, "action=saywhy_rcpt\n\n" },
	{ REQUEST "policy_context=sender\nrecipient=u@example.net\n\n",
	    POLICY_NOTHING, "action=DUNNO\n\n" },
	{ REQUEST "policy_context=all\nrecipient=u@example.org\n\n",
	    POLICY_NOTHING, "action=DUNNO\n\n" },
	{ REQUEST "recipient=u@example.net\nsasl_username=u\n\n",
	    POLICY_NOTHING, "action=DUNNO\n\n" },
	{ "protocol_state=RCPT\nrecipient=u@example.net\n\n", POLICY_NOTHING,
	    "action=DUNNO\n\n" },
	{ "request=smtpd_access_policy\nprotocol_state=DATA\n"
	    "client_address=198.51.100.7\nrecipient=u@example.net\n\n",
	    POLICY_NOTHING, "action=DUNNO\n\n" },
	{ "request=smtpd_access_policy\nprotocol_state=RCPT\n\n",
	    POLICY_NOTHING, "action=DUNNO\n\n" },
	{ REQUEST "recipient=u@example.net\n", POLICY_MORE, "" },
	{ "\n", POLICY_CLOSE, "" },
	{ "12:check_rcpt a", POLICY_MORE, "" },
	{ "99999999:check_rcpt a,", POLICY_CLOSE, "" },
	{ "12:check_rcpt x,", POLICY_NOTHING, "9:NOTFOUND ," },
	{ "7:other x,", POLICY_NOTHING, "9:NOTFOUND ," },
};

static void
test_rows(void **state)
{
	struct registered *j = registry_open(REGISTRY_POLICY, -1, NULL);
	struct buf out = BUF_INIT;
	size_t i, used;

	(void)state;
	load(rules);
	for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		const struct row *r = &rows[i];
		size_t n = strlen(r->request);

		buf_clear(&out);
		if (policy_service_answer(j, NULL, r->request, n, &used,
		    &out) != r->word || strcmp(out.data, r->answer) != 0)
			fail_msg("row %zu: %s", i, out.data);
		assert_int_equal(used, r->word == POLICY_MORE ||
		    r->word == POLICY_CLOSE ? 0 : n);
	}
	buf_free(&out);
	policy_service_answer_end(j);
}

static void
ask_map(const char *key, const char *answer)
{
	struct registered *j = registry_open(REGISTRY_POLICY, -1, NULL);
	struct buf in = BUF_INIT, out = BUF_INIT;
	size_t used;

	buf_printf(&in, "%zu:%s,", strlen(key), key);
	policy_service_answer(j, NULL, in.data, in.len, &used, &out);
	assert_int_equal(used, in.len);
	if (strstr(out.data, answer) == NULL)
		fail_msg("%s: %s", key, out.data);
	buf_free(&in);
	buf_free(&out);
	policy_service_answer_end(j);
}

static void
test_map(void **state)
{
	(void)state;
	load(rules);
	ask_map(MAP "<u@example.net>", ":OK \"550 5.7.1 " DENIED "\",");
	ask_map(MAP "<u@example.org>", "9:NOTFOUND ,");
	ask_map(MAP "<u^x@example.net>", "9:NOTFOUND ,");
	ask_map("check_rcpt 198.51.100.7^x^25^user^x^<a@b.example>^"
	    "<u@example.net>", "9:NOTFOUND ,");
	ask_map("check_rcpt IPv6:2001:db8::7^^25^^x^<a@b.example>^"
	    "<u@example.net>", "2001:db8::7 may not send");
	/* No client that we know: nothing is refused for it. */
	ask_map("check_rcpt ^^25^^x^<a@b.example>^<u@example.net>",
	    "9:NOTFOUND ,");
	ask_map("check_rcpt ^^^^^^", "9:NOTFOUND ,");
}

/* Before RCPT only reasons are issued that are to be issued there. */
static void
test_map_of_other_stages(void **state)
{
	(void)state;
	load(OFFLINE "name = \"mx.example.org\"\nmode = enforce\n"
	    "blacklist { clients = {\"198.51.100.7\"} "
	    "senders = {\"bad@sender.example\"} }\n"
	    "reason \"client-denied\" { issue-at = connect }\n");
	ask_map("check_relay 198.51.100.7^client.example^25",
	    ":OK \"550 5.7.1 198.51.100.7 is on the list");
	ask_map("check_relay 198.51.100.8^x^25", "9:NOTFOUND ,");
	ask_map("check_relay 198.51.100.7", "9:NOTFOUND ,");
	ask_map("check_mail 198.51.100.8^x^25^^x^<bad@sender.example>",
	    "9:NOTFOUND ,");
	ask_map("check_rcpt 198.51.100.8^x^25^^x^<bad@sender.example>^<u@a>",
	    ":OK \"550 5.7.1 ");
	load(OFFLINE "mode = enforce\nblacklist { "
	    "senders = {\"bad@sender.example\"} }\n"
	    "reason \"sender-denied\" { issue-at = mail }\n");
	ask_map("check_mail 198.51.100.8^x^25^^x^<bad@sender.example>",
	    ":OK \"550 5.7.1 ");
	ask_map("check_mail 198.51.100.8^x^25^^x^<a@b.example>",
	    "9:NOTFOUND ,");
	load(OFFLINE "mode = enforce\ncontent { max-size = 1000 }\n"
	    "reason \"message-too-large\" { issue-at = mail }\n");
	ask_map("check_mail 198.51.100.8^x^25^^x^<a@b.example>^1001",
	    ":OK \"552 5.3.4 ");
	ask_map("check_mail 198.51.100.8^x^25^^x^<a@b.example>^1000",
	    "9:NOTFOUND ,");
	ask_map("check_mail 198.51.100.8^x^25^^x^<a@b.example>^",
	    "9:NOTFOUND ,");
	/* A caret in the sender's name, and no size. */
	ask_map("check_mail 198.51.100.8^x^25^^x^<a^9999@b.example>",
	    "9:NOTFOUND ,");
	load(OFFLINE "mode = enforce\n");
	ask_map("check_rcpt 198.51.100.8^x^25^^x^<a@b.example>^<>",
	    ":OK \"501 5.1.3 ");
}

static void
test_observe(void **state)
{
	(void)state;
	load(OFFLINE "mode = observe\nrelay { domains = {\"example.org\"} }\n");
	ask_map(MAP "<u@example.net>", "9:NOTFOUND ,");
}

/* One quoted word of at most 250 bytes, whatever the text has. */
static void
test_text(void **state)
{
	struct reply reply = { .code = 550, .status = "5.7.1", .n = 1 };
	struct buf out = BUF_INIT;
	char line[400];

	(void)state;
	memset(line, 'x', sizeof line - 1);
	line[sizeof line - 1] = '\0';
	reply.lines[0] = line;
	policy_sendmail_put(&reply, &out);
	assert_true(out.len <= 240);
	buf_clear(&out);
	memset(line, '%', sizeof line - 1);
	policy_sendmail_put(&reply, &out);
	assert_true(out.len <= 240);
	assert_int_equal(out.len % 2, 0);	/* no pair is cut in two */
	buf_clear(&out);
	strcpy(line, "a \"b\" \\ $c %0 100%");
	policy_sendmail_put(&reply, &out);
	assert_string_equal(out.data,
	    "\"550 5.7.1 a 'b' ' $c %%0 100%%\"");
	buf_free(&out);
}

static void
test_session(void **state)
{
	static const char request[] = REQUEST "recipient=u@example.net\n"
	    "encryption_protocol=TLSv1.3\nqueue_id=4XABC\n"
	    "sasl_username=ann\n\n";
	struct session s;

	(void)state;
	session_init(&s);
	policy_postfix_session(request, strlen(request), &s);
	assert_string_equal(s.client_name, "client.example");
	assert_int_equal(s.client_port, 4711);
	assert_int_equal(s.server_port, 25);
	assert_string_equal(s.helo, "client.example");
	assert_string_equal(s.tls, "TLSv1.3");
	assert_string_equal(s.login, "ann");
	assert_string_equal(s.sender.text, "a@sender.example");
	assert_string_equal(s.rcpt->mailbox.text, "u@example.net");
	assert_string_equal(s.queue_id, "4XABC");
	session_free(&s);
}

static int
end(void **state)
{
	(void)state;
	ruleset_publish(NULL);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_map),
		cmocka_unit_test(test_map_of_other_stages),
		cmocka_unit_test(test_observe),
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_session),
	};

	return cmocka_run_group_tests(tests, NULL, end);
}
