/* records_store_test - from the record file into the store, and what goes */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "records/db.h"
#include "records/feed.h"
#include "records/record_read.h"
#include "records/recorder.h"
#include "records/search.h"
#include "records/store.h"
#include "records/store_damaged.h"
#include "records_house.h"
#include "patience.h"

/* A rotated file rests for as long before it is taken as over. */
#define QUIET_MS 2000

static int64_t
count(struct store *s)
{
	return db_number(store_db(s), "SELECT count(*) FROM record", -1);
}

/* Until nothing is left to do; how often it failed. */
static int
feed_all(struct feed *f)
{
	struct buf errmsg = BUF_INIT;
	enum feed_answer answer;
	int failed = 0, idle = 0;

	while (idle < 3 && failed < 3) {
		answer = feed_batch(f, &errmsg);
		failed += answer == FEED_FAILED;
		idle = answer == FEED_IDLE ? idle + 1 : 0;
	}
	buf_free(&errmsg);
	return failed;
}

static void
test_parsed(void **state)
{
	static const char line[] = "{\"id\":\"7K3M9QXD2H4T\",\"time\":"
	    "\"2026-01-02T03:04:05.678Z\",\"client\":{\"port\":25},"
	    "\"recipients\":[\"a\",\"b\"],\"x\":null}";
	struct parsed_record *t = record_read(line, sizeof line - 1);

	(void)state;
	assert_non_null(t);
	assert_true(parsed_time(t) == 1767323045678LL);
	assert_int_equal(parsed_int(t, "client.port", 0), 25);
	assert_int_equal(parsed_int(t, "client.name", 7), 7);
	assert_null(parsed_text(t, "x"));
	assert_null(parsed_text(t, "no.where"));
	assert_int_equal(parsed_count(t, "recipients"), 2);
	assert_string_equal(parsed_item(t, "recipients", 1), "b");
	assert_null(parsed_item(t, "recipients", 2));
	parsed_free(t);
	assert_null(record_read("[]", 2));
	assert_null(record_read("{\"id\":\"x\",\"time\":\"soon\"}", 24));
	assert_null(record_read(line, 20));
}

static void
test_times(void **state)
{
	static const struct {
		const char *text;
		int64_t ms;
	} rows[] = {
		{ "1970-01-02", 86400000 },
		{ "1970-01-01T00:01", 60000 },
		{ "1970-01-01 00:00:01Z", 1000 },
		{ "1970-01-01T00:00:01.5Z", 1005 },
		{ "yesterday", -1 }, { "", -1 }, { "1970-01-01T", -1 },
		{ "1970-01-01T00:00:01+01:00", -1 },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof rows / sizeof rows[0]; i++)
		assert_true(record_parse_time(rows[i].text) == rows[i].ms);
	assert_true(record_parse_time(NULL) == -1);
}

/* What was read is not read again, also by another one and after a cut. */
static void
test_feed(void **state)
{
	struct house *h = *state;
	struct store *s = store_open(h->store, true, &h->errmsg);
	struct feed *f = feed_new(h->file, s), *second;

	assert_int_equal(feed_all(f), 0);
	assert_int_equal(count(s), 0);
	house_line(h, "AAAAAAAAAAA1", "a@example.org", NULL);
	house_line(h, "AAAAAAAAAAA2", "a@example.org", NULL);
	house_text(h, "{\"id\":\"AAAAAAAA");
	assert_int_equal(feed_all(f), 0);
	assert_int_equal(count(s), 2);
	assert_true(feed_counts(f).behind > 0);
	house_text(h, "\nno record\n\n");
	house_line(h, "AAAAAAAAAAA3", "a@example.org", NULL);
	house_line(h, "AAAAAAAAAAA1", "b@example.org", NULL);
	second = feed_new(h->file, s);
	assert_int_equal(feed_all(second), 0);
	assert_int_equal(feed_counts(second).bad, 2);
	assert_int_equal(feed_all(f), 0);
	assert_int_equal(count(s), 3);
	assert_int_equal(truncate(h->file, 0), 0);
	house_line(h, "AAAAAAAAAAA4", "a@example.org", NULL);
	assert_int_equal(feed_all(f), 0);
	assert_int_equal(count(s), 4);
	feed_free(f);
	feed_free(second);
	store_close(s);
}

