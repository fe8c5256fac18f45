/* words_rewrite_test - an MTA's reply, read, reworded, and as a footer */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "model/session.h"
#include "model/site.h"
#include "words/mta_words.h"
#include "words/reason.h"
#include "words/recognise.h"
#include "words/rewrite.h"

static struct site site = { .name = "mx.example.org",
	.contact = "postmaster@example.org",
	.page = "https://mx.example.org/why/{id}" };

static void
parse(struct reply *reply, const char *text)
{
	*reply = (struct reply){ .code = 0 };
	if (!reply_parse(reply, text, strlen(text)))
		fail_msg("not read: %s", text);
}

/* What is read goes out as it came. */
static void
test_there_and_back(void **state)
{
	static const char *const texts[] = {
		"550 5.1.1 User unknown",
		"550-5.1.1 a\r\n550-5.1.1 b\r\n550 5.1.1 c",
		"554 Go away",
		"450 4.7.0 x",
		"550-5.1.1 a\r\n550 5.7.1 b",
		"421 mx.example.org Service unavailable",
		"550 5.1.1 with \x80 and \x01",
		"550 5.1.1.1 no status",
		"550 5.1.1",
		"550-\r\n550 ",
	};
	struct reply reply;
	struct buf out = BUF_INIT;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		parse(&reply, texts[i]);
		buf_clear(&out);
		reply_put_wire(&reply, &out);
		assert_string_equal(out.data, texts[i]);
		reply_clear(&reply);
	}
	buf_free(&out);
}

static void
test_no_replies(void **state)
{
	static const char *const texts[] = { "", "5", "55", "250 Ok", "354 Go",
		"abc", "550x", "550-a\r\n551 b", "550-a\r\nb", "5501 x",
		"550 a\r\n\r\n550 b" };
	struct reply reply = { .code = 0 };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof texts / sizeof texts[0]; i++)
		if (reply_parse(&reply, texts[i], strlen(texts[i])) ||
		    reply.n != 0)
			fail_msg("read: %s", texts[i]);
	assert_false(reply_parse(&reply, "550 a\0b", 7));
}

static void
test_many_lines(void **state)
{
	struct reply reply = { .code = 0 };
	struct buf text = BUF_INIT;
	int i;

	(void)state;
	for (i = 0; i < REPLY_LINES_READ; i++)
		buf_puts(&text, "550-5.7.1 line\r\n");
	buf_cut(&text, text.len - 2);
	assert_true(reply_parse(&reply, text.data, text.len));
	assert_int_equal(reply.n, REPLY_LINES_READ);
	buf_puts(&text, "\r\n550 5.7.1 one more");
	assert_false(reply_parse(&reply, text.data, text.len));
	buf_free(&text);
}

static const struct row {
	const char *stock;
	int reason;
	bool permanent;
	int code;
	const char *status;
} rows[] = {
	{ "454 4.7.1 <x>: Relay access denied", REASON_RELAY_DENIED, false,
	    450, "4.7.0" },
	{ "454 4.7.1 <x>: Relay access denied", REASON_RELAY_DENIED, true,
	    550, "5.7.1" },
	{ "554 5.7.1 <x>: Relay access denied", REASON_RELAY_DENIED, false,
	    550, "5.7.1" },
	{ "550 5.1.1 <x>: User unknown", REASON_MAILBOX_UNKNOWN, false,
	    550, "5.1.1" },
	{ "554 5.7.1 blocked using zen", REASON_DNSBL_LISTED, false,
	    550, "5.7.1" },
	/* Clients act on these. */
	{ "421 4.7.0 Error: too many connections",
	    REASON_TOO_MANY_CONNECTIONS, false, 421, "4.3.2" },
	{ "421 4.7.0 Error: rate", REASON_RATE_LIMITED, true, 421, "4.7.0" },
	{ "452 4.5.3 Error: too many recipients",
	    REASON_TOO_MANY_RECIPIENTS, true, 452, "4.5.3" },
	{ "521 5.7.1 Go away", REASON_CLIENT_DENIED, false, 521, "5.7.1" },
	{ "530 5.7.0 Must issue a STARTTLS command first",
	    REASON_TLS_REQUIRED, false, 530, "5.7.0" },
	{ "535 5.7.8 Error: authentication failed", REASON_AUTH_FAILED, false,
	    535, "5.7.8" },
	{ "454 4.7.0 TLS not available due to local problem",
	    REASON_TLS_FAILED, false, 454, "4.7.0" },
	{ "454 4.7.0 Temporary authentication failure", REASON_AUTH_FAILED,
	    true, 454, "4.7.0" },
	/* Nothing becomes 421 or 521; no code of that class: it stays. */
	{ "450 4.7.1 Error: too many connections",
	    REASON_TOO_MANY_CONNECTIONS, false, 450, "4.3.2" },
	{ "550 5.3.0 no mail here", REASON_HOST_TAKES_NO_MAIL, false, 550,
	    "5.3.2" },
	{ "450 4.3.0 no mail here", REASON_HOST_TAKES_NO_MAIL, true, 450,
	    "4.3.0" },
	{ "450 4.7.1 SPF", REASON_SPF_FAIL, false, 450, "4.7.1" },
	/* It says nothing: that of the other class, RFC 3463 section 2 */
	{ "450 SPF", REASON_SPF_FAIL, false, 450, "4.7.23" },
	{ "550 5.5.0 Service unavailable", REASON_FILTER_ERROR, false, 550,
	    "5.3.0" },
	{ "421 4.7.0 Error: too many errors", REASON_SYNTAX, false, 421,
	    "4.7.0" },
	/* No client waits for 554 of a login at RCPT. */
	{ "554 5.7.1 <u>: SASL login name rejected: No",
	    REASON_ACCOUNT_DISABLED, false, 550, "5.7.13" },
	{ "550 4.7.1 virus", REASON_SCANNER_UNAVAILABLE, false, 550,
	    "5.0.0" },
	/* Somebody chose a status that tells of one thing. */
	{ "552 5.2.3 too big for this mailbox", REASON_MESSAGE_TOO_LARGE, false,
	    552, "5.2.3" },
	{ "554 5.2.1 gone", REASON_MAILBOX_DISABLED, false, 554, "5.2.1" },
};

