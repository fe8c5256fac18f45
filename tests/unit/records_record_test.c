/* records_record_test - ids, privacy, and what a record tells */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "records/privacy.h"
#include "records/record.h"
#include "records/recorder.h"
#include "words/reason.h"

static void
test_id(void **state)
{
	char a[RECORD_ID_TEXT], b[RECORD_ID_TEXT];

	(void)state;
	record_id(a);
	record_id(b);
	assert_int_equal(strlen(a), 12);
	assert_int_equal(strspn(a, "0123456789ABCDEFGHJKMNPQRSTVWXYZ"), 12);
	assert_string_not_equal(a, b);
}

/* Two more characters name the host; ids without them are of no host. */
static void
test_id_of_host(void **state)
{
	static const struct {
		int host;
		const char *end;
	} rows[] = { { 1, "01" }, { 31, "0Z" }, { 32, "10" }, { 1023, "ZZ" },
		{ 1024, "00" } };
	char id[RECORD_ID_TEXT], read[RECORD_ID_TEXT];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		record_id_host(rows[i].host);
		record_id(id);
		assert_int_equal(strlen(id), 14);
		assert_string_equal(id + 12, rows[i].end);
		assert_int_equal(record_id_host_of(id), rows[i].host);
		assert_true(record_id_is_recent(id));
		assert_true(record_id_read(id, 14, read));
		assert_string_equal(read, id);
		record_id_of("a line", 6, 0, id);
		assert_string_equal(id + 12, rows[i].end);
	}
	record_id_host(0);
	record_id(id);
	assert_int_equal(strlen(id), 12);
	assert_int_equal(record_id_host_of(id), 0);
	record_id_of("a line", 6, 0, read);
	assert_int_equal(strlen(read), 12);
}

struct private_row {
	const char *text, *removed;
};

static const struct private_row private_rows[] = {
	{ "", "" },
	{ "no address here", "no address here" },
	{ "ann@example.org", "@example.org" },
	{ "<ann@example.org>", "<@example.org>" },
	{ "a ann.b+c@example.org, bob@example.com.",
	    "a @example.org, @example.com." },
	{ "\"ann b\"@example.org", "@example.org" },
	{ "x \"ann b\"@example.org", "x @example.org" },
	{ "m\xc3\xbcller@example.org", "@example.org" },
	{ "@example.org", "@example.org" },
	{ "a@b@example.org", "@@example.org" },
	{ "\"@example.org", "@example.org" },
};

static void
test_privacy(void **state)
{
	struct buf out = BUF_INIT;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof private_rows / sizeof private_rows[0]; i++) {
		buf_clear(&out);
		privacy_put(&out, PRIVACY_FULL, private_rows[i].text);
		assert_string_equal(out.data, private_rows[i].text);
		buf_clear(&out);
		privacy_put(&out, PRIVACY_REMOVED, private_rows[i].text);
		assert_string_equal(out.data, private_rows[i].removed);
	}
	buf_free(&out);
}

/* The same person gives the same hash, another key gives another. */
static void
test_hash(void **state)
{
	struct buf a = BUF_INIT, b = BUF_INIT;

	(void)state;
	privacy_key("secret");
	privacy_put(&a, PRIVACY_HASHED, "ann@example.org");
	privacy_put(&b, PRIVACY_HASHED, "ann@example.org");
	assert_string_equal(a.data, b.data);
	assert_null(strstr(a.data, "ann"));
	assert_non_null(strstr(a.data, "@example.org"));
	privacy_key("another");
	buf_clear(&b);
	privacy_put(&b, PRIVACY_HASHED, "ann@example.org");
	assert_string_not_equal(a.data, b.data);
	buf_clear(&b);
	privacy_put_login(&b, PRIVACY_HASHED, "ann");
	assert_null(strstr(b.data, "ann"));
	buf_free(&a);
	buf_free(&b);
}

struct fixture {
	struct session session;
	struct findings found;
	struct decision decision;
	struct reply reply;
	struct record record;
};

