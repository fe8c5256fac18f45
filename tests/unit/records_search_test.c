/* records_search_test - finding records, and taking a person out of them */

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "base/buf.h"
#include "records/db.h"
#include "records/feed.h"
#include "records/forget.h"
#include "records/forget_line.h"
#include "records/record.h"
#include "records/record_read.h"
#include "records/search.h"
#include "records/store.h"
#include "records_house.h"

static struct store *
filled(struct house *h)
{
	struct store *s = store_open(h->store, true, &h->errmsg);
	struct feed *f = feed_new(h->file, s);

	house_line(h, "AAAAAAAAAAA1", "Ann@Example.org",
	    "2026-01-01T00:00:00.000Z");
	house_line(h, "AAAAAAAAAAA2", "joann@example.org",
	    "2026-01-02T00:00:00.000Z");
	house_line(h, "AAAAAAAAAAA3", "", "2026-01-03T00:00:00.000Z");
	while (feed_batch(f, &h->errmsg) == FEED_MORE)
		;
	feed_free(f);
	return s;
}

static void
note_id(void *arg, const char *line, size_t n)
{
	struct parsed_record *t = record_read(line, n);

	assert_non_null(t);
	buf_putc(arg, parsed_text(t, "id")[11]);
	parsed_free(t);
}

static void
test_search(void **state)
{
	static const struct {
		struct search what;
		const char *found;	/* last letters of ids, in turn */
	} rows[] = {
		{ { .max = 0 }, "321" },
		{ { .max = 2 }, "32" },
		{ { .max = 2, .skip = 2 }, "1" },
		{ { .client = "192.0.2.7" }, "321" },
		{ { .client = "192.0.2.0/24" }, "321" },
		{ { .client = "::ffff:192.0.2.7" }, "321" },
		{ { .client = "192.0.2.8/29" }, "" },
		{ { .client = "2001:db8::/32" }, "" },
		{ { .client = "some.name" }, "" },
		{ { .sender = "ann@example.ORG" }, "1" },
		{ { .sender = "" }, "3" },
		{ { .recipient = "rita@example.com" }, "321" },
		{ { .recipient = "x' OR '1'='1" }, "" },
		{ { .domain = "example.org" }, "21" },
		{ { .domain = "example.com" }, "321" },
		{ { .reason = "relay-denied", .outcome = "reject",
		    .issuer = "saywhy" }, "321" },
		{ { .reason = "none" }, "" },
		{ { .text = "RELAYING FOR JO" }, "2" },
		{ { .text = "100%" }, "" },
		{ { .since = 1767312000000 }, "32" },
		{ { .since = 1767312000000, .until = 1767398400000 }, "2" },
	};
	struct house *h = *state;
	struct store *s = filled(h);
	struct buf ids = BUF_INIT;
	size_t i;

	for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		buf_clear(&ids);
		assert_true(search_each(s, &rows[i].what, note_id, &ids,
		    &h->errmsg));
		assert_string_equal(ids.data, rows[i].found);
		if (rows[i].what.max == 0)
			assert_int_equal(search_count(s, &rows[i].what,
			    &h->errmsg), ids.len);
	}
	buf_free(&ids);
	store_close(s);
}

static void
test_ids(void **state)
{
	static const struct {
		const char *text, *id;
	} rows[] = {
		{ "7K3M9QXD2H4T", "7K3M9QXD2H4T" },
		{ "7k3m-9qxd 2h4t", "7K3M9QXD2H4T" },
		{ "oOiIlL000000", "001111000000" },
		{ "7K3M9QXD2H4", NULL }, { "7K3M9QXD2H4TT", NULL },
		{ "7k3m-9qxd-2h4t-ol", "7K3M9QXD2H4T01" },
		{ "7K3M9QXD2H4T012", NULL },
		{ "7K3M9QXD2H4U", NULL }, { "", NULL },
		{ "7K3M9QXD2H4/", NULL },
	};
	char id[RECORD_ID_TEXT];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		bool good = record_id_read(rows[i].text,
		    strlen(rows[i].text), id);

		assert_int_equal(good, rows[i].id != NULL);
		if (good)
			assert_string_equal(id, rows[i].id);
	}
}

static void
test_forget_in_line(void **state)
{
	static const struct {
		const char *line, *person, *left;	/* NULL: as it was */
	} rows[] = {
		{ "\"ann@x.org\"", "ann@x.org", "\"@x.org\"" },
		{ "\"Ann@X.org\"", "ann@x.org", "\"@X.org\"" },
		{ "for <ann@x.org>, ann@x.org.", "ann@x.org",
		    "for <@x.org>, @x.org." },
		{ "a\\nann@x.org", "ann@x.org", "a\\n@x.org" },
		{ "joann@x.org jo.ann@x.org", "ann@x.org", NULL },
		{ "ann@x.org.uk ann@x.orgs", "ann@x.org", NULL },
		{ "\"login\":\"ann\"", "ann", "\"login\":\"\"" },
		{ "\"login\":\"login\"", "login", "\"login\":\"\"" },
		{ "\"helo\":\"annex ann\"", "ann", NULL },
		{ "\"\\\"a b\\\"@x.org\"", "\"a b\"@x.org", "\"@x.org\"" },
	};
	struct buf out = BUF_INIT;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		buf_clear(&out);
		assert_int_equal(forget_in_line(&out, rows[i].line,
		    strlen(rows[i].line), rows[i].person),
		    rows[i].left != NULL);
		assert_string_equal(out.data, rows[i].left != NULL ?
		    rows[i].left : rows[i].line);
	}
	buf_free(&out);
}

