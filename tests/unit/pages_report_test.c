/* pages_report_test - what a report counts, in its three forms */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "pages/report_page.h"
#include "records/feed.h"
#include "records/record_read.h"
#include "records/store.h"
#include "records_house.h"

static void
fill(struct house *h, struct store *s)
{
	struct feed *f = feed_new(h->file, s);

	house_line(h, "AAAAAAAAAAA1", "ann@example.com",
	    "2026-01-01T00:30:00.000Z");
	house_line(h, "AAAAAAAAAAA2", "bob@example.com",
	    "2026-01-01T05:00:00.000Z");
	house_line(h, "AAAAAAAAAAA3", "<script>@\\u001b.example",
	    "2026-01-01T05:59:59.999Z");
	house_line(h, "AAAAAAAAAAA4", "late@example.com",
	    "2026-01-02T00:00:00.000Z");
	while (feed_batch(f, &h->errmsg) == FEED_MORE)
		;
	feed_free(f);
}

static void
test_report(void **state)
{
	struct house *h = *state;
	struct store *s = store_open(h->store, true, &h->errmsg);
	struct report r = { .site = "mx.example.org",
		.since = record_parse_time("2026-01-01"),
		.until = record_parse_time("2026-01-02") };
	struct buf out = BUF_INIT;

	fill(h, s);
	assert_true(report_gather(&r, s, NULL, NULL, &h->errmsg));
	assert_int_equal(r.total, 3);
	assert_int_equal(r.nbars, 24);
	assert_int_equal(r.bars[0].shades[0], 1);
	assert_int_equal(r.bars[5].shades[0], 2);
	assert_string_equal(r.lists[REPORT_REASONS].v[0].name,
	    "relay-denied");
	assert_string_equal(r.lists[REPORT_NETWORKS].v[0].name,
	    "192.0.2.0/24");
	assert_string_equal(r.lists[REPORT_CLIENTS].v[0].name, "192.0.2.7");
	assert_string_equal(r.lists[REPORT_SENDERS].v[0].name, "example.com");
	assert_int_equal(r.lists[REPORT_SENDERS].v[0].n, 2);
	assert_string_equal(r.lists[REPORT_RECIPIENTS].v[0].name,
	    "rita@example.com");
	assert_int_equal(r.lists[REPORT_OBSERVED].n, 0);
	report_add(&r, REPORT_IDLE, "part<ners");
	report_text(&r, &out);
	assert_non_null(strstr(out.data, "3 records"));
	assert_non_null(strstr(out.data, "part<ners"));
	assert_non_null(strstr(out.data, "\\u001b.example"));
	buf_clear(&out);
	report_html(&r, &out);
	assert_null(strstr(out.data, "<script"));
	assert_null(strstr(out.data, "part<ners"));
	assert_null(strstr(out.data, "\x1b"));
	assert_non_null(strstr(out.data, "</html>"));
	buf_clear(&out);
	report_json(&r, &out);
	assert_non_null(strstr(out.data, "\"records\":3"));
	assert_int_equal(out.data[out.len - 1], '\n');
	buf_free(&out);
	report_free(&r);
	store_close(s);
}

/* One try of a mail: at an hour and minute, as this or that outcome. */
static void
try(struct house *h, const char *sender, const char *reason,
    const char *outcome, const char *time)
{
	static int n;
	struct buf line = BUF_INIT;

	buf_printf(&line, "{\"v\":1,\"time\":\"2026-01-01T%s.000Z\",\"id\":"
	    "\"BBBBBBBBBB%02d\",\"issuer\":\"saywhy\",\"direction\":\"in\","
	    "\"outcome\":\"%s\",\"stage\":\"rcpt\",\"reason\":\"%s\","
	    "\"sender\":\"%s\",\"recipients\":[\"Rita@example.org\"]}\n",
	    time, n++, outcome, reason, sender);
	house_text(h, line.data);
	buf_free(&line);
}

/*
 * A mail counts once, however often it is tried; what is taken closes what was
 * deferred of the same pair before, and nothing else.
 */
static void
test_deferred(void **state)
{
	struct house *h = *state;
	struct store *s = store_open(h->store, true, &h->errmsg);
	struct feed *f = feed_new(h->file, s);
	struct report r = { .site = "mx.example.org",
		.since = record_parse_time("2026-01-01"),
		.until = record_parse_time("2026-01-02") };
	struct buf out = BUF_INIT;

	try(h, "ann@example.com", "greylisted", "tempfail", "10:02:00");
	try(h, "bot@example.net", "greylisted", "tempfail", "10:02:10");
	try(h, "ann@example.com", "greylisted", "tempfail", "10:04:00");
	try(h, "Ann@example.com", "greylisted", "taken", "10:09:00");
	try(h, "bob@example.com", "greylisted", "tempfail", "11:00:00");
	try(h, "bob@example.com", "greylisted", "taken", "11:30:00");
	/* Another mail of the same pair, later. */
	try(h, "ann@example.com", "limit-reached", "tempfail", "12:00:00");
	while (feed_batch(f, &h->errmsg) == FEED_MORE)
		;
	assert_true(report_gather(&r, s, NULL, NULL, &h->errmsg));
	assert_int_equal(r.ndeferred, 2);
	assert_string_equal(r.deferred[0].reason, "greylisted");
	assert_int_equal(r.deferred[0].mails, 3);
	assert_int_equal(r.deferred[0].taken, 2);
	assert_int_equal(r.deferred[0].median, 7 * 60000);
	assert_int_equal(r.deferred[0].ninth, 30 * 60000);
	assert_string_equal(r.deferred[1].reason, "limit-reached");
	assert_int_equal(r.deferred[1].taken, 0);
	/* Nothing of it was refused by mistake, or is a refusal in a bar. */
	assert_int_equal(r.lists[REPORT_LATER].n, 0);
	assert_int_equal(r.lists[REPORT_REASONS].sum, 5);
	assert_int_equal(r.bars[11].shades[0], 1);
	report_text(&r, &out);
	assert_non_null(strstr(out.data, "3        2        1  7 min, nine of "
	    "ten 30 min"));
	report_html(&r, &out);
	report_json(&r, &out);
	assert_non_null(strstr(out.data, "\"median-ms\":420000"));
	buf_free(&out);
	report_free(&r);
	feed_free(f);
	store_close(s);
}

static void
test_nothing(void **state)
{
	struct house *h = *state;
	struct store *s = store_open(h->store, true, &h->errmsg);
	struct report r = { .site = "mx.example.org", .since = 0,
		.until = 3LL * 365 * 86400000 };
	struct buf out = BUF_INIT;

	assert_true(report_gather(&r, s, NULL, NULL, &h->errmsg));
	assert_true(r.nbars <= REPORT_BARS_MAX);
	report_html(&r, &out);
	assert_non_null(strstr(out.data, "Nothing was refused"));
	buf_free(&out);
	report_free(&r);
	store_close(s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		HOUSE_TEST(test_report),
		HOUSE_TEST(test_deferred),
		HOUSE_TEST(test_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
