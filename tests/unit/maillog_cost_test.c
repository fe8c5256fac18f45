/*
 * maillog_cost_test - lines of logs, and messages that came back, are read in
 * time that grows with them
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "maillog/bounce.h"
#include "maillog/journal.h"
#include "maillog/maillog.h"
#include "maillog/quote.h"

#include "cost.h"

#define STAMP "2026-11-27T10:00:00.000000+00:00 mx "
#define SMTPD STAMP "postfix/smtpd[7]: NOQUEUE: "
#define SMTP STAMP "postfix/smtp[7]: 4XyZ12345: to=<u@example.org>, "
#define SENDMAIL STAMP "sendmail[7]: 5AQFsXyZ012345: "

static void
no_event(void *arg, const struct log_event *e)
{
	(void)arg;
	(void)e;
}

/* Lines, or one. */
static void
read_log(const char *text, size_t n)
{
	struct maillog *g = maillog_new(no_event, NULL);
	const char *end = text + n, *eol;

	for (; text < end; text = eol + 1) {
		eol = memchr(text, '\n', (size_t)(end - text));
		if (eol == NULL)
			eol = end;
		maillog_line(g, text, (size_t)(eol - text));
	}
	maillog_end(g);
	maillog_free(g);
}

static void
read_quote(const char *text, size_t n)
{
	struct quote q;

	quote_find(text, n, &q);
}

static void
no_line(void *arg, const char *line, size_t n)
{
	(void)arg;
	(void)line;
	(void)n;
}

/* The export of a journal, in pieces. */
static void
read_journal(const char *text, size_t n)
{
	struct journal *j = journal_new(no_line, NULL);
	size_t piece;

	for (; n > 0; text += piece, n -= piece) {
		piece = n < 4096 ? n : 4096;
		journal_put(j, text, piece);
	}
	journal_free(j);
}

static void
no_reply(void *arg, const struct bounce_reply *reply)
{
	(void)arg;
	(void)reply;
}

static void
read_bounce(const char *text, size_t n)
{
	bounce_read(text, n, no_reply, NULL, NULL);
}

static const struct cost_shape shapes[] = {
	{ "a long refusal", read_log, SMTPD "reject: RCPT from a[192.0.2.1]: "
	    "550 5.7.1 ", "word ", "; from=<a@b> to=<c@d> proto=ESMTP",
	    100000 },
	{ "an address of envelopes", read_log, SMTPD "reject: RCPT from "
	    "a[192.0.2.1]: 554 5.7.1 <x", "; from=<a> helo=<", ">: No; "
	    "from=<a@b> to=<c@d> proto=ESMTP helo=<x>", 100000 },
	{ "a subject of envelopes", read_log, STAMP "postfix/cleanup[7]: "
	    "4XyZ12345: reject: header Subject: ", " from a[192.0.2.1]; "
	    "from=<", ">: 5.7.1 No", 100000 },
	{ "an address of quotes", read_log, SMTPD "reject: RCPT from "
	    "a[192.0.2.1]: 550 5.7.1 <", "\"; from=<\\", ">: No; from=<a>",
	    100000 },
	{ "a long name", read_log, SMTPD "reject: RCPT from ", "a[", "",
	    100000 },
	{ "semicolons", read_log, SMTPD "reject: RCPT from a[192.0.2.1]: "
	    "550 5.7.1 x", "; from=<", "", 100000 },
	{ "fields", read_log, SMTPD "reject: RCPT from a[192.0.2.1]: "
	    "550 5.7.1 x; ", "to=<c@d> ", "", 100000 },
	{ "replies said", read_log, SMTP "dsn=5.0.0, status=bounced (", "host "
	    "h[192.0.2.1] said: 550 5.1.1 x ", ")", 100000 },
	{ "parentheses", read_log, SMTP "dsn=5.0.0, status=bounced (", "(",
	    "", 100000 },
	{ "delays", read_log, SMTP, "delays=1/2/3/4, ", "", 100000 },
	{ "fields of Sendmail", read_log, SENDMAIL, "arg1=<a@b>, ",
	    "reject=550 5.7.1 x", 100000 },
	{ "half fields of Sendmail", read_log, SENDMAIL "ruleset=check_rcpt",
	    ", reject", "", 100000 },
	{ "equal signs", read_log, SENDMAIL, "=,", "", 100000 },
	{ "sessions of Postfix", read_log, "", SMTPD "reject: RCPT from "
	    "a[192.0.2.1]: 550 5.7.1 x; from=<a@b> to=<c@d> proto=ESMTP "
	    "helo=<e>\n", "", 100000 },
	{ "messages of Postfix", read_log, "", STAMP "postfix/qmgr[7]: "
	    "4XyZ12345: from=<a@b>, size=1, nrcpt=1 (queue active)\n" SMTP
	    "relay=h[192.0.2.1]:25, dsn=5.1.1, status=bounced (host "
	    "h[192.0.2.1] said: 550 5.1.1 x (in reply to RCPT TO command))\n",
	    "", 100000 },
	{ "messages of Sendmail", read_log, "", SENDMAIL "from=<a@b>, size=1, "
	    "class=0, nrcpts=0, relay=x [192.0.2.1]\n" SENDMAIL "ruleset="
	    "check_rcpt, arg1=<c@d>, relay=x [192.0.2.1], reject=550 5.7.1 "
	    "x\n", "", 100000 },
	{ "empty lines", read_log, "", "\n", "", 100000 },
	{ "quotes", read_quote, SMTP, "said: 550 5.1.1 ", "", 100000 },
	{ "quotes without a code", read_quote, SMTP, "said: (", "", 100000 },
	{ "dsn fields", read_quote, SENDMAIL, "dsn=5.1.1, stat=", "", 100000 },
	{ "colons", read_quote, STAMP, "a: ", "", 100000 },
	{ "entries of a journal", read_journal, "", "__CURSOR=s=1;i=2\n"
	    "SYSLOG_IDENTIFIER=postfix/smtpd\n_PID=7\n"
	    "__REALTIME_TIMESTAMP=1767312000000000\nMESSAGE=x y z\n\n", "",
	    100000 },
	{ "fields of an entry", read_journal, "", "MESSAGE=x\n", "\n",
	    100000 },
	{ "a field of an entry", read_journal, "MESSAGE=", "x", "\n\n",
	    100000 },
};