static bool
holds(const char *path, const char *text)
{
	struct buf all = BUF_INIT;
	FILE *f = fopen(path, "r");
	char part[4096];
	size_t n;
	bool found;

	assert_non_null(f);
	while ((n = fread(part, 1, sizeof part, f)) > 0)
		buf_put(&all, part, n);
	fclose(f);
	found = memmem(all.data, all.len, text, strlen(text)) != NULL;
	buf_free(&all);
	return found;
}

/* Records of another host, in files and store, keep the person. */
static void
test_forget_at_one_host(void **state)
{
	const struct forget elsewhere = { "ann@example.org", "mx2" },
	    here = { "ann@example.org", "mx.example.org" };
	struct house *h = *state;
	struct store *s = filled(h);
	struct forgotten f = { .records = 0 };
	const struct search her = { .sender = "ann@example.org" };
	const struct search theirs = { .recipient = "rita@example.com" };

	assert_true(forget_in_files(h->file, &elsewhere, &f, &h->errmsg));
	assert_true(forget_in_store(s, &elsewhere, &f, &h->errmsg));
	assert_true(forget_in_store(s, &(struct forget){ "rita@example.com",
	    "mx2" }, &f, &h->errmsg));
	assert_int_equal(f.lines + f.records, 0);
	assert_true(holds(h->file, "Ann@"));
	assert_int_equal(search_count(s, &her, &h->errmsg), 1);
	assert_int_equal(search_count(s, &theirs, &h->errmsg), 3);
	house_text(h, "{\"torn\":\"ann@example.org\n");
	assert_true(forget_in_files(h->file, &here, &f, &h->errmsg));
	assert_true(forget_in_store(s, &here, &f, &h->errmsg));
	assert_true(forget_in_store(s, &(struct forget){ "rita@example.com",
	    "mx.example.org" }, &f, &h->errmsg));
	assert_int_equal(f.lines, 2);
	assert_int_equal(f.records, 4);
	assert_false(holds(h->file, "Ann@"));
	assert_false(holds(h->file, "\"ann@"));
	assert_int_equal(search_count(s, &her, &h->errmsg), 0);
	assert_int_equal(search_count(s, &theirs, &h->errmsg), 0);
	store_close(s);
}

/* Not in the rows, not in the bytes of any file; the feed goes on. */
static void
test_forget(void **state)
{
	struct house *h = *state;
	struct store *s = filled(h);
	struct forgotten f = { .records = 0 };
	const struct forget what = { .person = "ann@example.org" };
	struct feed *feed = feed_new(h->file, s);
	const struct search her = { .sender = "ann@example.org" };
	const struct timespec old[2] = { { .tv_sec = 1000000000 },
		{ .tv_sec = 1000000000 } };
	struct stat st;
	char wal[160];

	assert_true(holds(h->file, "Ann@"));
	assert_int_equal(utimensat(AT_FDCWD, h->file, old, 0), 0);
	assert_true(forget_in_files(h->file, &what, &f, &h->errmsg));
	assert_int_equal(stat(h->file, &st), 0);
	assert_int_equal(st.st_mtim.tv_sec, old[1].tv_sec);
	assert_true(forget_in_store(s, &what, &f, &h->errmsg));
	assert_int_equal(f.lines, 1);
	assert_int_equal(f.records, 1);
	assert_int_equal(search_count(s, &her, &h->errmsg), 0);
	if (store_has_words(s))
		assert_int_equal(db_number(store_db(s), "SELECT count(*) "
		    "FROM words WHERE words MATCH 'ann'", -1), 0);
	house_line(h, "AAAAAAAAAAA4", "bob@example.org", NULL);
	while (feed_batch(feed, &h->errmsg) == FEED_MORE)
		;
	assert_int_equal(feed_counts(feed).bad, 0);
	assert_int_equal(search_count(s, &(struct search){ .max = 0 },
	    &h->errmsg), 4);
	feed_free(feed);
	store_close(s);
	snprintf(wal, sizeof wal, "%s-wal", h->store);
	assert_false(holds(h->file, "Ann@"));
	assert_false(holds(h->store, "Ann@"));
	assert_false(holds(h->store, " ann@"));
	assert_false(holds(wal, "Ann@"));
	assert_true(holds(h->file, "joann@"));
}

static int64_t
marked(struct store *s)
{
	return db_number(store_db(s),
	    "SELECT count(*) FROM record WHERE later IS NOT NULL", -1);
}

/* Only of the same pair, and only within some days. */
static void
test_came_later(void **state)
{
	struct house *h = *state;
	struct store *s = filled(h);
	const int64_t day = 86400000, refused = 1767225600000LL;

	assert_true(store_came_later(s, "ann@example.org", "x@example.com",
	    refused + day));
	assert_true(store_came_later(s, "bob@example.org",
	    "rita@example.com", refused + day));
	assert_true(store_came_later(s, "ann@example.org",
	    "rita@example.com", refused + 30 * day));
	assert_true(store_came_later(s, "ann@example.org",
	    "rita@example.com", refused - day));
	assert_int_equal(marked(s), 0);
	assert_true(store_came_later(s, "Ann@example.org",
	    "rita@example.com", refused + day));
	assert_int_equal(marked(s), 1);
	store_close(s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		HOUSE_TEST(test_search),
		cmocka_unit_test(test_ids),
		cmocka_unit_test(test_forget_in_line),
		HOUSE_TEST(test_forget_at_one_host),
		HOUSE_TEST(test_forget),
		HOUSE_TEST(test_came_later),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
