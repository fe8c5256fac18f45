/* records_match_test - which line of a log is which record */

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
#include "base/net.h"
#include "records/db.h"
#include "records/feed.h"
#include "records/match_event.h"
#include "records/record_match.h"
#include "records/store.h"
#include "records_house.h"

#define TIME 1767312000000LL	/* 2026-01-02 00:00 UTC */

static const char line[] = "{\"v\":1,\"time\":\"2026-01-02T00:00:00.500Z\","
    "\"id\":\"0123456789AB\",\"host\":\"mx\",\"issuer\":\"mta\","
    "\"direction\":\"in\",\"outcome\":\"%s\",\"stage\":\"%s\","
    "\"reason\":\"%s\",\"reply\":{\"code\":550,\"status\":\"5.7.1\","
    "\"lines\":[\"Our words.\"]},\"was\":{\"code\":550,\"status\":\"5.7.1\","
    "\"lines\":[\"%s\"]},\"server\":{},"
    "\"client\":{\"address\":\"192.0.2.7\"},\"sender\":\"a@sender.example\","
    "\"recipients\":[\"user@example.org\"],\"queue_id\":\"4XyZ1\","
    "\"mode\":\"enforce\",\"ms\":0.1}\n";

static const struct {
	const char *outcome, *reason, *was;	/* of the record */
	const char *client, *sender, *recipient, *queue_id, *words, *meant;
	int64_t late;
	bool on_hold, greeting, found;
} rows[] = {
	/* the same in all */
	{ "reject", "rcpt-denied", "<user@example.org>: Recipient address "
	    "rejected: No", "192.0.2.7", "a@sender.example",
	    "user@example.org", "4XyZ1", "<user@example.org>: Recipient "
	    "address rejected: No", "rcpt-denied", 0, false, false, true },
	/* what is not given does not matter */
	{ "reject", "rcpt-denied", "No", "192.0.2.7", NULL, NULL, NULL, "No",
	    NULL, 0, false, false, true },
	/* the log has lost the front, or the end */
	{ "reject", "bare-newline", "mx Error: bare <LF> received",
	    "192.0.2.7", NULL, NULL, NULL, "bare <LF> received", NULL, 0,
	    false, false, true },
	{ "reject", "x", "No mail for you, never", "192.0.2.7", NULL, NULL,
	    NULL, "No mail for you", NULL, 0, false, false, true },
	/* bytes that a log does not show, and addresses that were hidden */
	{ "reject", "x", "No <*@example.org> here\\t!", "192.0.2.7", NULL,
	    NULL, NULL, "No <user@example.org> here?!", NULL, 0, false, false,
	    true },
	/* another client, sender, recipient, message, time, other words */
	{ "reject", "x", "No", "192.0.2.8", NULL, NULL, NULL, "No", NULL, 0,
	    false, false, false },
	{ "reject", "x", "No", "192.0.2.7", "b@other.example", NULL, NULL,
	    "No", NULL, 0, false, false, false },
	{ "reject", "x", "No", "192.0.2.7", NULL, "other@example.com", NULL,
	    "No", NULL, 0, false, false, false },
	{ "reject", "x", "No", "192.0.2.7", NULL, NULL, "4XyZ2", "No", NULL, 0,
	    false, false, false },
	{ "reject", "x", "No", "192.0.2.7", NULL, NULL, NULL, "No", NULL, 9000,
	    false, false, false },
	{ "reject", "x", "No", "192.0.2.7", NULL, NULL, NULL, "Yes", NULL, 0,
	    false, false, false },
	/* a line that quotes no reply */
	{ "reject", "auth-failed", "x", "192.0.2.7", NULL, NULL, NULL, NULL,
	    "auth-failed", 0, false, false, true },
	{ "reject", "policy-reject", "x", "192.0.2.7", NULL, NULL, NULL, NULL,
	    "policy-reject", 0, false, false, true },
	{ "tempfail", "x", "454 Temporary authentication failure",
	    "192.0.2.7", NULL, NULL, NULL, NULL, "auth-failed", 0, false,
	    false, true },
	{ "reject", "x", "too many messages", "192.0.2.7", NULL, NULL, NULL,
	    NULL, "too-many-connections", 0, false, false, false },
	/* a message on hold is what we held, and nothing else */
	{ "quarantine", "x", "x", "192.0.2.7", NULL, NULL, "4XyZ1", NULL, "x",
	    0, true, false, true },
	{ "reject", "x", "x", "192.0.2.7", NULL, NULL, NULL, NULL, "x", 0,
	    true, false, false },
	/* a filter refuses the connection */
	{ "reject", "x", "mx ESMTP not accepting connections", "192.0.2.7",
	    NULL, NULL, NULL, "Command rejected", NULL, 0, false, true, true },
	{ "reject", "x", "Command rejected", "192.0.2.7", NULL, NULL, NULL,
	    "Command rejected", NULL, 0, false, true, false },
	/* the same words at RCPT are of another reply */
	{ "reject", "x", "Service unavailable", "192.0.2.7", NULL, NULL, NULL,
	    "Service unavailable", NULL, 0, false, true, false },
};