/* A rotated file is read to its end first. */
static void
test_rotated(void **state)
{
	struct house *h = *state;
	struct store *s = store_open(h->store, true, &h->errmsg);
	struct feed *f = feed_new(h->file, s);
	char rotated[160];
	int64_t renamed, n;

	snprintf(rotated, sizeof rotated, "%s.1", h->file);
	house_line(h, "AAAAAAAAAAA1", "a@example.org", NULL);
	assert_int_equal(feed_all(f), 0);
	house_line(h, "AAAAAAAAAAA2", "a@example.org", NULL);
	renamed = clock_ms();
	assert_int_equal(rename(h->file, rotated), 0);
	house_line(h, "AAAAAAAAAAA3", "a@example.org", NULL);
	assert_int_equal(feed_all(f), 0);
	n = count(s);
	assert_true(n == 2 || clock_ms() - renamed > QUIET_MS);
	sleep(4);		/* somebody might still write to the old one */
	assert_int_equal(feed_all(f), 0);
	assert_int_equal(count(s), 3);
	feed_free(f);
	f = feed_new(h->file, s);
	house_line(h, "AAAAAAAAAAA4", "a@example.org", NULL);
	assert_int_equal(feed_all(f), 0);
	assert_int_equal(count(s), 4);
	assert_int_equal(feed_counts(f).taken, 1);
	feed_free(f);
	store_close(s);
}

/* A disk was full: the last line of a rotated file has no end. */
static void
test_rotated_torn(void **state)
{
	struct house *h = *state;
	struct store *s = store_open(h->store, true, &h->errmsg);
	struct feed *f = feed_new(h->file, s);
	char rotated[160];
	int64_t renamed, n;

	snprintf(rotated, sizeof rotated, "%s.1", h->file);
	house_line(h, "AAAAAAAAAAA1", "a@example.org", NULL);
	house_text(h, "{\"id\":\"AAAAAAAA");
	renamed = clock_ms();
	assert_int_equal(rename(h->file, rotated), 0);
	house_line(h, "AAAAAAAAAAA2", "a@example.org", NULL);
	assert_int_equal(feed_all(f), 0);
	n = count(s);
	assert_true((n == 1 && feed_counts(f).bad == 0) ||
	    clock_ms() - renamed > QUIET_MS);
	sleep(4);		/* somebody might still end the line */
	assert_int_equal(feed_all(f), 0);
	assert_int_equal(count(s), 2);
	assert_int_equal(feed_counts(f).bad, 1);
	feed_free(f);
	store_close(s);
}

static void
test_expire(void **state)
{
	struct house *h = *state;
	struct store *s = store_open(h->store, true, &h->errmsg);
	struct feed *f = feed_new(h->file, s);
	char id[24];
	int i;

	for (i = 0; i < 1200; i++) {
		snprintf(id, sizeof id, "AAAAAAAA%04d", i % 10000);
		house_line(h, id, "a@example.org", i < 700 ?
		    "2020-01-01T00:00:00.000Z" : NULL);
	}
	assert_int_equal(feed_all(f), 0);
	assert_int_equal(store_expire(s, 1600000000000LL, 0), STORE_SLICE);
	assert_int_equal(store_expire(s, 1600000000000LL, 0), 200);
	assert_int_equal(store_expire(s, 1600000000000LL, 0), 0);
	assert_int_equal(count(s), 500);
	assert_int_equal(db_number(store_db(s),
	    "SELECT count(*) FROM recipient", -1), 500);
	assert_int_equal(db_number(store_db(s),
	    "SELECT count(*) FROM line", -1), 500);
	if (store_has_words(s))
		assert_int_equal(db_number(store_db(s), "SELECT count(*) "
		    "FROM words WHERE words MATCH 'relay'", -1), 500);
	assert_int_equal(store_expire(s, 0, 4096), STORE_SLICE);
	assert_int_equal(count(s), 0);
	feed_free(f);
	store_close(s);
}

