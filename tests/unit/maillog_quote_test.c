/* maillog_quote_test - the reply in a line of a mail log */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "maillog/quote.h"

#define AT "Nov 24 10:00:00 mx "
#define FROM "; from=<a@b> to=<c@d> proto=ESMTP helo=<x>"

struct row {
	const char *line;
	const char *reply;	/* NULL: quotes none */
	const char *status, *recipient;
};

static const struct row rows[] = {
	{ AT "postfix/smtpd[1]: NOQUEUE: reject: RCPT from x[192.0.2.7]: 550 "
	    "5.1.1 <c@d>: Recipient address rejected: User unknown" FROM,
	    "550 5.1.1 <c@d>: Recipient address rejected: User unknown", NULL,
	    "c@d" },
	{ AT "postfix/smtpd[1]: NOQUEUE: reject_warning: RCPT from x[192.0.2.7]"
	    ": 554 5.7.1 Relay access denied" FROM,
	    "554 5.7.1 Relay access denied", NULL, "c@d" },
	{ AT "postfix/cleanup[1]: 4A: reject: header Subject: x from "
	    "y[192.0.2.7]" FROM ": 5.7.1 message content rejected",
	    "5.7.1 message content rejected", NULL, "c@d" },
	{ AT "postfix/cleanup[1]: 4A: milter-reject: END-OF-MESSAGE from "
	    "y[192.0.2.7]: 5.7.1 Spam" FROM, "5.7.1 Spam", NULL, "c@d" },
	{ AT "postfix/postscreen[1]: NOQUEUE: reject: RCPT from "
	    "[192.0.2.66]:4711: 550 5.7.1 Service unavailable; client "
	    "[192.0.2.66] blocked using z.example; from=<a@b>, to=<c@d>",
	    "550 5.7.1 Service unavailable; client [192.0.2.66] blocked using "
	    "z.example", NULL, "c@d" },
	{ AT "postfix/smtp[1]: 4A: to=<c@d>, relay=mx[192.0.2.9]:25, dsn=5.1.1,"
	    " status=bounced (host mx[192.0.2.9] said: 550 5.1.1 No (in reply "
	    "to RCPT TO command))", "550 5.1.1 No", "5.1.1", "c@d" },
	{ AT "postfix/smtp[1]: 4A: to=<c@d>, relay=none, dsn=4.4.1, status="
	    "deferred (connect to mx[192.0.2.9]:25: Connection timed out)",
	    "connect to mx[192.0.2.9]:25: Connection timed out", "4.4.1",
	    "c@d" },
	{ AT "sendmail[9]: u: to=<c@d>, delay=1, dsn=5.1.1, stat=User unknown",
	    "User unknown", "5.1.1", "c@d" },
	{ AT "sendmail[9]: u: ruleset=check_rcpt, arg1=<c@d>, relay=[192.0.2.7]"
	    ", reject=550 5.7.1 <c@d>... Relaying denied",
	    "550 5.7.1 <c@d>... Relaying denied", NULL, NULL },
	{ "2026-11-24 10:00:00 1sA ** c@d R=r T=t H=mx [192.0.2.9]: SMTP error "
	    "from remote mail server after RCPT TO:<c@d>: 550 5.1.1 No",
	    "550 5.1.1 No", NULL, "c@d" },
	{ "2026-11-24 10:00:00 1sA ** c@d: Unrouteable address",
	    "Unrouteable address", NULL, "c@d" },
	{ "2026-11-24 10:00:00 1sA == c@d R=r T=t defer (113): No route to "
	    "host", "No route to host", NULL, "c@d" },
	{ "2026-11-24 10:00:00 login authenticator failed for (x) "
	    "[192.0.2.7]: 535 Incorrect authentication data (set_id=a)",
	    "535 Incorrect authentication data", NULL, NULL },
	{ "2026-11-24 10:00:00 H=x [192.0.2.7] sender verify fail for <a@b>: "
	    "Unrouteable address", "Unrouteable address", NULL, NULL },
	{ AT "smtpd[1]: 1e mta delivery evpid=a from=<a@b> to=<c@d> rcpt=<-> "
	    "delay=1s result=\"PermFail\" stat=\"550 5.1.1 No\"",
	    "550 5.1.1 No", NULL, "c@d" },
	{ AT "smtpd[1]: 1e smtp failed-command command=\"RCPT TO:<c@d>\" "
	    "result=\"550 Invalid recipient\"", "550 Invalid recipient",
	    NULL, NULL },
	{ AT "smtpd[1]: 1e mta delivery evpid=a to=<c@d> result=\"Ok\" "
	    "stat=\"250 2.0.0 Ok\"", NULL, NULL, NULL },
	{ AT "courieresmtp: id=1,from=<a@b>,addr=<c@d>: 550 5.1.1 No",
	    "550 5.1.1 No", NULL, "c@d" },
	{ AT "courieresmtpd: error,relay=::ffff:192.0.2.7,from=<a@b>,to=<c@d>:"
	    " 550 No such user", "550 No such user", NULL, "c@d" },
	{ "@400000005f5e1000 delivery 12: failure: 192.0.2.9_does_not_like_"
	    "recipient./Remote_host_said:_550_5.1.1_No/",
	    "550_5.1.1_No/", NULL, NULL },
	{ AT "qmail: 1.2 delivery 5: deferral: Connected_but_no/",
	    "Connected_but_no/", NULL, NULL },
	{ "[PROTOCOL] [AB.1] [core] S: 550 5.7.1 No, thanks",
	    "550 5.7.1 No, thanks", NULL, NULL },
	{ "2026-11-24T10:00:00.123Z,192.0.2.7,x,SMTP,FAIL,1,<m@x>,c@d,"
	    "550 5.1.1 RESOLVER.ADR.RecipNotFound; not found,4711",
	    "550 5.1.1 RESOLVER.ADR.RecipNotFound; not found", NULL, NULL },
	{ "2026-11-24T10:00:00Z,x,DEFER,{LED=450 4.7.0 Wait, please};{F=x}",
	    "450 4.7.0 Wait, please", NULL, NULL },
	{ "2026-11-24 10:00:00 H=x [192.0.2.7] F=<a@b> rejected RCPT <c@d>: "
	    "relay not permitted", "relay not permitted", NULL, NULL },
	/* A reply that quotes another is a reply. */
	{ "450 4.1.1 <c@d>: unverified address: host mx said: 550 No", NULL,
	    NULL, NULL },
	{ "4.1.1 unverified address: host mx said: 550 No", NULL, NULL, NULL },
	{ "relay not permitted", NULL, NULL, NULL },
	{ "", NULL, NULL, NULL },
	{ AT "sendmail[9]: u: to=<c@d>, dsn=2.0.0, stat=Sent (ok)", NULL, NULL,
	    NULL },
};