static void
assert_valid(const struct reply *r)
{
	size_t i;
	const char *p;

	assert_int_equal(r->status[0] - '0', r->code / 100);
	for (i = 0; i < r->n; i++) {
		assert_true(*r->lines[i] != '\0');
		assert_true(strlen(r->lines[i]) <= REPLY_LINE_MAX);
		for (p = r->lines[i]; *p != '\0'; p++)
			assert_true(*p >= ' ' && *p <= '~');
	}
}

static void
test_codes(void **state)
{
	struct reply stock, out = { .code = 0 };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		const struct wording w = { .reason = rows[i].reason };
		const struct mta_words known = { .reason = rows[i].reason,
			.sure = true };
		const struct rewrite how = { .wording = &w, .known = &known,
			.permanent = rows[i].permanent,
			.facts = { .site = &site, .id = "7K3M9QXD2H4T" } };

		parse(&stock, rows[i].stock);
		rewrite_whole(&out, &stock, &how);
		if (out.code != rows[i].code ||
		    strcmp(out.status, rows[i].status) != 0)
			fail_msg("%s: %d %s", rows[i].stock, out.code,
			    out.status);
		assert_valid(&out);
		assert_string_equal(out.lines[out.n - 1],
		    "https://mx.example.org/why/7K3M9QXD2H4T");
		reply_clear(&stock);
	}
	reply_clear(&out);
}

/* Every reason, both classes, with nothing known of the session. */
static void
test_every_reason(void **state)
{
	static const char *const stocks[] = { "450 4.0.0 x", "550 5.0.0 x" };
	struct reply stock, out = { .code = 0 };
	size_t i, j;
	int reason;

	(void)state;
	for (reason = 1; reason < REASON_COUNT; reason++)
		for (i = 0; i < 2; i++) {
			const struct wording w = { .reason = reason };
			const struct mta_words known = { .reason = reason,
				.sure = true, .own = true };
			const struct rewrite how = { .wording = &w,
				.known = &known,
				.facts = { .site = &site, .id = "X" } };

			parse(&stock, stocks[i]);
			rewrite_whole(&out, &stock, &how);
			assert_valid(&out);
			assert_int_equal(out.code / 100, stock.code / 100);
			for (j = 0; j < out.n; j++)
				if (strstr(out.lines[j], "unknown") != NULL &&
				    reason != REASON_COMMAND_UNKNOWN &&
				    strstr(reason_prose(reason)->plain,
				    "unknown") == NULL)
					fail_msg("%s: %s",
					    reason_get(reason)->name,
					    out.lines[j]);
			reply_clear(&stock);
		}
	reply_clear(&out);
}

