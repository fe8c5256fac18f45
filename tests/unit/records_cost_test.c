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
#include "records/record.h"
#include "records/record_read.h"
#include "records/store_words.h"

#include "cost.h"

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

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_records),
		cmocka_unit_test(test_members),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
