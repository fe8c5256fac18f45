/* maillog_test - what lines of Postfix and Sendmail tell */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "base/buf.h"
#include "maillog/logline.h"
#include "maillog/maillog.h"
#include "words/reason.h"

static void
put(struct buf *out, struct slice s)
{
	buf_putc(out, '|');
	if (s.text != NULL)
		buf_put(out, s.text, s.n);
}

/* One line an event: who, stage, client, sender, recipient, reply. */
static void
note(void *arg, const struct log_event *h)
{
	static const char *const by[] = { "mta", "milter", "remote" };
	static const char *const fates[] = { "", "discarded ", "held ",
		"warned " };
	struct buf *out = arg;

	if (h->reply.text == NULL) {
		buf_puts(out, "envelope");
		put(out, h->sender);
		buf_putc(out, '\n');
		return;
	}
	buf_printf(out, "%s%s%s%s%s %s", fates[h->fate],
	    h->accepted ? "came " : "", by[h->by], h->outgoing ? " out" : "",
	    h->temporary ? " later" : "", stage_name(h->stage));
	if (h->reason != REASON_NONE)
		buf_printf(out, " %s", reason_get(h->reason)->name);
	put(out, h->client);
	put(out, h->sender);
	put(out, h->recipient);
	put(out, h->reply);
	if (h->login.text != NULL)
		put(out, h->login);
	buf_putc(out, '\n');
}

#define P "Nov 24 18:32:15 mx postfix/"
#define S "Nov 24 18:32:15 mx sm-mta[200]: 4AOIWF1x000123: "

