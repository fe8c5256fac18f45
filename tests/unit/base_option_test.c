/* base_option_test - values as an admin writes them, and their defaults */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/net.h"
#include "base/option.h"
#include "base/strset.h"

struct values {
	bool on;
	long long number, size, time, any;
	int word;
	char *text;
	char *shout;
	struct option_ints ports;
	struct strset names;
	struct netset nets;
	struct option_items groups;
};

struct group {
	struct option_item item;
	long long depth;
	char *text;
};

static bool
parse_shout(void *base, void *slot, const char *value, struct buf *errmsg)
{
	char **text = slot;

	(void)base;
	if (*value != '!') {
		buf_puts(errmsg, "say it louder");
		return false;
	}
	*text = strdup(value);
	return true;
}

static void
free_shout(void *slot)
{
	free(*(char **)slot);
	*(char **)slot = NULL;
}

static const char *const colours[] = { "red", "green", "blue", NULL };

static const struct option group_rows[] = {
	{ .name = "depth", .type = OPTION_INT, .default_value = "7",
	    .offset = offsetof(struct group, depth) },
	{ .name = "text", .type = OPTION_TEXT,
	    .offset = offsetof(struct group, text) },
	{ .name = NULL }
};

#define ROW(member, kind) .name = #member, .type = OPTION_##kind, \
    .offset = offsetof(struct values, member)

static const struct option rows[] = {
	{ ROW(on, BOOL), .default_value = "yes" },
	{ ROW(number, INT), .default_value = "-3", .min = -5, .max = 10 },
	{ ROW(size, SIZE), .default_value = "10M", .min = 1024,
	    .max = 1LL << 40 },
	{ ROW(time, TIME), .default_value = "14 days", .min = 1,
	    .max = 31536000000 },
	{ ROW(any, INT) },
	{ ROW(word, WORD), .default_value = "green", .words = colours },
	{ ROW(text, TEXT), .default_value = "a b" },
	{ ROW(shout, PARSE), .parse = parse_shout, .free = free_shout },
	{ ROW(ports, LIST), .default_value = "{465, 587}",
	    .parse = option_parse_port, .free = option_free_ints },
	{ ROW(names, LIST), .default_value = "{\"a b\", c }",
	    .parse = option_parse_string, .free = option_free_strings },
	{ ROW(nets, LIST), .parse = option_parse_net,
	    .free = option_free_nets },
	{ ROW(groups, GROUP), .rows = group_rows,
	    .item_size = sizeof(struct group) },
	{ .name = NULL }
};

static void
test_defaults(void **state)
{
	struct values v = { .on = false };

	(void)state;
	option_defaults(rows, &v);
	assert_true(v.on);
	assert_int_equal(v.number, -3);
	assert_int_equal(v.size, 10 << 20);
	assert_int_equal(v.time, 1209600000);
	assert_int_equal(v.any, 0);
	assert_int_equal(v.word, 1);
	assert_string_equal(v.text, "a b");
	assert_null(v.shout);
	assert_int_equal(v.ports.n, 2);
	assert_true(option_ints_has(&v.ports, 587));
	assert_false(option_ints_has(&v.ports, 25));
	assert_int_equal(v.names.n, 2);
	assert_non_null(strset_find(&v.names, "a b", 3));
	assert_int_equal(v.nets.n, 0);
	option_clear(rows, &v);
	assert_null(v.text);
	assert_int_equal(v.ports.n, 0);
	assert_int_equal(v.names.n, 0);
}

/* Rows of each kind that a restart may be needed for. */
#define RESTART(member, kind) .name = #member, .type = OPTION_##kind, \
    .offset = offsetof(struct values, member), .restart = true

static const struct option restart_rows[] = {
	{ RESTART(on, BOOL) },
	{ RESTART(number, INT), .min = -5, .max = 10 },
	{ RESTART(size, SIZE) },
	{ RESTART(time, TIME) },
	{ RESTART(word, WORD), .words = colours },
	{ RESTART(text, TEXT) },
	{ RESTART(shout, PARSE), .stores = OPTION_TEXT, .parse = parse_shout,
	    .free = free_shout },
	{ .name = NULL }
};

