/* words_recognise_test - replies and what they mean, odd ones and traps */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "words/reason.h"
#include "words/recognise.h"

struct row {
	const char *reply;
	const char *reason;		/* NULL: none */
	enum confidence least;
	const char *software;		/* NULL: any */
	unsigned flags;			/* that must be there */
};

static const struct row rows[] = {
	/* The same however it comes: whole, cut, without its code */
	{ "550 5.1.1 <nobody@example.org>: Recipient address rejected: User "
	    "unknown in local recipient table", "mailbox-unknown",
	    RECOGNISED_SURE, "Postfix", 0 },
	{ "5.1.1 Recipient address rejected: User unknown in local recipient "
	    "table", "mailbox-unknown", RECOGNISED_SURE, "Postfix", 0 },
	{ "4.7.1 unavailable; Client host [192.0.2.66] blocked using "
	    "dnsbl.example", "dnsbl-listed", RECOGNISED_SURE, NULL, 0 },
	{ "550-5.1.1 The email account that you tried to reach does not exist. "
	    "Please try\r\n550-5.1.1 double-checking\r\n550 5.1.1 gsmtp",
	    "mailbox-unknown", RECOGNISED_SURE, "Gmail", 0 },
	/* Traps: the words count, not the numbers */
	{ "451 4.7.500 Server busy. Please try again later from [192.0.2.1]. "
	    "(AS77713)", "rate-limited", RECOGNISED_SURE, "Exchange Online",
	    ODD_STATUS },
	{ "550 5.4.1 Recipient address rejected: Access denied. AS(201806281)",
	    "mailbox-unknown", RECOGNISED_SURE, "Exchange Online",
	    0 },
	{ "554 5.7.1 <user@example.org>: Recipient address rejected: Access "
	    "denied", "rcpt-denied", RECOGNISED_SURE, "Postfix", 0 },
	{ "554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked "
	    "using zen.spamhaus.org; Error: open resolver; "
	    "https://www.spamhaus.org/returnc/pub/192.0.2.53",
	    "dnsbl-unavailable", RECOGNISED_SURE, NULL, 0 },
	{ "550 5.7.27 Your email has been blocked because SPF authentication "
	    "didn't pass for this message. - gsmtp", "spf-fail",
	    RECOGNISED_SURE, "Gmail", ODD_STATUS },
	{ "550 5.7.27 <a@nullmx.example>: Sender address rejected: Domain "
	    "nullmx.example does not accept mail (nullMX)", "null-mx-sender",
	    RECOGNISED_SURE, "Postfix", 0 },
	/* Who wrote it */
	{ "550 SPF check failed: 192.0.2.3 is not permitted to send mail for "
	    "example.com", "spf-fail", RECOGNISED_SURE, NULL, 0 },
	{ "554 5.7.1 Service unavailable; Client host [192.0.2.6] blocked "
	    "using dnsbl.example", "dnsbl-listed", RECOGNISED_SURE,
	    "Postfix", 0 },
	{ "550 5.7.1 Service unavailable, Client host [192.0.2.6] blocked "
	    "using Spamhaus. To request removal from this list see "
	    "http://www.spamhaus.org/", "dnsbl-listed", RECOGNISED_SURE,
	    "Exchange Online", 0 },
	{ "556 5.1.10 <b@nullmx.example>: Recipient address rejected: Domain "
	    "nullmx.example does not accept mail (nullMX)", "null-mx-recipient",
	    RECOGNISED_SURE, "Postfix", 0 },
	{ "550 5.7.1 <b@elsewhere.example>... Relaying denied. Proper "
	    "authentication required.", "relay-denied", RECOGNISED_SURE,
	    "Sendmail", 0 },
	{ "550 #5.7.1 relaying denied", "relay-denied", RECOGNISED_SURE,
	    "Cisco ESA", 0 },
	{ "553 sorry, your envelope sender has been denied (#5.7.1)",
	    "sender-denied", RECOGNISED_LIKELY, "qmail", 0 },
	{ "503 valid RCPT command must precede DATA", "sequence",
	    RECOGNISED_LIKELY, "Exim", 0 },
	/* What an address, a host or a link says is not what the reply says */
	{ "550 5.1.1 <full@spam.example>... User unknown", "mailbox-unknown",
	    RECOGNISED_SURE, "Sendmail", 0 },
	{ "550 5.1.1 <relay-denied@mailbox-full.example>: user does not exist",
	    "mailbox-unknown", RECOGNISED_SURE, NULL, 0 },
	/* Odd ones */
	{ "454 4.7.1 <b@elsewhere.example>: Relay access denied",
	    "relay-denied", RECOGNISED_SURE, "Postfix", ODD_TEMPORARY },
	{ "550 4.7.23 Rejected, look at http://www.openspf.org/why.html",
	    "spf-fail", RECOGNISED_LIKELY, NULL, ODD_CLASS },
	{ "552 User unknown", "mailbox-unknown", RECOGNISED_SURE, NULL,
	    ODD_WORDS_AND_CODE | ODD_NO_STATUS },
	{ "571 message refused, spam", "spam-content", RECOGNISED_LIKELY, NULL,
	    ODD_CODE },
	/* Denied: nobody says that it is one */
	{ "550 we do not want your spam", "client-denied", RECOGNISED_LIKELY,
	    NULL, 0 },
	/* Other tongues, signs and spellings */
	{ "552 5.2.2 Bo\xc3\xaete aux lettres pleine", "mailbox-full",
	    RECOGNISED_SURE, NULL, 0 },
	{ "550 Empf\xc3\xa4nger unbekannt", "mailbox-unknown",
	    RECOGNISED_SURE, NULL, 0 },
	{ "550 User doesn\xe2\x80\x99t exist", "mailbox-unknown",
	    RECOGNISED_SURE, NULL, 0 },
	{ "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found",
	    "mailbox-unknown", RECOGNISED_SURE, "Exchange Online", 0 },
	/* Honest */
	{ "", NULL, RECOGNISED_UNKNOWN, NULL, 0 },
	{ "250 2.0.0 Ok", NULL, RECOGNISED_UNKNOWN, NULL, 0 },
	{ "354 End data with <CR><LF>.<CR><LF>", NULL, RECOGNISED_UNKNOWN,
	    NULL, 0 },
	{ "235 2.7.0 Authentication successful", NULL, RECOGNISED_UNKNOWN,
	    NULL, 0 },
	{ "550 xyzzy", NULL, RECOGNISED_UNKNOWN, NULL, ODD_NO_STATUS },
	/* no reply at all */
	{ "why?", NULL, RECOGNISED_UNKNOWN, NULL, 0 },
	{ "hello world", NULL, RECOGNISED_UNKNOWN, NULL, 0 },
	{ "my mail does not arrive", NULL, RECOGNISED_UNKNOWN, NULL, 0 },
};

