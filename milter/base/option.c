/* option - rows that describe settings: defaults, values, groups */

#include "base/option.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/option_value.h"

static void *
slot_of(const struct option *row, void *base)
{
	return (char *)base + row->offset;
}

/* Frees what is there; the slot is then as before the first value. */
static void
free_value(const struct option *row, void *slot)
{
	if (row->free != NULL)
		row->free(slot);
}

static bool
set_number(const struct option *row, void *slot, const char *value,
    struct buf *errmsg)
{
	long long number;

	if (!option_number(row, value, &number, errmsg))
		return false;
	*(long long *)slot = number;
	return true;
}

static bool
set_word(const struct option *row, void *slot, const char *value,
    struct buf *errmsg)
{
	int index = option_word(row->words, value, errmsg);

	if (index < 0)
		return false;
	*(int *)slot = index;
	return true;
}

/* Puts the value in quotes in front of words that do not begin with it. */
static bool
parse(const struct option *row, void *base, const char *value,
    struct buf *errmsg)
{
	size_t start = errmsg->len;
	char *words;

	if (row->parse(base, slot_of(row, base), value, errmsg))
		return true;
	if (errmsg->data[start] == '"')
		return false;
	words = mem_dup(errmsg->data + start);
	buf_cut(errmsg, start);
	buf_printf(errmsg, "\"%.60s%s\": %s", value,
	    strlen(value) > 60 ? "..." : "", words);
	free(words);
	return false;
}

bool
option_set(const struct option *row, void *base, const char *value,
    struct buf *errmsg)
{
	void *slot = slot_of(row, base);

	switch (row->type) {
	case OPTION_BOOL:
		return option_bool(value, slot, errmsg);
	case OPTION_INT:
	case OPTION_SIZE:
	case OPTION_TIME:
		return set_number(row, slot, value, errmsg);
	case OPTION_WORD:
		return set_word(row, slot, value, errmsg);
	case OPTION_TEXT:
		mem_replace(slot, value);
		return true;
	case OPTION_PARSE:
		free_value(row, slot);
		return parse(row, base, value, errmsg);
	case OPTION_LIST:
		return parse(row, base, value, errmsg);
	case OPTION_GROUP:
		break;
	}
	BUG("a group has no value of its own");
}

static void
free_items(const struct option *row, struct option_items *items)
{
	size_t i;

	for (i = 0; i < items->n; i++) {
		struct option_item *item = items->v[i];

		option_clear(row->rows, item);
		free(item->title);
		free(item->file);
		free(item);
	}
	free(items->v);
	*items = (struct option_items){ .v = NULL };
}

void
option_unset(const struct option *row, void *base)
{
	void *slot = slot_of(row, base);

	switch (row->type) {
	case OPTION_BOOL:
		*(bool *)slot = false;
		break;
	case OPTION_INT:
	case OPTION_SIZE:
	case OPTION_TIME:
		*(long long *)slot = 0;
		break;
	case OPTION_WORD:
		*(int *)slot = 0;
		break;
	case OPTION_TEXT:
		mem_replace(slot, NULL);
		break;
	case OPTION_PARSE:
	case OPTION_LIST:
		free_value(row, slot);
		break;
	case OPTION_GROUP:
		free_items(row, slot);
		break;
	}
}

void
option_clear(const struct option *rows, void *base)
{
	for (; rows->name != NULL; rows++)
		option_unset(rows, base);
}

char *
option_next_default(const char **at)
{
	const char *start = *at + strspn(*at, "{}, \t\"");
	size_t n = strcspn(start, ",}\"");

	*at = start + n;
	while (n > 0 && start[n - 1] == ' ')
		n--;
	return n > 0 ? mem_ndup(start, n) : NULL;
}

static void
default_text(const struct option *row, void *base, const char *value)
{
	struct buf errmsg = BUF_INIT;

	if (!option_set(row, base, value, &errmsg)) {
		log_error("default of %s: %s", row->name, errmsg.data);
		BUG("a default is wrong");
	}
	buf_free(&errmsg);
}

static void
default_list(const struct option *row, void *base)
{
	const char *at = row->default_value;
	char *value;

	while ((value = option_next_default(&at)) != NULL) {
		default_text(row, base, value);
		free(value);
	}
}

void
option_defaults(const struct option *rows, void *base)
{
	for (; rows->name != NULL; rows++) {
		if (rows->default_value == NULL)
			continue;
		if (rows->type == OPTION_LIST)
			default_list(rows, base);
		else
			default_text(rows, base, rows->default_value);
	}
}

void *
option_item_new(const struct option *row, void *base, const char *title,
    const char *file, int line)
{
	struct option_items *items = slot_of(row, base);
	struct option_item *item = mem_alloc(row->item_size);

	item->title = mem_dup(title);
	item->file = mem_dup(file);
	item->line = line;
	option_defaults(row->rows, item);
	items->v = mem_room(items->v, items->n, &items->cap,
	    sizeof *items->v);
	items->v[items->n++] = item;
	return item;
}

/* What the slot of a row is like: its own type, or what a PARSE stores. */
static enum option_type
stored_type(const struct option *row)
{
	return row->type == OPTION_PARSE ? row->stores : row->type;
}

static bool
same_text(const char *a, const char *b)
{
	return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

bool
option_same(const struct option *row, const void *a, const void *b)
{
	const void *left = (const char *)a + row->offset;
	const void *right = (const char *)b + row->offset;

	switch (stored_type(row)) {
	case OPTION_BOOL:
		return *(const bool *)left == *(const bool *)right;
	case OPTION_INT:
	case OPTION_SIZE:
	case OPTION_TIME:
		return *(const long long *)left == *(const long long *)right;
	case OPTION_WORD:
		return *(const int *)left == *(const int *)right;
	case OPTION_TEXT:
		return same_text(*(char *const *)left, *(char *const *)right);
	case OPTION_PARSE:
	case OPTION_LIST:
	case OPTION_GROUP:
		break;
	}
	BUG("a value that cannot be compared");
}

static void
copy_value(const struct option *row, void *to, const void *from)
{
	switch (stored_type(row)) {
	case OPTION_BOOL:
		*(bool *)to = *(const bool *)from;
		return;
	case OPTION_INT:
	case OPTION_SIZE:
	case OPTION_TIME:
		*(long long *)to = *(const long long *)from;
		return;
	case OPTION_WORD:
		*(int *)to = *(const int *)from;
		return;
	case OPTION_TEXT:
		mem_replace(to, *(char *const *)from);
		return;
	case OPTION_PARSE:
	case OPTION_LIST:
	case OPTION_GROUP:
		break;
	}
	BUG("a value that cannot be copied");
}

void
option_copy_restart(const struct option *rows, void *to, const void *from)
{
	for (; rows->name != NULL; rows++)
		if (rows->restart)
			copy_value(rows, slot_of(rows, to),
			    (const char *)from + rows->offset);
}

const struct option *
option_find(const struct option *rows, const char *name)
{
	for (; rows->name != NULL; rows++)
		if (strcmp(rows->name, name) == 0 || (rows->old_name != NULL &&
		    strcmp(rows->old_name, name) == 0))
			return rows;
	return NULL;
}
