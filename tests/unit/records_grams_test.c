/* records_grams_test - a text inside words is looked for where it may be */

#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "records/db.h"
#include "records/feed.h"
#include "records/forget.h"
#include "records/record_read.h"
#include "records/search.h"
#include "records/store.h"
#include "records/store_grams.h"
#include "records_house.h"

#define LONG_AGO "2020-01-01T00:00:00.000Z"
#define REST "9223372036854775807"

/* The same numbers at each run: nobody sets a seed. */
static unsigned
draw(unsigned below)
{
	return (unsigned)lrand48() % below;
}

static void
feed_all(struct house *h, struct store *s)
{
	struct feed *f = feed_new(h->file, s);

	while (feed_batch(f, &h->errmsg) == FEED_MORE)
		;
	assert_string_equal(h->errmsg.data, "");
	feed_free(f);
}

static void
line(struct house *h, int i, const char *sender, const char *time)
{
	char id[16];

	snprintf(id, sizeof id, "AAAAAAA%05d", i % 100000);
	house_line(h, id, sender, time);
}

/* Numbers 1 to `n`; that of `needle` has another sender. */
static struct store *
filled(struct house *h, int n, int needle)
{
	struct store *s = store_open(h->store, true, &h->errmsg);
	int i;

	for (i = 1; i <= n; i++)
		line(h, i, i == needle ? "Needle@example.org" :
		    "a@example.org", NULL);
	feed_all(h, s);
	return s;
}

static int64_t
bitmaps(struct store *s)
{
	return db_number(store_db(s), "SELECT count(*) FROM gram", -1);
}

static void
check_runs(struct store *s, const char *text, const char *wanted)
{
	struct buf runs = BUF_INIT;

	assert_int_equal(store_grams_runs(store_db(s), text, &runs),
	    *wanted != '\0');
	assert_string_equal(runs.data, wanted);
	buf_free(&runs);
}

static int64_t
count(struct house *h, struct store *s, const char *text)
{
	return search_count(s, &(struct search){ .text = text }, &h->errmsg);
}

/* Blocks of 512; the last one is not complete. */
static void
test_runs(void **state)
{
	struct house *h = *state;
	struct store *s = filled(h, 1600, 700);

	assert_int_equal(bitmaps(s), 3);
	check_runs(s, "eedle@EX", "{\"512\":1023,\"1536\":" REST "}");
	check_runs(s, "eedles", "{\"1536\":" REST "}");
	check_runs(s, "elaying for", "");
	check_runs(s, "eed", "");
	assert_int_equal(count(h, s, "eedle@EX"), 1);
	assert_int_equal(count(h, s, "eedles"), 0);
	assert_int_equal(count(h, s, "elaying for"), 1600);
	store_close(s);
}

/* A store of before that is brought up to date has all of them. */
static void
test_older(void **state)
{
	struct house *h = *state;
	struct store *s = filled(h, 1600, 700);

	assert_true(db_run(store_db(s), "DROP TABLE gram;"
	    "PRAGMA user_version = 5"));
	store_close(s);
	s = store_open(h->store, true, &h->errmsg);
	assert_int_equal(bitmaps(s), 3);
	check_runs(s, "eedle@EX", "{\"512\":1023,\"1536\":" REST "}");
	store_close(s);
}

static void
expire_all(struct store *s, int64_t oldest)
{
	while (store_expire(s, oldest, 0) == STORE_SLICE)
		;
}

/* What is gone has none, and a number that is given again is looked at. */
static void
test_removed(void **state)
{
	struct house *h = *state;
	struct store *s = filled(h, 900, 0);
	int i;

	for (i = 901; i <= 1600; i++)
		line(h, i, "a@example.org", LONG_AGO);
	feed_all(h, s);
	assert_int_equal(bitmaps(s), 3);
	expire_all(s, 1600000000000);
	assert_int_equal(bitmaps(s), 1);
	line(h, 1601, "needle@example.org", NULL);
	feed_all(h, s);
	assert_int_equal(db_number(store_db(s), "SELECT max(n) FROM line", 0),
	    901);
	assert_int_equal(count(h, s, "eedle"), 1);
	expire_all(s, 4102444800000);	/* of 2100 */
	assert_int_equal(bitmaps(s), 0);
	line(h, 1602, "needle@example.org", NULL);
	feed_all(h, s);
	assert_int_equal(count(h, s, "eedle"), 1);
	store_close(s);
}