static const char *const restart_values[][2] = {
	{ "yes", "no" }, { "3", "4" }, { "10k", "11k" }, { "1 s", "2 s" },
	{ "green", "red" }, { "a", "b" }, { "!loud", "!louder" }
};

static void
test_restart(void **state)
{
	struct values was = { .on = false }, now = { .on = false };
	struct buf errmsg = BUF_INIT;
	const struct option *row;
	size_t i, k;

	(void)state;
	for (i = 0; restart_rows[i].name != NULL; i++)
		assert_true(option_set(&restart_rows[i], &was,
		    restart_values[i][0], &errmsg));
	option_copy_restart(restart_rows, &now, &was);
	for (i = 0; restart_rows[i].name != NULL; i++) {
		row = &restart_rows[i];
		assert_true(option_same(row, &was, &now));
		assert_true(option_set(row, &now, restart_values[i][1],
		    &errmsg));
		for (k = 0; restart_rows[k].name != NULL; k++)
			assert_int_equal(option_same(&restart_rows[k], &was,
			    &now), k > i);
	}
	option_unset(&restart_rows[5], &now);
	assert_false(option_same(&restart_rows[5], &was, &now));
	option_clear(restart_rows, &was);
	option_clear(restart_rows, &now);
	buf_free(&errmsg);
}

/* A number that is right, or the complaint about one that is not. */
static const struct {
	const char *name;
	const char *value;
	long long number;
	const char *errmsg;	/* NULL: it is right */
} numbers[] = {
	{ "number", "10", 10, NULL },
	{ "number", "-5", -5, NULL },
	{ "number", "007", 7, NULL },
	{ "number", "11", 0, "\"11\" is out of range (-5 to 10)" },
	{ "number", "-6", 0, "\"-6\" is out of range (-5 to 10)" },
	{ "number", "ten", 0, "\"ten\" is not a number (-5 to 10)" },
	{ "number", "", 0, "\"\" is not a number (-5 to 10)" },
	{ "number", "-", 0, "\"-\" is not a number (-5 to 10)" },
	{ "number", "1x", 0, "\"1x\" is not a number (-5 to 10)" },
	{ "number", "+1", 0, "\"+1\" is not a number (-5 to 10)" },
	{ "number", " 1", 0, "\" 1\" is not a number (-5 to 10)" },
	{ "number", "0x1", 0, "\"0x1\" is not a number (-5 to 10)" },
	{ "number", "99999999999999999999", 0,
	    "\"99999999999999999999\" is out of range (-5 to 10)" },
	{ "any", "9223372036854775806", 9223372036854775806, NULL },
	{ "any", "99999999999999999999", 0,
	    "\"99999999999999999999\" is out of range (0 or more)" },
	{ "any", "-1", 0, "\"-1\" is out of range (0 or more)" },
	{ "size", "1024", 1024, NULL },
	{ "size", "1k", 1024, NULL },
	{ "size", "10 M", 10 << 20, NULL },
	{ "size", "2mb", 2 << 20, NULL },
	{ "size", "1G", 1 << 30, NULL },
	{ "size", "1023", 0, "\"1023\" is out of range (1k to 1024G)" },
	{ "size", "99999999999G", 0,
	    "\"99999999999G\" is out of range (1k to 1024G)" },
	{ "size", "5 km", 0,
	    "\"5 km\" is not a size like 500, 10k or 5M (1k to 1024G)" },
	{ "time", "500 ms", 500, NULL },
	{ "time", "5s", 5000, NULL },
	{ "time", "2 min", 120000, NULL },
	{ "time", "1 hour", 3600000, NULL },
	{ "time", "1 Day", 86400000, NULL },
	{ "time", "5", 0, "\"5\" is not a time like 500 ms, 30 s, 5 min, 2 h "
	    "or 14 days (1 ms to 365 days)" },
	{ "time", "1.5 h", 0, "\"1.5 h\" is not a time like" },
	{ "time", "0", 0, "\"0\" is out of range (1 ms to 365 days)" },
};