static void
feed_text(struct house *h, const char *text)
{
	struct store *s = store_open(h->store, true, &h->errmsg);
	struct feed *f;

	assert_non_null(s);
	house_text(h, text);
	f = feed_new(h->file, s);
	while (feed_batch(f, &h->errmsg) == FEED_MORE)
		;
	feed_free(f);
	store_close(s);
}

static void
keep(struct house *h, size_t i)
{
	char text[1024];

	snprintf(text, sizeof text, line, rows[i].outcome,
	    rows[i].greeting && rows[i].found ? "connect" : "rcpt",
	    rows[i].reason, rows[i].was);
	feed_text(h, text);
}

static void
test_rows(void **state)
{
	struct house *h;
	struct record_matcher *m;
	struct match_event e;
	struct ip ip;
	size_t i;

	for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		house_open(state);
		h = *state;
		keep(h, i);
		assert_true(ip_parse(rows[i].client, &ip));
		e = (struct match_event){ .id = "BA9876543210",
			.time = TIME + rows[i].late, .client = &ip,
			.sender = rows[i].sender,
			.recipient = rows[i].recipient,
			.queue_id = rows[i].queue_id, .words = rows[i].words,
			.reason = rows[i].meant, .stage = "rcpt",
			.on_hold = rows[i].on_hold,
			.greeting = rows[i].greeting };
		m = record_match_open(h->store, NULL);
		if (record_match_find(m, &e) != rows[i].found)
			fail_msg("row %zu", i);
		e.stage = "mail";
		if (rows[i].words == NULL && !rows[i].on_hold &&
		    strcmp(rows[i].was, "x") == 0)
			assert_false(record_match_find(m, &e));
		/* each once */
		assert_false(record_match_find(m, &e));
		record_match_close(m);
		house_close(state);
	}
}

/* Where the store is on a server the file is enough, though that is away. */
static void
test_server_away(void **state)
{
	static const char away[] = "postgresql:///x?host=/nonexistent";
	struct match_event e = { .id = "BA9876543210", .words = "No" };
	struct record_matcher *m;
	time_t now = time(NULL);
	char text[1024], *at;
	struct house *h;
	struct tm tm;
	struct ip ip;

	house_open(state);
	h = *state;
	assert_true(ip_parse("192.0.2.7", &ip));
	e.client = &ip;
	e.time = (int64_t)now * 1000;
	m = record_match_open(away, h->file);
	assert_false(record_match_find(m, &e));
	snprintf(text, sizeof text, line, "reject", "rcpt", "rcpt-denied",
	    "No");
	gmtime_r(&now, &tm);
	at = strstr(text, "2026-");
	assert_non_null(at);
	strftime(at, 20, "%Y-%m-%dT%H:%M:%S", &tm);
	at[19] = '.';
	house_text(h, text);
	record_match_came(m, "a@sender.example", "user@example.org", e.time);
	assert_true(record_match_has(m, "0123456789AB"));
	assert_true(record_match_find(m, &e));
	assert_false(record_match_find(m, &e));
	record_match_close(m);
	house_close(state);
}

/* Two filters refuse a connection, one for the moment and one with 421; and two
   messages get the same words, of one of which no sender is told. */
