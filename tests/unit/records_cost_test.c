/*
 * records_cost_test - records are read, found and kept in time that grows with
 * them
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/net.h"
#include "records/feed.h"
#include "records/match_event.h"
#include "records/record.h"
#include "records/record_match.h"
#include "records/record_read.h"
#include "records/store.h"
#include "records/store_words.h"

#include "cost.h"
#include "records_house.h"

static void
no_text(void *arg, const char *key, const char *value)
{
	(void)arg;
	(void)key;
	(void)value;
}

/* As the store takes it in. */
static void
read_record(const char *text, size_t n)
{
	struct parsed_record *t = record_read(text, n);
	struct buf words = BUF_INIT;
	size_t i;

	if (t == NULL)
		return;
	for (i = 0; i < parsed_count(t, "recipients") && i < 100; i++)
		parsed_item(t, "recipients", i);
	parsed_each(t, "evidence", no_text, NULL);
	store_words_put(&words, t, text, n);
	buf_free(&words);
	parsed_free(t);
}

static void
read_search(const char *text, size_t n)
{
	struct buf query = BUF_INIT;
	bool exact;

	(void)n;
	store_words_query(&query, text, &exact);
	buf_free(&query);
}

static void
read_id(const char *text, size_t n)
{
	char id[RECORD_ID_TEXT];

	record_id_find(text, n, id);
	record_id_read(text, n, id);
}

#define RECORD "{\"v\":1,\"time\":\"2026-11-27T10:00:00.000Z\",\"id\":" \
	"\"7K3M9QXD2H4T\",\"reason\":\"spf-fail\",\"outcome\":\"reject\","

static const struct cost_shape shapes[] = {
	{ "recipients", read_record, RECORD "\"recipients\":[\"a@b\"",
	    ",\"a@b.example\"", "]}", 50000 },
	{ "lines of a reply", read_record, RECORD "\"reply\":{\"code\":550,"
	    "\"lines\":[\"x\"", ",\"a b c\"", "]}}", 50000 },
	{ "evidence", read_record, RECORD "\"evidence\":{\"a\":\"b\"",
	    ",\"a\":\"b\"", "}}", 50000 },
	{ "other findings", read_record, RECORD "\"also\":[{}",
	    ",{\"reason\":\"x\"}", "]}", 50000 },
	{ "a long value", read_record, RECORD "\"sender\":\"", "a.b@", "\"}",
	    50000 },
	{ "escapes", read_record, RECORD "\"helo\":\"", "\\u00e9\\n", "\"}",
	    50000 },
	{ "brackets", read_record, RECORD "\"also\":", "[", "", 50000 },
	{ "words", read_search, "", "a ", "", 50000 },
	{ "quotes", read_search, "", "\"", "", 50000 },
	{ "stars", read_search, "", "a* -", "", 50000 },
	{ "one word", read_search, "", "a", "", 50000 },
	{ "ids", read_id, "", "7K3M-9QXD-2H4T-", "", 50000 },
	{ "half ids", read_id, "", "7K3M9QXD2H4 ", "", 50000 },
	{ "links", read_id, "", "/why/", "", 50000 },
	{ "letters", read_id, "", "7", "", 50000 },
	{ "hyphens", read_id, "", "-", "", 50000 },
};

static void
test_records(void **state)
{
	(void)state;
	cost_check(shapes, sizeof shapes / sizeof shapes[0]);
}

/* Each member of an object another one. */
static void
read_members(const void *arg, size_t size)
{
	struct buf text = BUF_INIT;
	size_t i;

	(void)arg;
	buf_puts(&text, RECORD "\"evidence\":{\"a\":\"b\"");
	for (i = 0; text.len < size; i++)
		buf_printf(&text, ",\"k%zu\":\"v\"", i);
	buf_puts(&text, "}}");
	read_record(text.data, text.len);
	buf_free(&text);
}

