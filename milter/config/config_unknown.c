/* config_unknown - what was meant by a name that is unknown */

#include "config/config_unknown.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/diag.h"
#include "base/mem.h"
#include "base/option.h"

/* When no name is near, this many are listed; the manual has the rest. */
#define TELL_MAX 12

/* Names, as diag_nearest() wants them. */
struct words {
	const char **v;
	size_t n, cap;
};

static void
words_add(struct words *words, const char *word)
{
	words->v = mem_room(words->v, words->n, &words->cap,
	    sizeof *words->v);
	words->v[words->n++] = word;
}

static void
words_of_tables(struct words *words, const struct option_table *tables,
    size_t n)
{
	const struct option *row;
	size_t i;

	for (i = 0; i < n; i++)
		for (row = tables[i].rows; row->name != NULL; row++)
			words_add(words, row->name);
}

/* The names of the rows, and of those within their groups. */
static void
words_of_rows(struct words *words, const struct option *rows)
{
	for (; rows->name != NULL; rows++) {
		words_add(words, rows->name);
		if (rows->type == OPTION_GROUP)
			words_of_rows(words, rows->rows);
	}
}

static void
words_of_sections(struct words *words, const struct option_section *sections,
    size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (*sections[i].name != '\0')
			words_add(words, sections[i].name);
}

/* The block of this or a deeper group where the name is valid, as a text. */
static bool
put_group(const struct option *rows, const char *name, struct buf *where)
{
	size_t start = where->len;

	for (; rows->name != NULL; rows++) {
		if (rows->type != OPTION_GROUP)
			continue;
		buf_printf(where, " %s \"...\"", rows->name);
		if (option_find(rows->rows, name) != NULL ||
		    put_group(rows->rows, name, where))
			return true;
		buf_cut(where, start);
	}
	return false;
}

/* Where in this section the name is valid: itself, or one of its blocks. */
static bool
put_home(const struct option_section *section, const char *name,
    struct buf *where)
{
	const struct option *rows;
	size_t i;

	for (i = 0; i < section->n; i++) {
		rows = section->tables[i].rows;
		if (option_find(rows, name) != NULL) {
			if (*section->name == '\0')
				buf_puts(where, "to the top of the file, "
				    "outside of all sections");
			else
				buf_printf(where, "into the section \"%s\"",
				    section->name);
			return true;
		}
		buf_puts(where, "into a block");
		if (put_group(rows, name, where))
			return true;
		buf_clear(where);
	}
	return false;
}

static bool
put_homes(const struct option_section *sections, size_t nsections,
    const char *name, struct buf *where)
{
	size_t i;

	for (i = 0; i < nsections; i++) {
		if (strcmp(sections[i].name, name) == 0) {
			buf_puts(where, "to the top of the file: it is a "
			    "section");
			return true;
		}
		if (put_home(&sections[i], name, where))
			return true;
	}
	return false;
}

/* The nearest name of all there are. */
static const char *
nearest_elsewhere(const struct option_section *sections, size_t nsections,
    const char *name)
{
	struct words words = { .v = NULL };
	const char *nearest;
	size_t i, j;

	for (i = 0; i < nsections; i++)
		for (j = 0; j < sections[i].n; j++)
			words_of_rows(&words, sections[i].tables[j].rows);
	words_of_sections(&words, sections, nsections);
	words_add(&words, NULL);
	nearest = diag_nearest(name, words.v);
	free(words.v);
	return nearest;
}

static void
put_all(const struct words *words, struct buf *errmsg)
{
	size_t i;

	if (words->n == 0 || words->n > TELL_MAX)
		return;
	for (i = 0; i < words->n; i++)
		buf_printf(errmsg, "%s%s", i > 0 ? ", " : "; valid here: ",
		    words->v[i]);
}

void
config_unknown(const struct option_section *sections, size_t nsections,
    const struct option_table *here, size_t n, bool top, const char *name,
    struct buf *errmsg)
{
	struct words words = { .v = NULL };
	struct buf where = BUF_INIT;
	const char *nearest;

	words_of_tables(&words, here, n);
	if (top)
		words_of_sections(&words, sections, nsections);
	words_add(&words, NULL);
	words.n--;
	if (put_homes(sections, nsections, name, &where))
		buf_printf(errmsg, "; \"%s\" belongs %s", name, where.data);
	else if ((nearest = diag_nearest(name, words.v)) != NULL)
		buf_printf(errmsg, "; did you mean \"%s\"?", nearest);
	else if ((nearest = nearest_elsewhere(sections, nsections,
	    name)) != NULL && put_homes(sections, nsections, nearest, &where))
		buf_printf(errmsg, "; did you mean \"%s\"? It belongs %s",
		    nearest, where.data);
	else
		put_all(&words, errmsg);
	buf_free(&where);
	free(words.v);
}