#define REPORT "From: MAILER-DAEMON@example.org\nContent-Type: " \
	"multipart/report; report-type=delivery-status; boundary=b\n\n" \
	"--b\nContent-Type: message/delivery-status\n\n"
#define TEXT "From: MAILER-DAEMON@example.org\nSubject: failure notice\n\n"

static const struct cost_shape bounces[] = {
	{ "recipients", read_bounce, REPORT, "Final-Recipient: rfc822; a@b\n"
	    "Action: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550 5.1.1 "
	    "x\n\n", "--b--\n", 50000 },
	{ "one recipient", read_bounce, REPORT "Final-Recipient: rfc822; "
	    "a@b\nDiagnostic-Code: smtp; 550 ", "x\n ", "\n--b--\n", 50000 },
	{ "parts", read_bounce, REPORT, "--b\nContent-Type: "
	    "message/delivery-status\n\n", "", 50000 },
	{ "parts within parts", read_bounce, REPORT, "--b\nContent-Type: "
	    "multipart/mixed; boundary=b\n\n", "", 50000 },
	{ "header fields", read_bounce, "", "X-Failed-Recipients: a@b\n",
	    "\nx\n", 50000 },
	{ "addresses of a text", read_bounce, TEXT, "<a@b.example>:\n", "",
	    50000 },
	{ "replies of a text", read_bounce, TEXT, "<a@b.example>:\n"
	    "Remote host said: 550 5.1.1 no such user\n\n", "", 50000 },
	{ "other recipients", read_bounce, TEXT, "550 5.1.1 <a@b.example> is "
	    "unknown\n", "", 50000 },
	{ "a reply of many lines", read_bounce, TEXT "<a@b.example>:\n",
	    "550-5.1.1 x\n", "550 5.1.1 y\n", 50000 },
	{ "marks of HTML", read_bounce, "From: MAILER-DAEMON@example.org\n"
	    "Content-Type: text/html\n\n", "<p>&amp;<b", "", 50000 },
	{ "one line of HTML", read_bounce, "From: MAILER-DAEMON@example.org\n"
	    "Content-Type: text/html\n\n<p>", "a@b ", "", 50000 },
	{ "quoted lines", read_bounce, TEXT, "> > <a@b.example>: 550 x\n", "",
	    50000 },
	{ "words", read_bounce, TEXT, "the mailbox is full ", "", 50000 },
	{ "empty lines", read_bounce, TEXT, "\n", "", 50000 },
};

static void
test_logs(void **state)
{
	(void)state;
	cost_check(shapes, sizeof shapes / sizeof shapes[0]);
}

static void
test_bounces(void **state)
{
	(void)state;
	cost_check(bounces, sizeof bounces / sizeof bounces[0]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_logs),
		cmocka_unit_test(test_bounces),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