static void
test_versions(void **state)
{
	struct house *h = *state;
	struct store *s;
	struct feed *f;

	assert_null(store_open(h->store, false, &h->errmsg));
	s = store_open(h->store, true, &h->errmsg);
	f = feed_new(h->file, s);
	house_line(h, "AAAAAAAAAAA1", "a@example.org", NULL);
	assert_int_equal(feed_all(f), 0);
	feed_free(f);
	/* As the first version left it. */
	assert_true(db_run(store_db(s), "DROP TABLE IF EXISTS words;"
	    "DROP INDEX record_reason;"
	    "CREATE INDEX IF NOT EXISTS record_client ON record (client);"
	    "DROP TABLE policy; DROP TABLE gram;"
	    "ALTER TABLE record DROP COLUMN later;"
	    "ALTER TABLE record DROP COLUMN host; PRAGMA user_version = 1"));
	store_close(s);
	assert_null(store_open(h->store, false, &h->errmsg));
	assert_non_null(strstr(h->errmsg.data, "older saywhy"));
	s = store_open(h->store, true, &h->errmsg);
	assert_int_equal(db_number(store_db(s), "PRAGMA user_version", 0), 6);
	assert_int_equal(search_count(s, &(struct search){ .sender =
	    "a@example.org" }, &h->errmsg), 1);
	if (store_has_words(s)) {
		assert_int_equal(db_number(store_db(s), "SELECT count(*) "
		    "FROM sqlite_master WHERE name = 'record_client'", -1), 0);
		assert_int_equal(db_number(store_db(s), "SELECT v FROM "
		    "words_config WHERE k = 'automerge'", -1), 16);
	}
	assert_true(db_run(store_db(s), "SELECT later FROM record"));
	assert_int_equal(db_number(store_db(s), "SELECT count(*) FROM record "
	    "JOIN line USING (n) WHERE host = json_extract(json, '$.host')",
	    -1), 1);
	assert_true(db_run(store_db(s), "PRAGMA user_version = 99"));
	store_close(s);
	buf_clear(&h->errmsg);
	assert_null(store_open(h->store, true, &h->errmsg));
	assert_non_null(strstr(h->errmsg.data, "newer saywhy"));
}

static void
test_get(void **state)
{
	struct house *h = *state;
	struct store *s = store_open(h->store, true, &h->errmsg), *reader;
	struct feed *f = feed_new(h->file, s);
	struct buf line = BUF_INIT;

	house_line(h, "AAAAAAAAAAA1", "a@example.org", NULL);
	assert_int_equal(feed_all(f), 0);
	feed_free(f);
	store_close(s);
	reader = store_open(h->store, false, &h->errmsg);
	assert_non_null(reader);
	assert_true(store_get(reader, "AAAAAAAAAAA1", &line));
	assert_non_null(strstr(line.data, "\"id\":\"AAAAAAAAAAA1\""));
	assert_false(store_get(reader, "' OR 1 --", &line));
	assert_false(db_run(store_db(reader), "DELETE FROM record"));
	buf_free(&line);
	store_close(reader);
}

/* Until the thread has taken in so many, or fails, as it shall. */
static bool
comes_to(struct recorder *r, uint64_t taken, bool failing)
{
	int64_t until = patience();
	struct feeder_health health;

	while (clock_left(until) > 0) {
		health = recorder_counts(r).store;
		if (health.taken == taken && health.failing == failing)
			return true;
		usleep(50000);
	}
	return false;
}

/* The thread: what was there before the start, and what comes after it. */
static void
test_feeder(void **state)
{
	struct house *h = *state;
	struct record_options opt = { .file = h->file, .store = h->store,
		.retention = 3600000 };
	struct recorder *r;
	struct store *s;

	house_line(h, "AAAAAAAAAAA1", "a@example.org", NULL);
	house_line(h, "AAAAAAAAAAA0", "a@example.org",
	    "2020-01-01T00:00:00.000Z");
	r = recorder_new(&opt);
	assert_true(comes_to(r, 1, false));
	house_line(h, "AAAAAAAAAAA2", "a@example.org", NULL);
	assert_true(comes_to(r, 2, false));
	assert_true(recorder_counts(r).store.on);
	house_line(h, "AAAAAAAAAAA3", "a@example.org", NULL);
	recorder_free(r);
	s = store_open(h->store, false, &h->errmsg);
	assert_int_equal(count(s), 3);
	store_close(s);
}

/* A store that cannot be written to stops nothing, and is caught up. */
static void
test_feeder_failing(void **state)
{
	struct house *h = *state;
	struct record_options opt = { .file = h->file,
		.store = (char *)(uintptr_t)"/dev/full/store.db",
		.retention = 3600000 };
	struct recorder *r = recorder_new(&opt);

	house_line(h, "AAAAAAAAAAA1", "a@example.org", NULL);
	assert_true(comes_to(r, 0, true));
	opt.store = h->store;
	recorder_apply(r, &opt);
	assert_true(comes_to(r, 1, false));
	recorder_free(r);
}

/* From `from` to `to` bytes of the store become garbage; `to` 0: its end. */
static void
damage(const struct house *h, size_t from, size_t to, bool cut)
{
	struct buf wal = BUF_INIT;
	struct stat st;
	FILE *f;

	assert_int_equal(stat(h->store, &st), 0);
	f = fopen(h->store, "r+");
	assert_non_null(f);
	fseek(f, (long)from, SEEK_SET);
	for (; from < (to != 0 ? to : (size_t)st.st_size); from++)
		putc("garbage"[from % 7], f);
	fclose(f);
	if (cut)
		assert_int_equal(truncate(h->store, (off_t)from), 0);
	buf_printf(&wal, "%s-wal", h->store);
	unlink(wal.data);
	buf_free(&wal);
}

