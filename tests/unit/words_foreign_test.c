/*
 * words_foreign_test - replies that people and other filters wrote, through
 * the filter map: every contact, link, number and name is still in what leaves
 *
 * foreign-words.tsv: the stage, what must stay (| between), the whole reply
 * with
 * CR LF written as \r\n. And what Postfix says of itself is known as such.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "model/finding.h"
#include "model/occasion.h"
#include "model/session.h"
#include "model/site.h"
#include "words/mta_words.h"
#include "words/reason.h"
#include "words/recognise.h"
#include "words/rewrite.h"

#define DATA TEST_SOURCE "/tests/data/foreign-words.tsv"
#define POSTFIX TEST_SOURCE "/tests/mta/replies/postfix-3.7.tsv"

static struct site site = { .name = "mx.example.org",
	.contact = "postmaster@example.org",
	.page = "https://mx.example.org/why/{id}" };

/* What leaves, and what is known of it. */
struct passed {
	struct reply stock, out;
	struct mta_words known;
	char *text;		/* the lines of `out`, parted by CR LF */
};

static void
unescape(char *text)
{
	char *at;

	while ((at = strstr(text, "\\r\\n")) != NULL) {
		at[0] = '\r';
		at[1] = '\n';
		memmove(at + 2, at + 4, strlen(at + 4) + 1);
	}
}

static void
fill(struct session *s)
{
	struct ip ip;

	session_init(s);
	ip_parse("192.0.2.7", &ip);
	session_connect(s, "client.example", &ip);
	session_helo(s, "mail.sender.example");
	session_mail(s, "a@sender.example");
	session_rcpt(s, "user@example.org");
}

static void
pass(struct passed *p, char *reply, enum stage stage, bool submission)
{
	const struct occasion at = { .known = true, .greeted = true,
		.stage = stage, .submission = submission };
	struct wording w = { .reason = REASON_NONE };
	struct recognised words;
	struct session s;
	struct findings found = { .v = NULL };
	struct finding *f;
	struct buf text = BUF_INIT, room = BUF_INIT;
	struct rewrite how = { .known = &p->known, .wording = &w,
		.facts = { .session = &s, .site = &site,
		    .id = "7K3M9QXD2H4T" } };

	memset(p, 0, sizeof *p);
	unescape(reply);
	if (!reply_parse(&p->stock, reply, strlen(reply)))
		fail_msg("no reply: %s", reply);
	fill(&s);
	mta_words_recognise(&p->stock, reply, strlen(reply), TOPIC_NONE, &room,
	    &words);
	mta_words_read(&p->known, &p->stock, &words, &s, &at);
	w.reason = p->known.reason;
	f = findings_add(&found, w.reason, NULL, stage);
	mta_words_put_evidence(&p->known, &words, f);
	how.facts.finding = f;
	rewrite_whole(&p->out, &p->stock, &how);
	reply_put_wire(&p->out, &text);
	p->text = buf_steal(&text);
	buf_free(&room);
	findings_free(&found);
	session_free(&s);
}

static void
end(struct passed *p)
{
	reply_clear(&p->stock);
	reply_clear(&p->out);
	free(p->text);
}

static bool
tells_fate(const char *text, bool good)
{
	static const char *const fates[2][4] = {
		{ "It is still under way", "It was not sent yet",
		    "It is not delivered yet" },
		{ "It was not delivered.", "It was not sent." } };
	const char *const *fate;

	for (fate = fates[good]; *fate != NULL; fate++)
		if (strstr(text, *fate) != NULL)
			return true;
	return false;
}

/* Who must act, and whether it is lost, stand in one of the lines. */
static void
check_ours(const struct passed *p)
{
	bool good = p->out.code >= 500;

	assert_int_equal(p->out.code / 100, p->stock.code / 100);
	if (!tells_fate(p->text, good))
		fail_msg("lost or under way? %s", p->text);
	if (strstr(p->text, "https://mx.example.org/why/7K3M9QXD2H4T") == NULL)
		fail_msg("no page: %s", p->text);
	if (good && (strstr(p->text, "tries again by itself") != NULL ||
	    strstr(p->text, "need not do anything") != NULL))
		fail_msg("not so: %s", p->text);
}