static void
test_unknown_words_stay(void **state)
{
	static const struct wording w = { .reason = REASON_UNRECOGNISED };
	static const struct mta_words known = { .reason = REASON_UNRECOGNISED };
	const struct rewrite how = { .known = &known, .wording = &w,
		.facts = { .site = &site, .id = "X" } };
	struct reply stock, out = { .code = 0 };
	struct buf text = BUF_INIT;

	(void)state;
	parse(&stock, "554-5.7.1 No pets\r\n554 5.7.1 in $this house\\n");
	rewrite_whole(&out, &stock, &how);
	reply_put_wire(&out, &text);
	assert_string_equal(text.data, "554-5.7.1 No pets\r\n"
	    "554-5.7.1 in $this house\\n\r\n"
	    "554-5.7.1 It was not delivered. If the words of the mail "
	    "server mx.example.org above say what to do or whom to ask, do "
	    "that. If not, or if it does not help, ask its mail admin: "
	    "write to postmaster@example.org and give the id X.\r\n"
	    "554 5.7.1 https://mx.example.org/why/X");
	buf_free(&text);
	reply_clear(&stock);
	reply_clear(&out);
}

/* What is wrong with a name nobody says: who gave it can look at it. */
static void
test_name_is_refused(void **state)
{
	static const char *const cases[][2] = {
		{ "550 5.7.1 <c.example>: Helo command rejected: Nope",
		    "It was not delivered. If the words" },
		{ "450 4.7.1 <c.example>: Helo command rejected: Nope",
		    "It is still under way; the sending" },
	};
	struct reply stock, out = { .code = 0 };
	struct buf text = BUF_INIT;
	struct recognised words;
	struct mta_words known;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct wording w = { .reason = REASON_HELO_DENIED };
		const struct rewrite how = { .known = &known, .wording = &w,
			.facts = { .site = &site, .id = "X" } };

		parse(&stock, cases[i][0]);
		recognise(cases[i][0], strlen(cases[i][0]), &words);
		words.confidence = RECOGNISED_GUESS;
		mta_words_read(&known, &stock, &words, NULL, NULL);
		assert_int_equal(known.reason, REASON_HELO_DENIED);
		rewrite_add(&out, &stock, &how);
		buf_clear(&text);
		reply_put_wire(&out, &text);
		if (strstr(text.data, "send this to the sender's mail "
		    "provider, who must look at the name") == NULL ||
		    strstr(text.data, cases[i][1]) == NULL)
			fail_msg("%s: %s", cases[i][0], text.data);
		reply_clear(&stock);
	}
	buf_free(&text);
	reply_clear(&out);
}

/* Where others say whom to ask, that comes before what our reason says. */
static void
test_their_way_comes_first(void **state)
{
	static const char first[] = "If the words above say what to do or whom "
	    "to ask, do that first. ";
	static const struct {
		const char *stock;
		int reason;
		bool named;
	} cases[] = {
		{ "550 5.7.13 Password leaked, change it at "
		    "https://id.example.org", REASON_ACCOUNT_DISABLED, true },
		{ "550 5.7.13 suspended, call extension 4711",
		    REASON_ACCOUNT_DISABLED, true },
		{ "550 5.7.13 suspended; write to abuse@example.net",
		    REASON_ACCOUNT_DISABLED, true },
		{ "550 5.7.13 <u@example.org>: suspended",
		    REASON_ACCOUNT_DISABLED, false },
		{ "550 5.7.13 suspended because of abuse",
		    REASON_ACCOUNT_DISABLED, false },
		{ "550 5.7.13 suspended, telephone 4711",
		    REASON_ACCOUNT_DISABLED, true },
		{ "550 5.4.6 Loop detected: X-Loop: tickets@example.org",
		    REASON_MAIL_LOOP, false },
		{ "550 5.7.1 Blocked for AS64500, mail noc@example.net",
		    REASON_CLIENT_DENIED, true },
		{ "550 5.7.1 Dynamic address, please use your provider's "
		    "server", REASON_CLIENT_DENIED, true },
		{ "550 5.2.1 mailbox disabled, see https://x.example",
		    REASON_MAILBOX_DISABLED, true },
		{ "550 5.7.0 No archives, use https://upload.example.org",
		    REASON_ATTACHMENT_BANNED, true },
		{ "550 5.7.23 SPF fail, see https://spf.example/why",
		    REASON_SPF_FAIL, false },
		{ "554 5.7.1 blocked, see https://list.example/192.0.2.7",
		    REASON_DNSBL_LISTED, false },
	};
	struct reply stock, out = { .code = 0 };
	struct buf text = BUF_INIT;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		const struct wording w = { .reason = cases[i].reason };
		const struct mta_words known = { .reason = cases[i].reason,
			.sure = true };
		const struct rewrite how = { .known = &known, .wording = &w,
			.facts = { .site = &site, .id = "X" } };

		parse(&stock, cases[i].stock);
		rewrite_whole(&out, &stock, &how);
		buf_clear(&text);
		reply_put_wire(&out, &text);
		if ((strstr(text.data, first) != NULL) != cases[i].named)
			fail_msg("%s", text.data);
		reply_clear(&stock);
	}
	buf_free(&text);
	reply_clear(&out);
}