static int
rename_damaged(const struct house *h)
{
	char command[200];
	FILE *f;
	int n = 0;

	snprintf(command, sizeof command, "ls %s.damaged-* | grep -vc wal",
	    h->store);
	f = popen(command, "r");
	assert_int_equal(fscanf(f, "%d", &n), 1);
	pclose(f);
	return n;
}

static void
fill(struct house *h, struct record_options *opt, int n)
{
	struct recorder *r;
	char id[24];
	int i;

	for (i = 0; i < n; i++) {
		snprintf(id, sizeof id, "AAAAAAAA%04d", i % 10000);
		house_line(h, id, "a@example.org", NULL);
	}
	r = recorder_new(opt);
	assert_true(comes_to(r, (uint64_t)n, false));
	recorder_free(r);
}

/* A FIFO in its place makes nobody wait, and stays there. */
static void
test_fifo(void **state)
{
	struct house *h = *state;
	int64_t records;

	unlink(h->store);
	assert_int_equal(mkfifo(h->store, 0600), 0);
	alarm(20);
	assert_null(store_open(h->store, false, &h->errmsg));
	assert_null(store_open(h->store, true, &h->errmsg));
	assert_false(store_check(h->store, &records, &h->errmsg));
	assert_non_null(strstr(h->errmsg.data, "is no regular file"));
	alarm(0);
	assert_int_equal(unlink(h->store), 0);
}

/* Whatever was spoiled, nothing of the record file is lost. */
static void
test_damaged(void **state)
{
	static const struct {
		size_t from, to;
		bool cut;
	} rows[] = { { 0, 0, false }, { 0, 4096, false }, { 0, 50, false },
		{ 20, 5000, true }, { 4096, 0, false } };
	struct house *h = *state;
	struct record_options opt = { .file = h->file, .store = h->store,
		.retention = 3600000 };
	struct recorder *r;
	int64_t records;
	size_t i;

	fill(h, &opt, 300);
	for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		assert_true(store_check(h->store, &records, &h->errmsg));
		assert_int_equal(records, 300 + (int)i);
		damage(h, rows[i].from, rows[i].to, rows[i].cut);
		assert_false(store_check(h->store, &records, &h->errmsg));
		house_line(h, (const char *const[]){ "BBBBBBBBBBB1",
		    "BBBBBBBBBBB2", "BBBBBBBBBBB3", "BBBBBBBBBBB4",
		    "BBBBBBBBBBB5" }[i], "b@example.org", NULL);
		r = recorder_new(&opt);
		assert_true(comes_to(r, 301 + i, false));
		recorder_free(r);
		assert_in_range(rename_damaged(h), 1, (int)i + 1);
	}
	store_expire_damaged(h->store, 4102444800000);	/* of 2100 */
}

/* "saywhy store rebuild" beside a daemon: it goes on in the new one. */
static void
test_replaced(void **state)
{
	struct house *h = *state;
	struct record_options opt = { .file = h->file, .store = h->store,
		.retention = 3600000 };
	struct buf to = BUF_INIT;
	struct recorder *r;
	struct store *s;

	house_line(h, "AAAAAAAAAAA1", "a@example.org", NULL);
	r = recorder_new(&opt);
	assert_true(comes_to(r, 1, false));
	assert_true(store_rename_damaged(h->store, &to, &h->errmsg));
	house_line(h, "AAAAAAAAAAA2", "a@example.org", NULL);
	assert_true(comes_to(r, 2, false));
	recorder_free(r);
	s = store_open(h->store, false, &h->errmsg);
	assert_non_null(s);
	assert_int_equal(count(s), 2);
	store_close(s);
	buf_free(&to);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parsed),
		cmocka_unit_test(test_times),
		HOUSE_TEST(test_feed),
		HOUSE_TEST(test_rotated),
		HOUSE_TEST(test_rotated_torn),
		HOUSE_TEST(test_expire),
		HOUSE_TEST(test_versions),
		HOUSE_TEST(test_get),
		HOUSE_TEST(test_feeder),
		HOUSE_TEST(test_feeder_failing),
		HOUSE_TEST(test_fifo),
		HOUSE_TEST(test_damaged),
		HOUSE_TEST(test_replaced),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