static enum stage
stage_called(const char *name)
{
	return strcmp(name, "message") == 0 ? STAGE_MESSAGE :
	    strcmp(name, "helo") == 0 ? STAGE_HELO :
	    strcmp(name, "mail") == 0 ? STAGE_MAIL : STAGE_RCPT;
}

static void
check_row(char *line)
{
	char *stage = strsep(&line, "\t"), *stays = strsep(&line, "\t"), *one;
	struct passed p;

	pass(&p, line, stage_called(stage), false);
	while ((one = strsep(&stays, "|")) != NULL)
		if (strstr(p.text, one) == NULL)
			fail_msg("\"%s\" is gone: %s", one, p.text);
	check_ours(&p);
	end(&p);
}

static void
test_foreign_words(void **state)
{
	FILE *f = fopen(DATA, "r");
	char line[2000];
	int n = -1;

	(void)state;
	assert_non_null(f);
	while (fgets(line, sizeof line, f) != NULL) {
		line[strcspn(line, "\n")] = '\0';
		if (n++ >= 0)
			check_row(line);
	}
	fclose(f);
	assert_true(n >= 300);
}

/* Of these stories the text is somebody else's. */
static bool
is_foreign(const char *name)
{
	static const char *const names[] = { "rcpt-access-text",
		"rcpt-access-full", "rcpt-access-disabled", "greylisted",
		"sender-access-text", "sender-mx-access", "client-access-text",
		"client-greeting-521", "dnsbl-own-text", "helo-forged",
		"header-check-text", "mime-header-check", "footer",
		"footer-same-line" };
	size_t i;

	for (i = 0; i < sizeof names / sizeof names[0]; i++)
		if (strcmp(names[i], name) == 0)
			return true;
	return false;
}

/* All that Postfix was made to say is either its own or is not. */
static void
test_postfix(void **state)
{
	FILE *f = fopen(POSTFIX, "r");
	char line[4000], *at, *name, *reasons, *reply;
	struct passed p;

	(void)state;
	assert_non_null(f);
	assert_non_null(fgets(line, sizeof line, f));
	while (fgets(line, sizeof line, f) != NULL) {
		at = line;
		name = strsep(&at, "\t");
		strsep(&at, "\t");
		reasons = strsep(&at, "\t");
		reply = strsep(&at, "\t");
		pass(&p, reply, strcmp(name, "smtputf8-sender") == 0 ?
		    STAGE_MAIL : STAGE_RCPT, strncmp(name, "submission", 10) ==
		    0);
		if (p.known.own == is_foreign(name))
			fail_msg("%s: own %d: %s", name, p.known.own, reply);
		if (p.known.own && strstr(reasons,
		    reason_get(p.known.reason)->name) == NULL)
			fail_msg("%s: %s, not %s", name,
			    reason_get(p.known.reason)->name, reasons);
		check_ours(&p);
		if (getenv("SAYWHY_SHOW") != NULL)
			printf("%s\n%s\n\n", name, p.text);
		end(&p);
	}
	fclose(f);
}

/* What the session knows is better evidence than the words. */
struct known_better {
	const char *reply;
	enum stage stage;
	bool submission;
	enum occasion_name name;
	enum resolve resolve;
	int reason;
	bool sure;
};