static const struct pair {
	const char *stage, *sender, *was;
	int code;
	struct match_event event;
} pairs[][2] = {
	{ { "mail", "\"a@sender.example\"",
	    "Service unavailable - try again later", 451,
	    { .sender = "a@sender.example", .code = 451, .stage = "mail",
	    .words = "Service unavailable - try again later" } },
	  { "connect", "null",
	    "mx.example.org Service unavailable - try again later", 421,
	    { .code = 421, .stage = "connect", .words = "Too busy",
	    .greeting = true } } },
	{ { "rcpt", "null", "Not now", 450,
	    { .sender = "a@sender.example", .code = 450, .stage = "rcpt",
	    .words = "Not now" } },
	  { "rcpt", "\"b@sender.example\"", "Not now", 450,
	    { .sender = "b@sender.example", .code = 450, .stage = "rcpt",
	    .words = "Not now" } } },
};

static void
keep_pair(struct house *h, const struct pair *both, bool second_first)
{
	struct buf text = BUF_INIT;
	const struct pair *p;
	size_t i;

	for (i = 0; i < 2; i++) {
		p = &both[second_first ? 1 - i : i];
		buf_printf(&text, "{\"v\":1,"
		    "\"time\":\"2026-01-02T00:00:00.%zu00Z\","
		    "\"id\":\"0123456789A%zu\",\"host\":\"mx\","
		    "\"issuer\":\"mta\",\"direction\":\"in\","
		    "\"outcome\":\"tempfail\",\"stage\":\"%s\","
		    "\"reason\":\"x\",\"reply\":{\"code\":%d,"
		    "\"status\":\"4.3.0\",\"lines\":[\"Ours.\"]},"
		    "\"was\":{\"code\":%d,\"status\":\"\",\"lines\":"
		    "[\"%s\"]},\"server\":{},\"client\":"
		    "{\"address\":\"192.0.2.7\"},\"sender\":%s,"
		    "\"recipients\":[],\"queue_id\":null,"
		    "\"mode\":\"enforce\",\"ms\":0.1}\n", 1 + 4 * i, i,
		    p->stage, p->code, p->code, p->was, p->sender);
	}
	feed_text(h, text.data);
	buf_free(&text);
}

/* Whatever was recorded first, and whatever of it is read first in the log,
   each event is the record of its own. */
static void
test_pairs(void **state)
{
	struct record_matcher *m;
	struct match_event e;
	struct house *h;
	struct ip ip;
	size_t i, k, order;

	assert_true(ip_parse("192.0.2.7", &ip));
	for (i = 0; i < 4 * sizeof pairs / sizeof pairs[0]; i++) {
		house_open(state);
		h = *state;
		order = i % 4;
		keep_pair(h, pairs[i / 4], order / 2);
		m = record_match_open(h->store, NULL);
		for (k = 0; k < 2; k++) {
			e = pairs[i / 4][order % 2 == 0 ? k : 1 - k].event;
			e.id = "BA9876543210";
			e.time = TIME;
			e.client = &ip;
			if (!record_match_find(m, &e))
				fail_msg("pair %zu, order %zu: event %zu",
				    i / 4, order, k);
		}
		record_match_close(m);
		house_close(state);
	}
}

/* A mail that was taken: its refusal, and no other, is told to be over. */
static void
test_came(void **state)
{
	struct house *h = *state;
	struct store *s = store_open(h->store, true, &h->errmsg);
	struct feed *f = feed_new(h->file, s);
	struct record_matcher *m;
	int64_t time = TIME + 60000;

	house_line(h, "AAAAAAAAAAA1", "Ann@example.org",
	    "2026-01-02T00:00:00.000Z");
	house_line(h, "AAAAAAAAAAA2", "bob@example.org",
	    "2026-01-02T00:00:00.000Z");
	while (feed_batch(f, &h->errmsg) == FEED_MORE)
		;
	m = record_match_open(h->store, h->file);
	record_match_came(m, "joe@example.org", "rita@example.com", time);
	record_match_came(m, "ann@example.org", "bob@example.com", time);
	assert_int_equal(db_number(store_db(s), "SELECT count(*) FROM record "
	    "WHERE later IS NOT NULL", -1), 0);
	record_match_came(m, "ann@Example.org", "rita@example.com", time);
	assert_int_equal(db_number(store_db(s), "SELECT count(*) FROM record "
	    "WHERE later IS NOT NULL AND id = 'AAAAAAAAAAA1'", -1), 1);
	record_match_close(m);
	feed_free(f);
	store_close(s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_pairs),
		cmocka_unit_test(test_server_away),
		HOUSE_TEST(test_came),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