static void
check_row(const struct row *row)
{
	struct recognised r;
	const char *got;

	recognise(row->reply, strlen(row->reply), &r);
	got = r.reason != REASON_NONE ? reason_get(r.reason)->name : NULL;
	if ((got == NULL) != (row->reason == NULL) || (got != NULL &&
	    strcmp(got, row->reason) != 0))
		fail_msg("%s: %s", row->reply, got != NULL ? got : "nothing");
	if (r.confidence < row->least)
		fail_msg("%s: %s", row->reply, confidence_name(r.confidence));
	if (row->software != NULL && (r.software == NULL ||
	    strcmp(r.software, row->software) != 0))
		fail_msg("%s: by %s", row->reply, r.software != NULL ?
		    r.software : "nobody");
	if ((r.flags & row->flags) != row->flags)
		fail_msg("%s: flags %x", row->reply, r.flags);
}

static void
test_replies(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof rows / sizeof rows[0]; i++)
		check_row(&rows[i]);
}

struct names {
	const char *reply;
	enum capture what;
	const char *text;		/* NULL: not named */
};

static const struct names names[] = {
	{ "550 5.1.1 <kim@example.org>: User unknown", CAPTURE_ADDRESS,
	    "kim@example.org" },
	{ "554 5.7.1 Client host [192.0.2.7] blocked using zen.spamhaus.org; "
	    "https://www.spamhaus.org/query/ip/192.0.2.7", CAPTURE_IP,
	    "192.0.2.7" },
	{ "554 5.7.1 Client host [192.0.2.7] blocked using zen.spamhaus.org; "
	    "https://www.spamhaus.org/query/ip/192.0.2.7", CAPTURE_ZONE,
	    "zen.spamhaus.org" },
	{ "554 5.7.1 Client host [192.0.2.7] blocked using zen.spamhaus.org; "
	    "https://www.spamhaus.org/query/ip/192.0.2.7.", CAPTURE_URL,
	    "https://www.spamhaus.org/query/ip/192.0.2.7" },
	{ "550 5.7.25 [2001:db8::7] has no PTR record", CAPTURE_IP,
	    "2001:db8::7" },
	{ "450 4.7.1 Greylisted, try again in 300 seconds", CAPTURE_RETRY,
	    "300 seconds" },
	{ "451 4.7.1 Greylisting in action, come back in 00:05:00",
	    CAPTURE_RETRY, "00:05:00" },
	{ "552 5.3.4 Message size exceeds limit of 25 MB", CAPTURE_LIMIT,
	    "25 MB" },
	{ "552 5.2.3 Message size exceeds fixed maximum message size "
	    "(10000000)", CAPTURE_LIMIT, "10000000" },
	{ "550 5.7.1 Rejected by DMARC policy of domain bank.example",
	    CAPTURE_DOMAIN, "bank.example" },
	{ "550 user unknown", CAPTURE_ADDRESS, NULL },
};