static void
test_numbers(void **state)
{
	struct values v = { .on = false };
	struct buf errmsg = BUF_INIT;
	const struct option *row;
	long long *slot;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
		buf_clear(&errmsg);
		row = option_find(rows, numbers[i].name);
		slot = (long long *)((char *)&v + row->offset);
		*slot = -77;
		if (option_set(row, &v, numbers[i].value, &errmsg) !=
		    (numbers[i].errmsg == NULL))
			fail_msg("%s: %s", numbers[i].value, errmsg.data);
		if (numbers[i].errmsg == NULL)
			assert_int_equal(*slot, numbers[i].number);
		else if (strncmp(errmsg.data, numbers[i].errmsg,
		    strlen(numbers[i].errmsg)) != 0)
			fail_msg("%s: %s", numbers[i].value, errmsg.data);
		else
			assert_int_equal(*slot, -77);
	}
	buf_free(&errmsg);
}

/* Sets one option and wants these words, or none. */
static void
set(struct values *v, const char *name, const char *value, const char *words)
{
	struct buf errmsg = BUF_INIT;
	bool good = option_set(option_find(rows, name), v, value, &errmsg);

	assert_string_equal(errmsg.data, words);
	assert_int_equal(good, *words == '\0');
	buf_free(&errmsg);
}

static void
test_words(void **state)
{
	struct values v = { .on = false };

	(void)state;
	set(&v, "on", "TRUE", "");
	assert_true(v.on);
	set(&v, "on", "off", "");
	assert_false(v.on);
	set(&v, "on", "1", "\"1\" is neither yes nor no");
	set(&v, "word", "Blue", "");
	assert_int_equal(v.word, 2);
	set(&v, "word", "gren", "\"gren\" is none of red, green, blue; did "
	    "you mean green?");
	set(&v, "word", "", "\"\" is none of red, green, blue");
	set(&v, "text", "x", "");
	set(&v, "text", "y", "");
	assert_string_equal(v.text, "y");
	set(&v, "shout", "!a", "");
	set(&v, "shout", "!b", "");
	assert_string_equal(v.shout, "!b");
	set(&v, "shout", "c", "\"c\": say it louder");
	assert_null(v.shout);
	option_clear(rows, &v);
}

static void
test_lists(void **state)
{
	struct values v = { .on = false };

	(void)state;
	set(&v, "ports", "25", "");
	set(&v, "ports", "65535", "");
	set(&v, "ports", "0", "\"0\" is not a port (1 to 65535)");
	set(&v, "ports", "65536", "\"65536\" is not a port (1 to 65535)");
	assert_int_equal(v.ports.n, 2);
	set(&v, "nets", "192.0.2.0/24", "");
	set(&v, "nets", "x", "\"x\" is not an address or network like "
	    "192.0.2.7, 192.0.2.0/24 or 2001:db8::/32");
	set(&v, "names", "", "\"\": an empty value says nothing");
	option_unset(option_find(rows, "ports"), &v);
	assert_int_equal(v.ports.n, 0);
	option_clear(rows, &v);
}

static void
test_groups(void **state)
{
	struct values v = { .on = false };
	const struct option *row = option_find(rows, "groups");
	struct group *group;
	int i;

	(void)state;
	for (i = 0; i < 20; i++)
		group = option_item_new(row, &v, "title", "file", i);
	assert_int_equal(v.groups.n, 20);
	group = v.groups.v[19];
	assert_string_equal(group->item.title, "title");
	assert_string_equal(group->item.file, "file");
	assert_int_equal(group->item.line, 19);
	assert_int_equal(group->depth, 7);
	group->text = strdup("freed with it");
	option_clear(rows, &v);
	assert_int_equal(v.groups.n, 0);
	assert_null(option_find(rows, "depth"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_defaults),
		cmocka_unit_test(test_restart),
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_lists),
		cmocka_unit_test(test_groups),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