static void
fixture_open(struct fixture *f)
{
	struct finding *finding;
	struct ip ip;

	memset(f, 0, sizeof *f);
	session_init(&f->session);
	ip_parse("192.0.2.7", &ip);
	session_connect(&f->session, "mail.example.com", &ip);
	session_helo(&f->session, "he\"lo\n\xff");
	session_mail(&f->session, "ann@example.com");
	session_rcpt(&f->session, "bob@example.org");
	finding = findings_add(&f->found, REASON_HEADER_PATTERN,
	    "content_header", STAGE_HEADERS);
	finding_say(finding, EVIDENCE_HEADER, "Subject");
	finding_say(finding, EVIDENCE_MATCHED, "secret words");
	f->decision.because.finding = finding;
	f->decision.because.action = ACTION_REJECT;
	f->reply.code = 550;
	strcpy(f->reply.status, "5.7.1");
	f->reply.lines[f->reply.n++] = strdup("no mail from ann@example.com");
	f->record = (struct record){ .id = "7K3M9QXD2H4T",
		.issuer = ISSUER_SAYWHY, .outcome = OUTCOME_REJECT,
		.stage = STAGE_RCPT, .host = "mx.example.org",
		.reason = REASON_HEADER_PATTERN, .mode = MODE_ENFORCE,
		.session = &f->session, .decision = &f->decision,
		.reply = &f->reply };
}

static void
fixture_close(struct fixture *f)
{
	reply_clear(&f->reply);
	findings_free(&f->found);
	session_free(&f->session);
}

static void
assert_tells(const char *line, const char *words, bool tells)
{
	if ((strstr(line, words) != NULL) != tells)
		fail_msg("%s%s in %s", tells ? "no " : "", words, line);
}

static void
test_json(void **state)
{
	struct record_options opt = { .privacy = PRIVACY_FULL };
	struct buf out = BUF_INIT;
	struct fixture f;

	(void)state;
	fixture_open(&f);
	record_json(&f.record, &opt, &out);
	assert_null(strchr(out.data, '\n'));
	assert_tells(out.data, "\"reason\":\"header-pattern\"", true);
	assert_tells(out.data, "\"id\":\"7K3M9QXD2H4T\"", true);
	assert_tells(out.data, "\"address\":\"192.0.2.7\"", true);
	assert_tells(out.data, "\"sender\":\"ann@example.com\"", true);
	assert_tells(out.data, "secret words", false);
	buf_clear(&out);
	opt.matched_text = true;
	opt.privacy = PRIVACY_REMOVED;
	record_json(&f.record, &opt, &out);
	assert_tells(out.data, "secret words", true);
	assert_tells(out.data, "ann@", false);
	assert_tells(out.data, "bob@", false);
	assert_tells(out.data, "@example.com", true);
	buf_free(&out);
	fixture_close(&f);
}

static void
test_brief(void **state)
{
	struct record_options opt = { .privacy = PRIVACY_REMOVED };
	struct buf out = BUF_INIT;
	struct fixture f;

	(void)state;
	fixture_open(&f);
	record_brief(&f.record, &opt, &out);
	assert_tells(out.data, "reject id=7K3M9QXD2H4T", true);
	assert_tells(out.data, "reason=header-pattern", true);
	assert_tells(out.data, "helo=\"he\\\"lo\\x0a\\xff\"", true);
	assert_tells(out.data, "ann@", false);
	assert_tells(out.data, "from=<@example.com>", true);
	buf_free(&out);
	fixture_close(&f);
}

/* After the dot, with more of them than a line needs. */
static void
test_brief_of_many(void **state)
{
	struct record_options opt = { .privacy = PRIVACY_FULL };
	struct buf out = BUF_INIT, rcpt = BUF_INIT;
	struct fixture f;
	int i;

	(void)state;
	fixture_open(&f);
	for (i = 0; i < 8; i++) {
		buf_clear(&rcpt);
		buf_printf(&rcpt, "r%d@example.org", i);
		session_rcpt(&f.session, rcpt.data);
		if (i != 1)
			session_rcpt_accepted(&f.session);
	}
	f.session.rcpt = NULL;
	record_brief(&f.record, &opt, &out);
	assert_tells(out.data, " to=<r0@example.org> to=<r2@example.org>",
	    true);
	assert_tells(out.data, "r1@", false);
	assert_tells(out.data, " more=", true);
	buf_free(&rcpt);
	buf_free(&out);
	fixture_close(&f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_brief_of_many),
		cmocka_unit_test(test_id),
		cmocka_unit_test(test_id_of_host),
		cmocka_unit_test(test_privacy),
		cmocka_unit_test(test_hash),
		cmocka_unit_test(test_json),
		cmocka_unit_test(test_brief),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
