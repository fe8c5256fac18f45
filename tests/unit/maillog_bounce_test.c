/* maillog_bounce_test - bounce messages of every kind */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "maillog/bounce.h"

#define HEAD "From: MAILER-DAEMON@mx.example.org\nSubject: failure\n" \
	"To: a@example.org\n"

struct row {
	const char *name, *message;
	const char *stated;	/* "recipient|reply\n" … */
};

static const struct row rows[] = {
	{ "RFC 3464", HEAD
	    "Content-Type: multipart/report; boundary=\"x\"\n\n--x\n"
	    "Content-Type: message/delivery-status\n\n"
	    "Reporting-MTA: dns; mx.example.org\n\n"
	    "Final-Recipient: rfc822; kim@x.example\nAction: failed\n"
	    "Status: 5.2.2\nRemote-MTA: dns; mx.x.example\n"
	    "Diagnostic-Code: smtp; 552 5.2.2 Quota exceeded (mailbox\n"
	    "    for user is full)\n\n"
	    "Final-Recipient: rfc822;lea@y.example\r\nAction: failed\r\n"
	    "Status: 5.1.1\r\nDiagnostic-Code: smtp; No such user\r\n\r\n"
	    "Final-Recipient: rfc822; max@z.example\nAction: failed\n"
	    "Status: 5.4.4\n\n"
	    "Final-Recipient: rfc822; good@z.example\nAction: relayed\n"
	    "Status: 2.0.0\n\n--x\nContent-Type: message/rfc822\n\n"
	    "Final-Recipient: rfc822; not@this.example\nStatus: 5.1.1\n",
	    "kim@x.example|552 5.2.2 Quota exceeded (mailbox for user is full)"
	    "\nlea@y.example|5.1.1 No such user\nmax@z.example|5.4.4\n" },
	{ "qmail", HEAD "\nHi. This is the qmail-send program at q.example.\n"
	    "I'm afraid I wasn't able to deliver your message to the "
	    "following addresses.\n\n<kim@x.example>:\n192.0.2.9 does not like "
	    "recipient.\nRemote host said: 550 5.1.1 User unknown\n"
	    "Giving up on 192.0.2.9.\n\n<lea@y.example>:\nSorry, no mailbox "
	    "here by that name. (#5.1.1)\n\n--- Below this line is a copy of "
	    "the message.\n\n<not@this.example>:\n550 no\n",
	    "kim@x.example|550 5.1.1 User unknown\nlea@y.example|Sorry, no "
	    "mailbox here by that name. (#5.1.1)\n" },
	{ "Exim", HEAD "\nThis message was created automatically by mail "
	    "delivery software.\n\nA message that you sent could not be "
	    "delivered to one or more of its\nrecipients. The following "
	    "address(es) failed:\n\n  kim@x.example\n    host mx.x.example "
	    "[192.0.2.9]\n    SMTP error from remote mail server after RCPT "
	    "TO:<kim@x.example>:\n    550 5.7.1 Relay access denied\n"
	    "  lea@y.example\n    Unrouteable address\n\n"
	    "------ This is a copy of the message, including all the headers. "
	    "------\n", "kim@x.example|550 5.7.1 Relay access denied\n"
	    "lea@y.example|Unrouteable address\n" },
	{ "Exchange", HEAD "Content-Transfer-Encoding: quoted-printable\n\n"
	    "Delivery has failed to these recipients or groups:\n\n"
	    "kim@x.example<mailto:kim@x.example>\nThe email address you "
	    "entered couldn't be found.\n\nDiagnostic information for "
	    "administrators:\n\nkim@x.example\nRemote Server returned '550 "
	    "5.1.10 RESOLVER.ADR.RecipientNotFound; not fou=\nnd=20by "
	    "lookup'\n\nOriginal message headers:\n\nReceived: 550 no\n",
	    "kim@x.example|550 5.1.10 RESOLVER.ADR.RecipientNotFound; not "
	    "found by lookup\n" },
	{ "nothing", HEAD "\nHello, how are you?\n", "" },
	{ "empty", "", "" },
};

static void
note(void *arg, const struct bounce_reply *b)
{
	buf_printf(arg, "%s|%s\n", b->recipient, b->reply);
}

static void
test_messages(void **state)
{
	struct buf stated = BUF_INIT;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		size_t n = strlen(rows[i].message);

		buf_clear(&stated);
		assert_true(n == 0 || bounce_is_message(rows[i].message, n));
		bounce_read(rows[i].message, n, note, &stated, NULL);
		if (strcmp(stated.data, rows[i].stated) != 0)
			fail_msg("%s:\n%s", rows[i].name, stated.data);
	}
	buf_free(&stated);
}

static void
test_no_messages(void **state)
{
	static const char *const lines[] = { "550 5.1.1 User unknown",
		"Nov 24 10:00:00 mx postfix/smtpd[1]: x", "550", "", "a\nb\n",
		"550-5.1.1 one\n550 5.1.1 two\n" };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof lines / sizeof lines[0]; i++)
		assert_false(bounce_is_message(lines[i], strlen(lines[i])));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_messages),
		cmocka_unit_test(test_no_messages),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