static void
same(const char *want, const char *got, size_t n, const char *line)
{
	if (want == NULL ? got != NULL : got == NULL || n != strlen(want) ||
	    memcmp(want, got, n) != 0)
		fail_msg("%s: \"%.*s\"", line, (int)n, got != NULL ? got : "");
}

static void
test_lines(void **state)
{
	struct quote q;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		const char *line = rows[i].line;
		bool found = quote_find(line, strlen(line), &q);

		if (found != (rows[i].reply != NULL))
			fail_msg("%s: %d", line, found);
		same(found ? rows[i].reply : line, q.reply, q.n, line);
		if (!found)
			continue;
		same(rows[i].status, q.status, q.status_n, line);
		same(rows[i].recipient, q.recipient, q.recipient_n, line);
	}
}

static void
test_logs(void **state)
{
	static const char *const logs[] = { AT "x", "Nov  4 10:00:00 mx x",
		"2026-11-24T10:00:00.1+00:00 mx x", "2026-11-24 10:00:00 1s x" };
	static const char *const none[] = { "550 5.1.1 no", "", "Nov 24",
		"2026-11-24", "User unknown" };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof logs / sizeof logs[0]; i++)
		assert_true(quote_is_log(logs[i], strlen(logs[i])));
	for (i = 0; i < sizeof none / sizeof none[0]; i++)
		assert_false(quote_is_log(none[i], strlen(none[i])));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_logs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