static const struct {
	const char *lines, *stated;
} rows[] = {
	{ P "smtpd[1]: connect from unknown[192.0.2.7]", "" },
	{ P "smtpd[1]: NOQUEUE: reject: RCPT from unknown[192.0.2.7]: 554 "
	    "5.7.1 <b@y>: Relay access denied; from=<a@x> to=<b@y> "
	    "proto=ESMTP helo=<h>",
	    "mta rcpt|192.0.2.7|a@x|b@y|"
	    "554 5.7.1 <b@y>: Relay access denied\n" },
	{ P "submission/smtpd[1]: 4XyZ12345: reject: MAIL from "
	    "h[2001:db8::7]:99: 452 4.3.1 Full; proto=ESMTP helo=<h>",
	    "mta later mail|2001:db8::7|||452 4.3.1 Full\n" },
	{ P "smtpd[1]: NOQUEUE: milter-reject: RCPT from h[192.0.2.7]: 550 "
	    "5.7.1 No; from=<a@x> to=<b@y> proto=ESMTP helo=<h>",
	    "milter rcpt|192.0.2.7|a@x|b@y|550 5.7.1 No\n" },
	{ P "postscreen[9]: PREGREET 11 after 0.1 from [192.0.2.8]:47: EHLO\n"
	    P "postscreen[9]: NOQUEUE: reject: RCPT from [192.0.2.8]:47: 550 "
	    "5.5.1 Protocol error; from=<a@x>, to=<b@y>, proto=ESMTP, "
	    "helo=<s>",
	    "mta rcpt early-talker|192.0.2.8|a@x|b@y|550 5.5.1 "
	    "Protocol error\n" },
	{ P "smtpd[1]: warning: h[192.0.2.9]: SASL LOGIN authentication "
	    "failed: UGF", "mta helo auth-failed|192.0.2.9|||SASL LOGIN "
	    "authentication failed: UGF\n" },
	{ P "smtpd[1]: warning: hostname h does not resolve to address "
	    "192.0.2.9", "" },
	{ P "smtpd[1]: SSL_accept error from h[192.0.2.9]: -1",
	    "mta later connect tls-failed|192.0.2.9|||"
	    "SSL_accept error from h[192.0.2.9]: -1\n" },
	{ P "cleanup[1]: 4XyZ12345: reject: header Subject: x from y from "
	    "h[192.0.2.9]; from=<a@x> to=<b@y> proto=ESMTP helo=<hh>: "
	    "5.7.1 No", "mta headers|192.0.2.9|a@x|b@y|"
	    "5.7.1 No\n" },
	{ P "qmgr[1]: 4XyZ12345: from=<me@x>, size=4, nrcpt=1 (queue active)\n"
	    P "smtp[1]: 4XyZ12345: to=<you@y>, relay=mx[198.51.100.1]:25, "
	    "delay=1, dsn=5.1.1, status=bounced (host mx[198.51.100.1] said: "
	    "550 5.1.1 No (really) (in reply to MAIL FROM command))",
	    "remote out mail||me@x|you@y|550 5.1.1 No (really)\n" },
	{ P "smtp[1]: 4XyZ12345: to=<you@y>, relay=mx[198.51.100.1]:25, "
	    "dsn=2.0.0, status=sent (250 ok)", "" },
	{ P "smtp[1]: 4XyZ12345: to=<you@y>, relay=none, dsn=4.4.1, "
	    "status=deferred (connect to mx[198.51.100.1]:25: Timed out)",
	    "mta out later message host-unreachable|||you@y|connect to "
	    "mx[198.51.100.1]:25: Timed out\n" },
	{ P "smtp[1]: warning: MX name 'mx.y' does not match STS MX pattern "
	    "for 'y'\n"
	    P "smtp[1]: 4XyZ12345: to=<you@y>, relay=none, dsn=4.3.0, "
	    "status=deferred (server unavailable or unable to receive mail)\n"
	    P "smtp[1]: 4XyZ12345: to=<you@z>, relay=none, dsn=4.3.0, "
	    "status=deferred (server unavailable or unable to receive mail)",
	    "mta out later message mta-sts-failed|||you@y|server unavailable "
	    "or unable to receive mail\n"
	    "mta out later message|||you@z|server unavailable or unable to "
	    "receive mail\n" },
	{ P "qmgr[1]: 4XyZ12345: from=<me@x>, status=expired, returned to "
	    "sender", "mta out message message-expired||me@x||expired, "
	    "returned to sender\n" },
	{ P "local[1]: 4XyZ12345: to=<you@y>, relay=local, dsn=5.1.1, "
	    "status=bounced (unknown user: \"you\")",
	    "mta message|||you@y|unknown user: \"you\"\n" },
	{ S "ruleset=check_rcpt, arg1=<b@y>, relay=h [192.0.2.7], reject=550 "
	    "5.7.1 <b@y>... Relaying denied",
	    "mta rcpt|192.0.2.7||b@y|550 5.7.1 <b@y>... Relaying denied\n" },
	{ S "ruleset=check_mail, arg1=<a@x>, relay=[IPv6:2001:db8::7], "
	    "reject=451 4.1.8 Domain x does not resolve",
	    "mta later mail|2001:db8::7|a@x||451 4.1.8 Domain x does not "
	    "resolve\n" },
	{ S "<no@y>... User unknown\n" S "<no2@y>... User unknown\n"
	    S "from=<a@x>, size=0, relay=h [192.0.2.7]",
	    "mta rcpt|192.0.2.7|a@x|no@y|<no@y>... User unknown\n"
	    "mta rcpt|192.0.2.7|a@x|no2@y|<no2@y>... "
	    "User unknown\nenvelope|a@x\n" },
	{ S "<no@y>... User unknown",
	    "mta rcpt|||no@y|<no@y>... User unknown\n" },
	{ S "to=<you@y>, mailer=esmtp, relay=mx. [198.51.100.1], dsn=5.1.1, "
	    "stat=User unknown", "remote out message|||you@y|User unknown\n" },
	{ S "to=<you@y>, mailer=esmtp, relay=mx. [198.51.100.1], dsn=4.0.0, "
	    "stat=Deferred: Connection refused by mx.",
	    "mta out later message|||you@y|Deferred: Connection refused by "
	    "mx.\n" },
	{ S "to=<you@y>, mailer=local, relay=local, dsn=2.0.0, stat=Sent",
	    "came mta message|||you@y|Sent\n" },
	{ S "to=<you@y>, mailer=esmtp, relay=mx., dsn=2.0.0, stat=Sent", "" },
	{ P "qmgr[1]: 4XyZ12345: from=<a@x>, size=4, nrcpt=1 (queue active)\n"
	    P "lmtp[1]: 4XyZ12345: to=<b@y>, relay=h[/s], delay=1, dsn=2.0.0, "
	    "status=sent (250 ok)", "came mta message||a@x|b@y|250 ok\n" },
	{ S "Milter: to=<b@y>, reject=550 5.7.1 No",
	    "milter rcpt|||b@y|550 5.7.1 No\n" },
	/* whose message it was comes later */
	{ S "Milter: to=<b@y>, reject=550 5.7.1 No\n"
	    S "from=<a@x>, size=0, relay=h [192.0.2.7]",
	    "milter rcpt|192.0.2.7|a@x|b@y|550 5.7.1 No\nenvelope|a@x\n" },
	{ S "from=<a@x>, size=9, relay=h [192.0.2.7]\n"
	    S "Milter: data, reject=550 5.7.1 No\n"
	    S "to=<b@y>,<c@y>, delay=0, pri=3, stat=No\n"
	    S "to=<d@y>, delay=0, pri=3, stat=No",
	    "envelope|a@x\nmilter message|192.0.2.7|a@x|b@y>,<c@y|550 5.7.1 "
	    "No\n" },
	{ S "ruleset=CheckX, arg1= 1, relay=h [192.0.2.7], reject=553 5.0.0 "
	    "No\n" S "from=<a@x>, size=9, relay=h [192.0.2.7]\n"
	    S "to=<b@y>, delay=0, pri=3, stat=No",
	    "envelope|a@x\nmta headers|192.0.2.7|a@x|b@y|553 5.0.0 No\n" },
	{ S "from=<a@x>, size=9, relay=h [192.0.2.7]\n"
	    S "to=<b@y>, delay=0, pri=3, stat=Too big",
	    "envelope|a@x\nmta message|192.0.2.7|a@x|b@y|Too big\n" },
	{ S "FOO parameter unrecognized\n"
	    S "from=<a@x>, size=0, relay=h [192.0.2.7]",
	    "mta rcpt|192.0.2.7|a@x||FOO parameter unrecognized\n"
	    "envelope|a@x\n" },
	{ S "Milter: connect: host=h, addr=192.0.2.7, rejecting commands",
	    "milter connect|192.0.2.7|||Milter: connect: host=h, "
	    "addr=192.0.2.7, rejecting commands\n" },
	/* LogLevel 20 says it twice */
	{ S "milter=saywhy, action=rcpt, reject=550 5.7.1 No\n"
	    S "Milter: to=<b@y>, reject=550 5.7.1 No",
	    "milter rcpt|||b@y|550 5.7.1 No\n" },
	{ S "Milter: cmd=data, reject=550 5.7.1 No",
	    "milter data||||550 5.7.1 No\n" },
	{ S "Milter: data, discard", "discarded milter message||||"
	    "Milter: data, discard\n" },
	{ S "milter=x, quarantine=why", "held milter message||||why\n" },
	/* From 3.10 on the login stands behind a greeting that may lie. */
	{ P "smtpd[1]: NOQUEUE: reject: RCPT from h[192.0.2.7]: 554 5.7.1 No; "
	    "from=<a@x> to=<b@y> proto=ESMTP helo=<sasl_username=me> "
	    "sasl_method=PLAIN sasl_username=user@y",
	    "mta rcpt|192.0.2.7|a@x|b@y|554 5.7.1 No|user@y\n" },
	{ P "smtpd[1]: NOQUEUE: reject: RCPT from h[192.0.2.7]: 554 5.7.1 No; "
	    "from=<a@x> to=<b@y> proto=ESMTP sasl_method=PLAIN "
	    "sasl_username=user@y helo=<h>",
	    "mta rcpt|192.0.2.7|a@x|b@y|554 5.7.1 No|user@y\n" },
	{ P "smtpd[1]: NOQUEUE: reject: RCPT from h[192.0.2.7]: 554 5.7.1 No; "
	    "from=<a@x> to=<b@y> proto=ESMTP helo=<sasl_username=me>",
	    "mta rcpt|192.0.2.7|a@x|b@y|554 5.7.1 No\n" },
	/* What a client chose is no more of the line than that. */
	{ P "postscreen[9]: NOQUEUE: reject: RCPT from [192.0.2.8]:47: 550 "
	    "5.5.1 Protocol error; from=<a@x>, to=<b@y>, proto=ESMTP, "
	    "helo=<x> sasl_username=boss y>",
	    "mta rcpt|192.0.2.8|a@x|b@y|550 5.5.1 Protocol error\n" },
	{ P "smtpd[1]: NOQUEUE: reject: RCPT from h[192.0.2.7]: 554 5.7.1 "
	    "<b@y>: Relay access denied; from=<\"a sasl_username=boss b\"@x> "
	    "to=<b@y> proto=ESMTP helo=<h>",
	    "mta rcpt|192.0.2.7|\"a sasl_username=boss b\"@x|b@y|554 5.7.1 "
	    "<b@y>: Relay access denied\n" },
	{ P "smtpd[1]: NOQUEUE: reject: RCPT from h[192.0.2.7]: 554 5.7.1 "
	    "<b>: No; from=<c@z> to=<b> sasl_username=boss helo=<i@y>: Relay "
	    "access denied; from=<a@x> to=<\"b>: No; from=<c@z> to=<b> "
	    "sasl_username=boss helo=<i\"@y> proto=ESMTP helo=<h>",
	    "mta rcpt|192.0.2.7|a@x|\"b>: No; from=<c@z> to=<b> "
	    "sasl_username=boss helo=<i\"@y|554 5.7.1 <b>: No; from=<c@z> "
	    "to=<b> sasl_username=boss helo=<i@y>: Relay access denied\n" },
	{ P "smtpd[1]: NOQUEUE: reject: RCPT from h[192.0.2.7]: 554 5.7.1 "
	    "<a\"; to=<c@z>@x>: No; from=<\"a\\\"; to=<c@z>\"@x> to=<b@y> "
	    "proto=ESMTP helo=<h>", "mta rcpt|192.0.2.7|\"a\\\"; to=<c@z>\"@x"
	    "|b@y|554 5.7.1 <a\"; to=<c@z>@x>: No\n" },
	{ P "smtpd[1]: 4XyZ12345: client=h[192.0.2.7]\n"
	    P "cleanup[1]: 4XyZ12345: reject: header Subject: x from "
	    "h[192.0.2.7]; from=<\"a from v[203.0.113.9]; from=<c\"@x> "
	    "to=<b@y> proto=ESMTP helo=<h>: 5.7.1 No",
	    "mta headers|192.0.2.7|\"a from v[203.0.113.9]; from=<c\"@x|b@y|"
	    "5.7.1 No\n" },
	{ P "smtpd[1]: 4XyZ12345: client=h[192.0.2.7]\n"
	    P "cleanup[1]: 4XyZ12345: reject: header Subject: x from "
	    "v[203.0.113.9]; from=<c@z> from h[192.0.2.7]; from=<a@x> "
	    "to=<b@y> proto=ESMTP helo=<h>: 5.7.1 No",
	    "mta headers|192.0.2.7|a@x|b@y|5.7.1 No\n" },
	/* Nobody said whose message it is, and two stand there. */
	{ P "cleanup[1]: 4XyZ12345: reject: header Subject: x from "
	    "v[203.0.113.9]; from=<c@z> from h[192.0.2.7]; from=<a@x> "
	    "to=<b@y> proto=ESMTP helo=<h>: 5.7.1 No",
	    "mta headers||||5.7.1 No\n" },
	{ P "smtpd[1]: warning: Illegal address syntax from h[192.0.2.7] in "
	    "RCPT command: <x rate limit exceeded: 9 from v[203.0.113.9]>",
	    "" },
	{ P "qmgr[1]: 4XyZ12345: from=<\"a, status=expired\"@x>, size=4, "
	    "nrcpt=1 (queue active)", "" },
	{ P "smtp[1]: 4XyZ12345: to=<\"a>, relay=v[203.0.113.9], dsn=5.7.1, "
	    "status=bounced (host v[203.0.113.9] said: 550 5.7.1 No)\"@y>, "
	    "relay=mx[198.51.100.1]:25, dsn=2.0.0, status=sent (250 ok)", "" },
	{ S "ruleset=check_rcpt, arg1=<\"a>, relay=v [203.0.113.9], "
	    "reject=451 4.7.1 Later\"@y>, relay=h [192.0.2.7], reject=550 "
	    "5.7.1 No", "mta rcpt|192.0.2.7||\"a>, relay=v [203.0.113.9], "
	    "reject=451 4.7.1 Later\"@y|550 5.7.1 No\n" },
	{ S "ruleset=check_rcpt, arg1=\"a, relay=v [203.0.113.9], reject=451 "
	    "4.7.1 Later\"@y, relay=h [192.0.2.7], reject=550 5.7.1 \"a, "
	    "relay=v [203.0.113.9], reject=451 4.7.1 Later\"@y... No",
	    "mta rcpt|192.0.2.7||\"a, relay=v [203.0.113.9], reject=451 4.7.1 "
	    "Later\"@y|550 5.7.1 \"a, relay=v [203.0.113.9], reject=451 "
	    "4.7.1 Later\"@y... No\n" },
	{ S "ruleset=CheckX, arg1= x, relay=v [203.0.113.9], reject=451 4.0.0 "
	    "Later, relay=h [192.0.2.7], reject=553 5.0.0 No",
	    "mta headers|192.0.2.7|||553 5.0.0 No\n" },
	{ S "Milter: to=<b@y>, reject=550 5.7.1 No\n"
	    S "from=<\"a, relay=v [203.0.113.9]\"@x>, size=9, msgid=<i, "
	    "relay=v [203.0.113.9]>, relay=h [192.0.2.7]",
	    "milter rcpt|192.0.2.7|\"a, relay=v [203.0.113.9]\"@x|b@y|550 "
	    "5.7.1 No\nenvelope|\"a, relay=v [203.0.113.9]\"@x\n" },
	{ S "AUTH failure (LOGIN): authentication failure (-13) SASL(-13), "
	    "user=a, relay=v [203.0.113.9], relay=h [192.0.2.7]",
	    "mta helo auth-failed|192.0.2.7|||AUTH failure (LOGIN): "
	    "authentication failure (-13) SASL(-13), user=a, relay=v "
	    "[203.0.113.9], relay=h [192.0.2.7]\n" },
	{ S "Milter: to=<\"b, reject=451 4.7.1 Later\"@y>, reject=550 5.7.1 "
	    "No", "milter rcpt|||\"b, reject=451 4.7.1 Later\"@y|550 5.7.1 "
	    "No\n" },
	{ S "to=<\"b, dsn=5.7.1, mailer=esmtp, stat=No\"@y>, mailer=local, "
	    "relay=local, dsn=2.0.0, stat=Sent", "came mta message|||\"b, "
	    "dsn=5.7.1, mailer=esmtp, stat=No\"@y|Sent\n" },
	/* mail that vanishes */
	{ P "smtpd[1]: NOQUEUE: discard: RCPT from h[192.0.2.7]: <b@y>: "
	    "Recipient address triggers DISCARD action; from=<a@x> to=<b@y> "
	    "proto=ESMTP helo=<h>", "discarded mta rcpt|192.0.2.7|a@x|b@y|"
	    "<b@y>: Recipient address triggers DISCARD action\n" },
	{ P "cleanup[1]: 4XyZ12345: hold: header Subject: x from h[192.0.2.7]; "
	    "from=<a@x> to=<b@y> proto=ESMTP helo=<h>: look at it",
	    "held mta headers|192.0.2.7|a@x|b@y|look at it\n" },
	{ P "cleanup[1]: 4XyZ12345: discard: body x from h[192.0.2.7]; "
	    "from=<a@x> to=<b@y> proto=ESMTP helo=<h>",
	    "discarded mta message|192.0.2.7|a@x|b@y|\n" },
	{ P "cleanup[1]: 4XyZ12345: milter-hold: END-OF-MESSAGE from "
	    "h[192.0.2.7]: milter triggers HOLD action; from=<a@x> to=<b@y> "
	    "proto=ESMTP helo=<h>", "held milter message|192.0.2.7|a@x|b@y|"
	    "milter triggers HOLD action\n" },
	{ P "smtpd[1]: NOQUEUE: reject_warning: RCPT from h[192.0.2.7]: 554 "
	    "5.7.1 No; from=<a@x> to=<b@y> proto=ESMTP helo=<h>",
	    "warned mta rcpt|192.0.2.7|a@x|b@y|554 5.7.1 No\n" },
	{ P "qmgr[1]: 4XyZ12345: from=<a@x>, size=4, nrcpt=1 (queue active)\n"
	    P "bounce[1]: 4XyZ12345: sender notification failed to <a@x>: x",
	    "discarded mta message||a@x||sender notification failed to <a@x>: "
	    "x\n" },
	/* What is said at CONNECT and EHLO comes at MAIL. */
	{ P "smtpd[1]: NOQUEUE: milter-reject: CONNECT from h[192.0.2.7]: 451 "
	    "4.7.1 No; proto=SMTP\n"
	    P "smtpd[1]: NOQUEUE: milter-reject: EHLO from h[192.0.2.7]: 550 "
	    "5.7.1 No; proto=SMTP helo=<h>", "" },
	{ P "smtpd[1]: NOQUEUE: milter-reject: CONNECT from h[192.0.2.7]: 550 "
	    "5.7.1 No; proto=SMTP",
	    "milter connect|192.0.2.7|||550 5.7.1 No\n" },
	/* Sendmail's access map, and a message that never ends */
	{ S "ruleset=check_mail, arg1=<a@x>, relay=h [192.0.2.7], discard",
	    "discarded mta mail|192.0.2.7|a@x||discard\n" },
	{ S "ruleset=check_mail, arg1=<a@x>, relay=h [192.0.2.7], "
	    "quarantine=to be looked at",
	    "held mta mail|192.0.2.7|a@x||to be looked at\n" },
	{ S "SYSERR(root): collect: relay=h, from=<a@x>, info=read timeout\n"
	    S "from=<a@x>, size=0, class=0, nrcpts=1, proto=ESMTP, "
	    "relay=h [192.0.2.7]",
	    "mta later data session-timeout|192.0.2.7|a@x||SYSERR(root): "
	    "collect: relay=h, from=<a@x>, info=read timeout\nenvelope|a@x\n" },
	/* postscreen(8) hangs up, or not */
	{ P "postscreen[9]: DNSBL rank 2 for [192.0.2.8]:47\n"
	    P "postscreen[9]: DISCONNECT [192.0.2.8]:47",
	    "mta connect dnsbl-listed|192.0.2.8|||"
	    "DNSBL rank 2 for [192.0.2.8]:47\n" },
	{ P "postscreen[9]: COMMAND TIME LIMIT from [192.0.2.8]:47 after EHLO\n"
	    P "postscreen[9]: DISCONNECT [192.0.2.8]:47",
	    "mta later connect session-timeout|192.0.2.8|||"
	    "COMMAND TIME LIMIT from [192.0.2.8]:47 after EHLO\n" },
	{ P "postscreen[9]: DNSBL rank 2 for [192.0.2.8]:47\n"
	    P "postscreen[9]: HANGUP after 1 from [192.0.2.8]:47 in tests\n"
	    P "postscreen[9]: DISCONNECT [192.0.2.8]:47", "" },
	{ P "postscreen[9]: DENYLISTED [192.0.2.8]:47\n"
	    P "postscreen[9]: NOQUEUE: reject: RCPT from [192.0.2.8]:47: 550 "
	    "5.3.2 Service currently unavailable; from=<a@x>, to=<b@y>, "
	    "proto=ESMTP, helo=<s>\n"
	    P "postscreen[9]: DISCONNECT [192.0.2.8]:47",
	    "mta rcpt client-denied|192.0.2.8|a@x|b@y|550 5.3.2 Service "
	    "currently unavailable\n" },
	{ P "postscreen[9]: PREGREET 9 after 0 from [192.0.2.8]:47: x\n"
	    P "postscreen[9]: PASS NEW [192.0.2.8]:47\n"
	    P "postscreen[9]: DISCONNECT [192.0.2.8]:47", "" },
	{ "no line of a log", "" }, { "", "" },
	{ P "smtpd[1]: NOQUEUE: reject: RCPT from ", "" },
	{ P "smtpd[1]: NOQUEUE: reject: RCPT from x[", "" },
	{ P "smtpd[1]: NOQUEUE: reject: RCPT from x[1]:", "" },
	{ P "smtp[1]: 4XyZ12345: to=<", "" },
};

