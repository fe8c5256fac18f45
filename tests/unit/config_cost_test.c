/* config_cost_test - a configuration is read in time that grows with it */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/diag.h"
#include "base/option.h"
#include "base/strset.h"
#include "config/config.h"

#include "cost.h"

struct inner {
	struct option_item item;
	char *text;
};

struct block {
	struct option_item item;
	struct strset words;
	struct option_items inner;
};

struct top {
	char *text;
	struct strset words;
	struct option_items blocks;
};

static const struct option inner_rows[] = {
	{ .name = "text", .type = OPTION_TEXT,
	    .offset = offsetof(struct inner, text) },
	{ .name = NULL }
};

static const struct option block_rows[] = {
	{ .name = "words", .type = OPTION_LIST,
	    .offset = offsetof(struct block, words),
	    .parse = option_parse_string, .free = option_free_strings },
	{ .name = "inner", .type = OPTION_GROUP,
	    .offset = offsetof(struct block, inner), .rows = inner_rows,
	    .item_size = sizeof(struct inner) },
	{ .name = NULL }
};

static const struct option top_rows[] = {
	{ .name = "text", .type = OPTION_TEXT,
	    .offset = offsetof(struct top, text) },
	{ .name = "words", .type = OPTION_LIST,
	    .offset = offsetof(struct top, words),
	    .parse = option_parse_string, .free = option_free_strings },
	{ .name = "block", .type = OPTION_GROUP,
	    .offset = offsetof(struct top, blocks), .rows = block_rows,
	    .item_size = sizeof(struct block) },
	{ .name = NULL }
};

static void
read_config(const char *text, size_t n)
{
	struct top top = { .text = NULL };
	struct option_table table = { .rows = top_rows, .base = &top };
	struct option_section section = { .name = "", .tables = &table,
		.n = 1 };
	struct diags d = DIAGS_INIT;

	(void)n;
	config_read_text("cost", text, &section, 1, NULL, &d);
	option_clear(top_rows, &top);
	diags_free(&d);
}

/*
 * Few values, and short: libConfuse makes room for one at a time, and the
 * sanitizer's realloc() copies each time.
 */
static const struct cost_shape shapes[] = {
	{ "values of a list", read_config, "words = {\"a\"", ",\n\"b\"", "}",
	    2000 },
	{ "bare values of a list", read_config, "words = {a", ", b", "}",
	    2000 },
	{ "one long string", read_config, "text = \"", "a\\\"", "\"", 2000 },
	{ "a string goes on", read_config, "text = \"", "a\\\n", "\"",
	    2000 },
	{ "a string without end", read_config, "text = \"", "ab ", "", 5000 },
	{ "set again", read_config, "", "text = \"a\"\n", "", 100000 },
	{ "comments", read_config, "", "# text\n", "", 100000 },
	{ "short comments", read_config, "", "/**/", "", 20000 },
	{ "a comment", read_config, "/*", "/*", "", 100000 },
	{ "blank lines", read_config, "", " \t\r\n", "", 100000 },
	{ "names that are unknown", read_config, "", "tekst = a\n", "",
	    100000 },
	{ "mistakes", read_config, "", "= {\n", "", 100000 },
	{ "blocks in blocks", read_config, "", "block \"a\" { ", "", 100000 },
	{ "braces", read_config, "", "{", "", 100000 },
	{ "closing braces", read_config, "", "}", "", 100000 },
	{ "words that stand alone", read_config, "", "text ", "", 100000 },
	{ "plus signs", read_config, "", "+", "", 100000 },
	{ "a block twice", read_config, "", "block \"a\" { }\n", "", 100000 },
};

static void
test_texts(void **state)
{
	(void)state;
	cost_check(shapes, sizeof shapes / sizeof shapes[0]);
}

/* Each block with a title of its own. */
static void
read_blocks(const void *arg, size_t size)
{
	struct buf text = BUF_INIT;
	size_t i;

	for (i = 0; i < size; i++)
		buf_printf(&text, arg, (unsigned)i, (unsigned)i);
	read_config(text.data, text.len);
	buf_free(&text);
}

static void
read_inner(const void *arg, size_t size)
{
	struct buf text = BUF_INIT;
	size_t i;

	buf_puts(&text, "block \"only\" {\n");
	for (i = 0; i < size; i++)
		buf_printf(&text, arg, (unsigned)i, (unsigned)i);
	buf_puts(&text, "}\n");
	read_config(text.data, text.len);
	buf_free(&text);
}

static void
test_blocks(void **state)
{
	int64_t took[2];

	(void)state;
	if (!cost_is_linear(read_blocks, "block \"customer%u\" { words = "
	    "{\"a%u.example\"} inner \"i\" { text = a } }\n", 500, 10, took))
		cost_fail("blocks", took);
	if (!cost_is_linear(read_inner, "inner \"customer%u\" { text = "
	    "\"a%u\" }\n", 500, 10, took))
		cost_fail("blocks of a block", took);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_texts),
		cmocka_unit_test(test_blocks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