/* VRFY and ETRN: nothing is lost, nothing waits. */
static void
test_questions(void **state)
{
	static const struct {
		const char *stock, *first, *second;
	} cases[] = {
		{ "550 5.1.1 <x@example.org>: User unknown", "550-5.1.1 ",
		    "No message is lost, for none was sent yet. Check "
		    "the address for typing mistakes" },
		{ "450 4.1.1 <x@example.org>: Recipient address rejected: "
		    "unverified address: host a[192.0.2.1] said: 450 busy",
		    "450-4.2.0 ", "No message is lost, for none was sent yet. "
		    "Check the address" },
		{ "459 <a.example>: service unavailable", "459-4.7.0 "
		    "mx.example.org keeps no mail for that domain",
		    "No message is lost, for none was sent yet. The mail "
		    "admin of mx.example.org" },
	};
	struct recognised words;
	struct mta_words known;
	struct reply stock, out = { .code = 0 };
	struct buf text = BUF_INIT;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct wording w = { .reason = 0 };
		const struct rewrite how = { .known = &known, .wording = &w,
			.facts = { .site = &site, .id = "X",
			    .question = true } };

		parse(&stock, cases[i].stock);
		recognise(cases[i].stock, strlen(cases[i].stock), &words);
		mta_words_read(&known, &stock, &words, NULL, NULL);
		w.reason = known.reason;
		rewrite_whole(&out, &stock, &how);
		buf_clear(&text);
		reply_put_wire(&out, &text);
		if (strncmp(text.data, cases[i].first,
		    strlen(cases[i].first)) != 0 ||
		    strstr(text.data, cases[i].second) == NULL ||
		    strstr(text.data, "under way") != NULL ||
		    strstr(text.data, "not delivered") != NULL)
			fail_msg("%s: %s", cases[i].stock, text.data);
		reply_clear(&stock);
	}
	buf_free(&text);
	reply_clear(&out);
}

/* A template of Postfix: what a sender says has no meaning in it. */
static void
test_footer(void **state)
{
	const struct wording w = { .reason = REASON_MAILBOX_UNKNOWN };
	static const struct mta_words known = { .reason =
	    REASON_MAILBOX_UNKNOWN, .sure = true, .own = true };
	struct session s;
	struct rewrite how = { .wording = &w, .known = &known, .facts = {
	    .session = &s,
		.site = &site, .id = "X" } };
	struct reply stock, out = { .code = 0 };
	struct buf text = BUF_INIT;

	(void)state;
	session_init(&s);
	session_rcpt(&s, "a$b${c}\\n\\c%s@example.org");
	parse(&stock, "550 5.1.1 User unknown");
	rewrite_add(&out, &stock, &how);
	rewrite_put_footer(&out, stock.n, &text);
	assert_memory_equal(text.data,
	    "No mailbox a$$b$${c}?n?c%s@example.org was found here.\\n", 55);
	assert_non_null(strstr(text.data,
	    "\\nhttps://mx.example.org/why/X"));
	assert_string_equal(out.lines[0], "User unknown");
	assert_string_equal(out.lines[1],
	    "No mailbox a$b${c}?n?c%s@example.org was found here.");
	how.known = NULL;	/* ours */
	rewrite_add(&out, &stock, &how);
	assert_int_equal(out.n, 3);
	buf_free(&text);
	reply_clear(&stock);
	reply_clear(&out);
	session_free(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_there_and_back),
		cmocka_unit_test(test_no_replies),
		cmocka_unit_test(test_many_lines),
		cmocka_unit_test(test_codes),
		cmocka_unit_test(test_every_reason),
		cmocka_unit_test(test_unknown_words_stay),
		cmocka_unit_test(test_name_is_refused),
		cmocka_unit_test(test_their_way_comes_first),
		cmocka_unit_test(test_questions),
		cmocka_unit_test(test_footer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