#define RCPT_SAYS "<user@example.org>: Recipient address rejected: "
static const struct known_better better[] = {
	{ "450 4.7.1 " RCPT_SAYS "Service unavailable", STAGE_RCPT, false,
	    NAME_UNASKED, RESOLVE_UNKNOWN, REASON_POLICY_REJECT, true },
	{ "554 5.7.1 Service unavailable; Recipient address [b@c.example] "
	    "blocked using rhsbl.example", STAGE_RCPT, false, NAME_UNASKED,
	    RESOLVE_UNKNOWN, REASON_DOMAIN_LISTED, true },
	/* What is only likely is nothing that an admin has said. */
	{ "554 5.0.0 " RCPT_SAYS "This server is decommissioned. Use "
	    "mx2.example.org", STAGE_RCPT, false, NAME_UNASKED,
	    RESOLVE_UNKNOWN, REASON_UNRECOGNISED, false },
	{ "550 5.6.0 Broken bulk mailer, see https://example.org/bulk",
	    STAGE_MESSAGE, false, NAME_UNASKED, RESOLVE_UNKNOWN,
	    REASON_UNRECOGNISED, false },
	{ "550 5.7.1 This mailer is not welcome, ask mail@example.org",
	    STAGE_MESSAGE, false, NAME_UNASKED, RESOLVE_UNKNOWN,
	    REASON_POLICY_REJECT, false },
	{ "554 5.7.1 " RCPT_SAYS "Access denied", STAGE_RCPT, true,
	    NAME_UNASKED, RESOLVE_UNKNOWN,
	    REASON_AUTH_REQUIRED, true },
	{ "554 5.7.1 " RCPT_SAYS "Access denied", STAGE_RCPT, false,
	    NAME_UNASKED, RESOLVE_UNKNOWN,
	    REASON_RCPT_DENIED, true },
	{ "554 5.7.1 <c[192.0.2.7]>: Client host rejected: Access denied",
	    STAGE_RCPT, true, NAME_UNASKED, RESOLVE_UNKNOWN,
	    REASON_AUTH_REQUIRED, true },
	{ "450 4.1.8 <a@b.example>: Sender address rejected: Domain not found",
	    STAGE_RCPT, false, NAME_TEMPFAIL, RESOLVE_UNKNOWN,
	    REASON_SENDER_DOMAIN_LOOKUP_FAILED, true },
	{ "450 4.1.8 <a@b.example>: Sender address rejected: Domain not found",
	    STAGE_RCPT, false, NAME_NONE, RESOLVE_UNKNOWN,
	    REASON_SENDER_DOMAIN_NONEXISTENT, true },
	{ "450 4.7.1 <b.example>: Helo command rejected: Host not found",
	    STAGE_RCPT, false, NAME_TEMPFAIL, RESOLVE_UNKNOWN,
	    REASON_HELO_LOOKUP_FAILED, true },
	{ "450 4.7.1 Client host rejected: cannot find your reverse hostname, "
	    "[192.0.2.7]", STAGE_RCPT, false, NAME_UNASKED, RESOLVE_TEMP,
	    REASON_RDNS_LOOKUP_FAILED, true },
	{ "553 5.6.7 Must declare SMTPUTF8 to send unicode address", STAGE_MAIL,
	    false, NAME_UNASKED, RESOLVE_UNKNOWN, REASON_SMTPUTF8_SENDER,
	    true },
	{ "553 5.6.7 Must declare SMTPUTF8 to send unicode address", STAGE_RCPT,
	    false, NAME_UNASKED, RESOLVE_UNKNOWN, REASON_SMTPUTF8_RECIPIENT,
	    true },
	{ "450 4.3.2 Service currently unavailable", STAGE_RCPT, false,
	    NAME_UNASKED, RESOLVE_UNKNOWN, REASON_GREYLISTED, true },
	{ "550 5.3.2 Service currently unavailable", STAGE_RCPT, false,
	    NAME_UNASKED, RESOLVE_UNKNOWN, REASON_CLIENT_DENIED, true },
	/* Nobody has seen the message yet. */
	{ "550 5.7.1 This message looks like spam", STAGE_RCPT, false,
	    NAME_UNASKED, RESOLVE_UNKNOWN, REASON_UNRECOGNISED, false },
	{ "550 5.7.1 This message looks like spam", STAGE_MESSAGE, false,
	    NAME_UNASKED, RESOLVE_UNKNOWN, REASON_SPAM_CONTENT, true },
	/* No public list is named. */
	{ "554 5.7.1 <c[192.0.2.7]>: Client host rejected: blacklisted locally",
	    STAGE_RCPT, false, NAME_UNASKED, RESOLVE_UNKNOWN,
	    REASON_CLIENT_DENIED, false },
	{ "554 5.7.1 <u@example.org>: SASL login name rejected: Access denied",
	    STAGE_RCPT, false, NAME_UNASKED, RESOLVE_UNKNOWN,
	    REASON_ACCOUNT_DISABLED, true },
	{ "550 5.7.1 <c.example>: Helo command rejected: not you again",
	    STAGE_RCPT, false, NAME_UNASKED, RESOLVE_UNKNOWN,
	    REASON_HELO_DENIED, false },
	/* Postfix takes any answer for a listing. */
	{ "554 5.7.1 Service unavailable; Client host [192.0.2.7] blocked "
	    "using bl.example", STAGE_RCPT, false, NAME_REFUSED,
	    RESOLVE_UNKNOWN, REASON_DNSBL_UNAVAILABLE, true },
	{ "554 5.7.1 Service unavailable; Client host [192.0.2.7] blocked "
	    "using bl.example; listed", STAGE_RCPT, false, NAME_UNASKED,
	    RESOLVE_UNKNOWN, REASON_DNSBL_LISTED, true },
	/* A rule of the MTA's, which names nothing. */
	{ "550 5.7.1 No pills please", STAGE_DATA, false, NAME_UNASKED,
	    RESOLVE_UNKNOWN, REASON_POLICY_REJECT, false },
	{ "451 4.7.1 Try again later", STAGE_MESSAGE, false, NAME_UNASKED,
	    RESOLVE_UNKNOWN, REASON_POLICY_REJECT, false },
	{ "450 4.7.1 " RCPT_SAYS "Policy Rejection- Quota exceeded, too many "
	    "messages", STAGE_RCPT, false, NAME_UNASKED, RESOLVE_UNKNOWN,
	    REASON_RATE_LIMITED, true },
	{ "451 4.3.0 Temporary trouble, mailbox locked", STAGE_RCPT, false,
	    NAME_UNASKED, RESOLVE_UNKNOWN, REASON_UNRECOGNISED, false },
};

