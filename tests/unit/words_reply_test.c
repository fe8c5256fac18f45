/* words_reply_test - whatever goes in, what comes out is a valid reply */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "model/finding.h"
#include "model/session.h"
#include "model/site.h"
#include "words/reason.h"
#include "words/reply.h"

static const char hostile[] =
    "x\r\n250 2.0.0 OK\r\n\x80\xff\x01%n%s{id}<>\"\\"
    "0123456789012345678901234567890123456789012345678901234567890123456789"
    "0123456789012345678901234567890123456789012345678901234567890123456789";

static void
assert_valid(const struct reply *r, enum action action, const char *what)
{
	char class = action == ACTION_REJECT ? '5' : '4';
	size_t i;
	const char *p;

	if (r->code / 100 != class - '0' || r->status[0] != class)
		fail_msg("%s: %d %s", what, r->code, r->status);
	if (r->n < 2 || r->n > REPLY_LINES)
		fail_msg("%s: %zu lines", what, r->n);
	for (i = 0; i < r->n; i++) {
		if (*r->lines[i] == '\0' || strlen(r->lines[i]) >
		    (i == 0 ? REPLY_FIRST_MAX : REPLY_LINE_MAX))
			fail_msg("%s: line %zu has %zu bytes", what, i + 1,
			    strlen(r->lines[i]));
		for (p = r->lines[i]; *p != '\0'; p++)
			if (*p < 32 || *p > 126)
				fail_msg("%s: byte 0x%02x", what,
				    (unsigned char)*p);
	}
}

/* Every field of a session and a finding is what an attacker would send. */
static void
fill_hostile(struct session *s, struct finding *f)
{
	struct ip ip;
	int key;

	session_init(s);
	ip_parse("2001:db8::7", &ip);
	session_connect(s, hostile, &ip);
	session_helo(s, hostile);
	session_mail(s, hostile);
	session_rcpt(s, hostile);
	for (key = 0; key < EVIDENCE_COUNT_ALL &&
	    f->n < FINDING_EVIDENCE_MAX; key++)
		finding_say(f, (enum evidence_key)key, hostile);
}

static void
test_hostile_values(void **state)
{
	struct site site = { .name = "mx.example.org" };
	struct findings found = { .v = NULL };
	struct session s;
	struct finding *f = findings_add(&found, 1, "test", STAGE_RCPT);
	struct reply_facts facts = { .session = &s, .finding = f,
		.site = &site, .id = "7K3M9QXD2H4T" };
	struct reply reply = { .code = 0 };
	int reason, disclose, action;

	(void)state;
	fill_hostile(&s, f);
	for (reason = 1; reason < REASON_COUNT; reason++)
		for (disclose = DISCLOSE_FULL; disclose <= DISCLOSE_NOTHING;
		    disclose++)
			for (action = ACTION_TEMPFAIL; action <= ACTION_REJECT;
			    action++) {
				struct wording w = { .reason = reason,
					.disclose = (enum disclose)disclose };

				if (!reason_allows(reason,
				    (enum action)action))
					continue;
				reply_render(&reply, &w, (enum action)action,
				    &facts);
				assert_valid(&reply, (enum action)action,
				    reason_get(reason)->name);
			}
	reply_clear(&reply);
	findings_free(&found);
	session_free(&s);
}

/* A template as long as may be, full of the longest values: still valid. */
static void
test_longest(void **state)
{
	struct site site = { .name = "mx.example.org" };
	struct session s;
	struct reply_facts facts = { .session = &s, .site = &site,
		.id = "7K3M9QXD2H4T" };
	struct reply reply = { .code = 0 };
	struct wording w = { .reason = REASON_RELAY_DENIED };
	struct buf text = BUF_INIT;

	(void)state;
	session_init(&s);
	session_helo(&s, hostile);
	while (text.len + 7 <= REPLY_FIRST_MAX)
		buf_puts(&text, "{helo} ");
	w.text = text.data;
	w.remedy = text.data;
	reply_render(&reply, &w, ACTION_REJECT, &facts);
	assert_valid(&reply, ACTION_REJECT, "longest");
	assert_int_equal(reply.n, REPLY_LINES);
	reply_clear(&reply);
	buf_free(&text);
	session_free(&s);
}

struct pointer {
	const char *page, *contact, *want;
};

static const struct pointer pointers[] = {
	{ "https://mx.example.org/why/{id}", "p@example.org",
	    "https://mx.example.org/why/7K3M9QXD2H4T" },
	{ NULL, "p@example.org",
	    "Questions: write to p@example.org and quote the id 7K3M9QXD2H4T" },
};