static void
test_captures(void **state)
{
	struct recognised r;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof names / sizeof names[0]; i++) {
		const struct captured *c = &r.captured[names[i].what];

		recognise(names[i].reply, strlen(names[i].reply), &r);
		if (names[i].text == NULL)
			assert_null(c->text);
		else if (c->text == NULL || c->n != strlen(names[i].text) ||
		    memcmp(c->text, names[i].text, c->n) != 0)
			fail_msg("%s: %.*s", names[i].reply, (int)c->n,
			    c->text != NULL ? c->text : "");
	}
}

/* A first line of ours with values in its fields. */
static void
fill(const char *line, struct buf *out)
{
	const char *instead;

	for (; *line != '\0'; line++)
		if (*line == '{') {
			if (strncmp(line, "{(}", 3) == 0) {
				instead = strstr(line, "{|}");
				line = strstr(line, "{)}");
				if (instead != NULL && instead < line)
					line = instead;
			} else if (line[1] != ')')
				buf_puts(out, "mx.example.org");
			line += strcspn(line, "}");
		} else
			buf_putc(out, *line);
}

/* Words and reasons are inverses. */
static void
test_own_words(void **state)
{
	struct buf reply = BUF_INIT;
	struct recognised r;
	int id;

	(void)state;
	for (id = REASON_NONE + 1; id < REASON_COUNT; id++) {
		const struct reason *reason = reason_get(id);
		const struct reason_code *c = reason->permanent.code != 0 ?
		    &reason->permanent : &reason->temporary;

		if (c->code == 0)
			continue;
		buf_clear(&reply);
		buf_printf(&reply, "%d %s ", c->code, c->status);
		fill(reason->what, &reply);
		recognise(reply.data, reply.len, &r);
		/* Two reasons may say the same. */
		if (r.reason == REASON_NONE || strcmp(reason->what,
		    reason_get(r.reason)->what) != 0 ||
		    r.confidence != RECOGNISED_SURE)
			fail_msg("%s: %s, %s", reply.data, r.reason !=
			    REASON_NONE ? reason_get(r.reason)->name :
			    "nothing", confidence_name(r.confidence));
	}
	buf_free(&reply);
}