static void
test_session_knows_better(void **state)
{
	const struct known_better *b;
	struct reply reply = { .code = 0 };
	struct recognised words;
	struct mta_words known;
	struct session s;

	(void)state;
	for (b = better; b < better + sizeof better / sizeof better[0]; b++) {
		const struct occasion at = { .known = true, .greeted = true,
			.stage = b->stage, .submission = b->submission,
			.name = b->name };

		fill(&s);
		s.resolve = b->resolve;
		assert_true(reply_parse(&reply, b->reply, strlen(b->reply)));
		recognise(b->reply, strlen(b->reply), &words);
		mta_words_read(&known, &reply, &words, &s, &at);
		if (known.reason != b->reason || known.sure != b->sure)
			fail_msg("%s: %s, %ssure", b->reply,
			    reason_get(known.reason)->name,
			    known.sure ? "" : "not ");
		reply_clear(&reply);
		session_free(&s);
	}
}

/* b%elsewhere@ours is no mail for ours. */
static void
test_routed_recipient(void **state)
{
	static const char text[] = "554 5.7.1 <b%elsewhere.example@example.org>"
	    ": Relay access denied";
	struct reply reply = { .code = 0 };
	struct recognised words;
	struct mta_words known;
	struct session s;

	(void)state;
	fill(&s);
	session_rcpt(&s, "b%elsewhere.example@example.org");
	assert_true(reply_parse(&reply, text, strlen(text)));
	recognise(text, strlen(text), &words);
	mta_words_read(&known, &reply, &words, &s, NULL);
	assert_true(known.own && known.sure);
	assert_non_null(strstr(known.text, "{rcpt}."));
	reply_clear(&reply);
	session_free(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_foreign_words),
		cmocka_unit_test(test_postfix),
		cmocka_unit_test(test_session_knows_better),
		cmocka_unit_test(test_routed_recipient),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