static void
test_last_line(void **state)
{
	struct reply reply = { .code = 0 };
	struct wording w = { .reason = REASON_RELAY_DENIED };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof pointers / sizeof pointers[0]; i++) {
		char name[] = "mx.example.org";
		struct site site = { .name = name,
			.page = (char *)(uintptr_t)pointers[i].page,
			.contact = (char *)(uintptr_t)pointers[i].contact };
		struct reply_facts facts = { .site = &site,
			.id = "7K3M9QXD2H4T" };

		reply_render(&reply, &w, ACTION_REJECT, &facts);
		assert_string_equal(reply.lines[reply.n - 1],
		    pointers[i].want);
	}
	reply_clear(&reply);
}

/* The admin's own words and codes, and how much they tell. */
static void
test_wording(void **state)
{
	struct site site = { .name = "mx.example.org" };
	struct reply_facts facts = { .site = &site,
		.id = "7K3M9QXD2H4T" };
	struct reply reply = { .code = 0 };
	struct wording w = { .reason = REASON_RELAY_DENIED,
		.permanent = { 554, "5.7.9" }, .text = "No.",
		.remedy = "Ask {name}." };

	(void)state;
	reply_render(&reply, &w, ACTION_REJECT, &facts);
	assert_int_equal(reply.code, 554);
	assert_string_equal(reply.status, "5.7.9");
	assert_string_equal(reply.lines[0], "No.");
	assert_string_equal(reply.lines[1], "Ask mx.example.org.");
	w.disclose = DISCLOSE_REASON;
	reply_render(&reply, &w, ACTION_REJECT, &facts);
	assert_int_equal(reply.code, 554);
	assert_string_equal(reply.lines[0],
	    reason_prose(REASON_RELAY_DENIED)->plain);
	w.disclose = DISCLOSE_NOTHING;
	reply_render(&reply, &w, ACTION_REJECT, &facts);
	assert_int_equal(reply.code, 550);
	assert_string_equal(reply.status, "5.7.0");
	reply_clear(&reply);
}

struct code_row {
	long long code;
	bool good;
};

static const struct code_row codes[] = {
	{ 550, true }, { 554, true }, { 450, true }, { 452, true },
	{ 421, false }, { 521, false }, { 250, false }, { 354, false },
	{ 399, false }, { 560, false }, { 569, false }, { 471, false },
	{ 600, false }, { 0, false }, { -550, false }, { 5500, false },
};

struct status_row {
	const char *status;
	bool good;
};

static const struct status_row statuses[] = {
	{ "5.7.1", true }, { "4.0.0", true }, { "5.123.999", true },
	{ "2.0.0", false }, { "5.7", false }, { "5.7.", false },
	{ "5.07.1", false }, { "5.7.01", false }, { "5.7.1234", false },
	{ "5.7.1 ", false }, { "", false }, { "5..1", false },
	{ "55.7.1", false }, { "5.7.1.1", false }, { "x", false },
};

static void
test_codes(void **state)
{
	struct buf errmsg = BUF_INIT;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof codes / sizeof codes[0]; i++)
		if (reply_code_check(codes[i].code, &errmsg) != codes[i].good)
			fail_msg("%lld", codes[i].code);
	for (i = 0; i < sizeof statuses / sizeof statuses[0]; i++)
		if (reply_status_check(statuses[i].status, &errmsg) !=
		    statuses[i].good)
			fail_msg("%s", statuses[i].status);
	buf_free(&errmsg);
}

struct read_row {
	const char *status, *text;
	int code;
	const char *want_status, *line;
};

static const struct read_row reads[] = {
	{ "5.1.1", "Recipient address rejected: no", 0, "5.1.1",
	    "Recipient address rejected: no" },
	{ NULL, "550 5.1.1 User unknown", 550, "5.1.1", "User unknown" },
	{ NULL, "550 5.1.1", 550, "5.1.1", NULL },
	{ NULL, "User unknown", 0, "", "User unknown" },
	{ "bad", "5.7.1 x", 0, "5.7.1", "x" },
	{ "5.1.1", "250 ok", 0, "5.1.1", "250 ok" },
	{ NULL, NULL, 0, "", NULL },
};

static void
test_read(void **state)
{
	struct reply r = { .code = 0 };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof reads / sizeof reads[0]; i++) {
		reply_read(&r, reads[i].status, reads[i].text);
		assert_int_equal(r.code, reads[i].code);
		assert_string_equal(r.status, reads[i].want_status);
		assert_int_equal(r.n, reads[i].line != NULL);
		if (reads[i].line != NULL)
			assert_string_equal(r.lines[0], reads[i].line);
	}
	reply_clear(&r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hostile_values),
		cmocka_unit_test(test_longest),
		cmocka_unit_test(test_last_line),
		cmocka_unit_test(test_wording),
		cmocka_unit_test(test_codes),
		cmocka_unit_test(test_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