static void
test_members(void **state)
{
	int64_t took[2];

	(void)state;
	if (!cost_is_linear(read_members, NULL, 50000, 10, took))
		cost_fail("members", took);
}

/*
 * A client is refused `records` times in four seconds, and a log tells `events`
 * of it, in words of one kind for each of `kinds`.
 */
static const struct burst {
	const char *name;
	size_t records, events;	/* for each 100 of the size */
	unsigned kinds;
	const char *words;	/* of the events */
	size_t found;
} bursts[] = {
	{ "like ones", 100, 100, 1, "No", 100 },
	{ "of ten kinds", 100, 100, 10, "No", 100 },
	{ "half of them recorded", 50, 100, 1, "No", 50 },
	{ "one in ten recorded", 10, 100, 1, "No", 10 },
	{ "none of them recorded", 100, 100, 1, "Yes", 0 },
};

#define BURST_TIME 1767312000000LL	/* 2026-01-02 00:00 UTC */
#define BURST_SIZE 500

struct burst_house {
	const struct burst *burst;
	struct house *of[2];		/* of the size, and ten times as many */
};

static void
keep_burst(struct house *h, const struct burst *b, size_t size)
{
	size_t i, n = size * b->records / 100;
	struct buf text = BUF_INIT;
	struct store *s = store_open(h->store, true, &h->errmsg);
	struct feed *f;

	for (i = 0; i < n; i++)
		buf_printf(&text, "{\"v\":1,\"time\":\"2026-01-02T00:00:0%zu."
		    "%03zuZ\",\"id\":\"%012zu\",\"host\":\"mx\",\"issuer\":"
		    "\"mta\",\"direction\":\"in\",\"outcome\":\"reject\","
		    "\"stage\":\"rcpt\",\"reason\":\"x\",\"reply\":{\"code\":"
		    "550,\"lines\":[\"No %zu\"]},\"client\":{\"address\":"
		    "\"192.0.2.7\"}}\n", i * 4 / n, i * 4000 / n % 1000, i,
		    i % b->kinds);
	assert_non_null(s);
	house_text(h, text.data);
	f = feed_new(h->file, s);
	while (feed_batch(f, &h->errmsg) == FEED_MORE)
		;
	feed_free(f);
	store_close(s);
	buf_free(&text);
}

static void
match_burst(const void *arg, size_t size)
{
	const struct burst_house *both = arg;
	const struct burst *b = both->burst;
	size_t i, n = size * b->events / 100, found = 0;
	struct record_matcher *m = record_match_open(
	    both->of[size > BURST_SIZE]->store, NULL);
	char words[32];
	struct ip ip;

	assert_true(ip_parse("192.0.2.7", &ip));
	for (i = 0; i < n; i++) {
		snprintf(words, sizeof words, "%s %u", b->words,
		    (unsigned)i % b->kinds);
		found += record_match_find(m, &(struct match_event){
			.id = "BA9876543210", .client = &ip, .words = words,
			.time = BURST_TIME + (int64_t)(i * 4 / n) * 1000,
			.code = 550, .stage = "rcpt" });
	}
	record_match_close(m);
	if (found != size * b->found / 100)
		fail_msg("%s: %zu of %zu found", b->name, found, n);
}

static void
test_bursts(void **state)
{
	struct burst_house both;
	int64_t took[2];
	size_t i, k;

	for (i = 0; i < sizeof bursts / sizeof bursts[0]; i++) {
		both.burst = &bursts[i];
		for (k = 0; k < 2; k++) {
			house_open(state);
			both.of[k] = *state;
			keep_burst(both.of[k], both.burst, k == 0 ?
			    BURST_SIZE : 10 * BURST_SIZE);
		}
		if (!cost_is_linear(match_burst, &both, BURST_SIZE, 10, took))
			cost_fail(both.burst->name, took);
		for (k = 0; k < 2; k++) {
			*state = both.of[k];
			house_close(state);
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_records),
		cmocka_unit_test(test_members),
		cmocka_unit_test(test_bursts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