/* Neither in a bitmap nor in its block's last line. */
static void
test_forgotten(void **state)
{
	const struct forget who = { .person = "needle@example.org" };
	struct house *h = *state;
	struct store *s = store_open(h->store, true, &h->errmsg);
	struct forgotten f = { .records = 0 };
	int i;

	for (i = 1; i <= 1600; i++)
		line(h, i, i % 1000 == 70 || i == 511 || i == 1600 ?
		    "needle@example.org" : "a@example.org", NULL);
	feed_all(h, s);
	check_runs(s, "needle@", "{\"0\":511,\"1024\":" REST "}");
	assert_true(forget_in_store(s, &who, &f, &h->errmsg));
	assert_int_equal(f.records, 4);
	assert_int_equal(bitmaps(s), 3);
	check_runs(s, "needle@", "{\"1536\":" REST "}");
	check_runs(s, "a@example.org", "");
	store_close(s);
}

/* As JSON has them: words, escapes, UTF-8, both cases, signs. */
static void
put_value(struct buf *out)
{
	static const char *const parts[] = { "Mail", "spf", "-all", " ", "é",
		"\\u00e9", "\\\"", "\\\\", "\\n", "%", "_", "ÄÖ", ": ", "'",
		"ip4:", "<", "Example", "日本", "\\/", ".*", "4XQ",
		"lazy", "BUZZ" };
	int i;

	for (i = 0; i < 6; i++) {
		buf_puts(out, parts[draw(sizeof parts / sizeof *parts)]);
		if (draw(2) == 0)
			buf_printf(out, "%c%c", 'A' + draw(26),
			    'a' + draw(26));
	}
}

static void
put_record(struct buf *out, int i)
{
	buf_printf(out, "{\"v\":1,\"time\":\"2026-01-01T00:%02d:%02d.000Z\","
	    "\"id\":\"AAAAAAA%05d\",\"issuer\":\"saywhy\",\"outcome\":\"%s\","
	    "\"reason\":\"spf-fail\",\"reply\":{\"code\":550,\"lines\":[\"",
	    i / 60, i % 60, i, draw(3) == 0 ? "tempfail" : "reject");
	put_value(out);
	buf_puts(out, "\"]},\"helo\":\"");
	put_value(out);
	buf_printf(out, "\",\"evidence\":{\"k%u\":\"", draw(50));
	put_value(out);
	buf_puts(out, "\"},\"ms\":0.1}\n");
}

/* Some bytes of a line, wherever they begin, in any case; or nearly so. */
static void
cut(char *text, size_t size, const struct buf *lines)
{
	size_t n = 1 + draw((unsigned)size - 1), i;
	const char *from = lines->data + draw((unsigned)(lines->len - n));

	for (i = 0; i < n && from[i] != '\n'; i++)
		text[i] = draw(2) == 0 ? (char)toupper((unsigned char)from[i])
		    : from[i];
	if (i == 0)
		text[i++] = 'x';
	if (draw(4) == 0)
		text[draw((unsigned)i)] = (char)('a' + draw(26));
	text[i] = '\0';
}

static void
note_id(void *arg, const char *text, size_t n)
{
	struct parsed_record *t = record_read(text, n);

	assert_non_null(t);
	buf_puts(arg, parsed_text(t, "id"));
	parsed_free(t);
}

/* All that is found, and how many. */
static void
ask(struct house *h, struct store *s, const char *text, bool more,
    struct buf *found)
{
	const struct search what = { .text = text,
		.outcome = more ? "reject" : NULL };

	assert_true(search_each(s, &what, note_id, found, &h->errmsg));
	buf_printf(found, " %d", (int)search_count(s, &what, &h->errmsg));
}

#define TEXTS 200

/* The same answers as without any bitmap, where all lines are read. */
static void
test_same(void **state)
{
	struct house *h = *state;
	struct store *s = store_open(h->store, true, &h->errmsg);
	static char texts[TEXTS][24];
	struct buf found[TEXTS], again = BUF_INIT, lines = BUF_INIT;
	int i, some = 0;

	for (i = 0; i < 2100; i++)
		put_record(&lines, i);
	house_text(h, lines.data);
	feed_all(h, s);
	assert_int_equal(bitmaps(s), 4);
	for (i = 0; i < TEXTS; i++) {
		cut(texts[i], sizeof texts[i], &lines);
		found[i] = (struct buf)BUF_INIT;
		ask(h, s, texts[i], i % 2 != 0, &found[i]);
		some += strcmp(found[i].data, " 0") != 0;
	}
	assert_in_range(some, TEXTS / 4, TEXTS - 10);
	assert_true(db_run(store_db(s), "DELETE FROM gram"));
	for (i = 0; i < TEXTS; i++) {
		buf_clear(&again);
		ask(h, s, texts[i], i % 2 != 0, &again);
		assert_string_equal(found[i].data, again.data);
		buf_free(&found[i]);
	}
	buf_free(&again);
	buf_free(&lines);
	store_close(s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		HOUSE_TEST(test_runs),
		HOUSE_TEST(test_older),
		HOUSE_TEST(test_removed),
		HOUSE_TEST(test_forgotten),
		HOUSE_TEST(test_same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