static void
test_names(void **state)
{
	unsigned flag, n = 0;

	(void)state;
	for (flag = 1; recognise_flag_name(flag) != NULL; flag <<= 1)
		n++;
	assert_int_equal(n, 6);
	assert_null(recognise_flag_name(0));
	assert_null(recognise_flag_name(3));
	assert_string_equal(capture_name(CAPTURE_RETRY), "retry");
	assert_string_equal(confidence_name(RECOGNISED_LIKELY), "likely");
}

/* Any bytes, any length; nothing behind the end is looked at. */
static void
test_any_bytes(void **state)
{
	struct recognised r;
	char *text;
	size_t n, i;

	(void)state;
	for (n = 0; n < 300; n++) {
		text = malloc(n + 1);
		assert_non_null(text);
		for (i = 0; i < n; i++)
			text[i] = (char)(i * 7 + n * 13);
		recognise(text, n, &r);
		free(text);
	}
	text = malloc(100000);
	assert_non_null(text);
	memset(text, 'a', 100000);
	recognise(text, 100000, &r);
	assert_int_equal(r.reason, REASON_NONE);
	for (i = 0; i + 6 < 100000; i += 6)
		memcpy(text + i, "spam. ", 6);
	recognise(text, 100000, &r);
	free(text);
}

/*
 * A text of more words than are matched and added up at once: what it says
 * last counts as if it stood there alone.
 */
static void
test_long(void **state)
{
	static const char *const parts[] = { "bdfg", "aeio", "lmnr", "tkps" };
	struct buf text = BUF_INIT;
	struct recognised r;
	unsigned i, letter;

	(void)state;
	buf_puts(&text, "550");
	for (i = 0; i < 512; i++) {
		buf_putc(&text, ' ');
		for (letter = 0; letter < 4; letter++)
			buf_putc(&text, parts[letter][i >> 2 * letter & 3]);
	}
	recognise(text.data, text.len, &r);
	assert_int_not_equal(r.confidence, RECOGNISED_SURE);
	buf_puts(&text, ". User unknown in virtual mailbox table");
	recognise(text.data, text.len, &r);
	assert_int_equal(r.reason, REASON_MAILBOX_UNKNOWN);
	assert_int_equal(r.confidence, RECOGNISED_SURE);
	buf_free(&text);
}

/* Where a word lies in the text, and what stands behind its end, is nothing to
   it. */
static void
test_anywhere(void **state)
{
	static const char words[] = "mailbox full", behind[] = "ness-1 a@b";
	char text[64];
	struct recognised r;
	size_t before;

	(void)state;
	for (before = 0; before < 24; before++) {
		memset(text, ' ', before);
		memcpy(text + before, words, sizeof words - 1);
		memcpy(text + before + sizeof words - 1, behind,
		    sizeof behind - 1);
		recognise(text, before + sizeof words - 1, &r);
		assert_int_equal(r.reason, REASON_MAILBOX_FULL);
		assert_int_equal(r.confidence, RECOGNISED_SURE);
		recognise(text, before + sizeof words - 1 + sizeof behind - 1,
		    &r);
		assert_int_not_equal(r.confidence, RECOGNISED_SURE);
	}
}

/* Whom words without a cause refuse is not sure by a count of examples. */
static void
test_no_cause(void **state)
{
	static const char *const texts[] = { "421 4.7.0 Go away for now",
		"421 Go away for now", "550 5.7.1 go away please" };
	struct recognised r;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		recognise(texts[i], strlen(texts[i]), &r);
		if (r.confidence == RECOGNISED_SURE)
			fail_msg("sure of: %s", texts[i]);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_replies),
		cmocka_unit_test(test_captures),
		cmocka_unit_test(test_own_words),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_any_bytes),
		cmocka_unit_test(test_long),
		cmocka_unit_test(test_anywhere),
		cmocka_unit_test(test_no_cause),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