static void
read_lines(const char *lines, struct buf *stated)
{
	struct maillog *g = maillog_new(note, stated);
	const char *end;

	for (; *lines != '\0'; lines = *end != '\0' ? end + 1 : end) {
		end = lines + strcspn(lines, "\n");
		maillog_line(g, lines, (size_t)(end - lines));
	}
	maillog_end(g);
	maillog_free(g);
}

static void
test_lines(void **state)
{
	struct buf stated = BUF_INIT;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		buf_clear(&stated);
		read_lines(rows[i].lines, &stated);
		assert_string_equal(stated.data, rows[i].stated);
	}
	buf_free(&stated);
}

static void
test_times(void **state)
{
	/* 2026-01-02 00:00 UTC */
	const int64_t now = 1767312000000LL;
	static const struct {
		const char *stamp;
		int64_t ms;
	} times[] = {
		{ "Jan  1 00:00:00", 1767225600000LL },
		{ "Dec 31 23:59:59", 1767225599000LL },
		{ "Jan  2 12:00:00", 1767355200000LL },
		{ "Feb  2 12:00:00", 1738497600000LL },
		{ "2026-01-01T00:00:00Z", 1767225600000LL },
		{ "2026-01-01T01:00:00+01:00", 1767225600000LL },
		{ "2026-01-01T01:00:00+0100", 1767225600000LL },
		{ "2025-12-31T23:30:00.5-00:30", 1767225600500LL },
	};
	struct logline l;
	char line[128];
	size_t i;

	(void)state;
	setenv("TZ", "UTC", 1);
	tzset();
	for (i = 0; i < sizeof times / sizeof times[0]; i++) {
		snprintf(line, sizeof line, "%s h p[1]: m", times[i].stamp);
		assert_true(logline_read(line, strlen(line), &l));
		assert_true(logline_time(&l, now) == times[i].ms);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_times),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
