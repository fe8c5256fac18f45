/* config_names - checks the names in a configuration text against the rows */

#include "config/config_names.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/diag.h"
#include "base/mem.h"
#include "base/option.h"
#include "config/config_statement.h"
#include "config/config_unknown.h"

#define ERRORS_MAX 100

/* The names that are valid at one point of the text. */
struct scope {
	const struct option_table *tables;
	size_t n;
	bool top;	/* of the file: sections and include() are valid */
};

/* One text on its way through. */
struct reader {
	struct config_names *names;
	struct scan scan;
	struct buf path;	/* of the block we are in */
};

static void read_block(struct reader *r, const struct scope *scope,
    int begin);

static const struct option *
find_row(const struct scope *scope, const char *name)
{
	const struct option *row = NULL;
	size_t i;

	for (i = 0; i < scope->n && row == NULL; i++)
		row = option_find(scope->tables[i].rows, name);
	return row;
}

/* The section of that name, or NULL; the top has no name. */
static const struct option_section *
find_section(const struct reader *r, const char *name)
{
	const struct config_names *names = r->names;
	size_t i;

	for (i = 0; i < names->nsections; i++)
		if (strcmp(names->sections[i].name, name) == 0)
			return &names->sections[i];
	return NULL;
}

/* An error about the statement, which begins with its path. */
static void
complain(struct reader *r, const struct statement *st, const char *what)
{
	size_t block = r->path.len;

	path_put(&r->path, st->word, st->title);
	diags_error(r->names->d, r->scan.file, st->name.line, "%s: %s",
	    r->path.data, what);
	buf_cut(&r->path, block);
}

/* Takes the statement out, with the whole of its block if it opens one. */
static void
take_out(struct reader *r, const struct statement *st)
{
	size_t end = st->end;

	if (st->shape == SHAPE_SECTION || st->shape == SHAPE_TITLED)
		end = statement_skip_block(&r->scan, st);
	scan_blank(&r->scan, st->name.from, end);
}

static void
refuse(struct reader *r, const struct statement *st, const char *what)
{
	complain(r, st, what);
	take_out(r, st);
}

static void
refuse_unknown(struct reader *r, const struct scope *scope,
    const struct statement *st)
{
	struct buf what = BUF_INIT;

	buf_puts(&what, "there is no such option here");
	config_unknown(r->names->sections, r->names->nsections, scope->tables,
	    scope->n, scope->top, st->word, &what);
	refuse(r, st, what.data);
	buf_free(&what);
}

/* How the row must be written, for somebody who wrote it otherwise. */
static void
refuse_shape(struct reader *r, const struct option *row,
    const struct statement *st)
{
	struct buf what = BUF_INIT;

	if (row->type == OPTION_GROUP)
		buf_printf(&what, "is a block with a title: %s \"...\" { }",
		    row->name);
	else if (row->type == OPTION_LIST)
		buf_printf(&what, "is a list: %s = {\"...\", \"...\"}",
		    row->name);
	else if (st->shape == SHAPE_LIST)
		buf_printf(&what, "takes one value, not a list: %s = \"...\"",
		    row->name);
	else
		buf_printf(&what, "is one value: %s = \"...\"", row->name);
	refuse(r, st, what.data);
	buf_free(&what);
}

bool
config_names_yields(const char *path)
{
	const char *slash = strrchr(path, '/');

	return strcmp(slash != NULL ? slash + 1 : path, CONFIG_YIELDING) == 0;
}

/* It stands in another file; r->path is whole. */
static void
say_twice(struct reader *r, int line, const struct place *place)
{
	if (config_names_yields(r->scan.file))
		diags_warn(r->names->d, r->scan.file, line, "%s: does not "
		    "count, for it is set in %s:%d", r->path.data, place->file,
		    place->line);
	else
		diags_error(r->names->d, r->scan.file, line,
		    "%s: is set in %s:%d already", r->path.data, place->file,
		    place->line);
}

/*
 * False: it was set in another file, and nobody can see which one counts; or it
 * is set under its newer name already.
 */
static bool
note_place(struct reader *r, const struct option *row, struct statement *st)
{
	bool old = strcmp(st->word, row->name) != 0;
	size_t block = r->path.len;
	struct place *place;
	bool same;

	path_put(&r->path, row->name, st->title);
	place = places_add(&r->names->places, r->path.data);
	same = place->file == NULL ||
	    strcmp(place->file, r->scan.file) == 0;
	if (!same)
		say_twice(r, st->name.line, place);
	else if (place->file != NULL)
		diags_warn(r->names->d, r->scan.file, st->name.line,
		    "%s: is set again; line %d does not count", r->path.data,
		    old ? st->name.line : place->line);
	same = same && (!old || place->file == NULL);
	buf_cut(&r->path, block);
	if (same) {
		place_move(place, r->scan.file, st->name.line, st->lines,
		    st->nlines);
		st->lines = NULL;
	}
	return same;
}

static void
read_setting(struct reader *r, const struct option *row, struct statement *st)
{
	bool right_shape = st->shape == SHAPE_VALUE ||
	    (st->shape == SHAPE_LIST && row->type == OPTION_LIST);

	if (!right_shape)
		refuse_shape(r, row, st);
	else if (st->broken || !note_place(r, row, st))
		take_out(r, st);
}

/* A title names its block: there is one block of that name. */
static bool
note_block(struct reader *r, const struct statement *st)
{
	struct place *place = places_add(&r->names->places, r->path.data);

	if (place->file != NULL && config_names_yields(r->scan.file) &&
	    strcmp(place->file, r->scan.file) != 0) {
		say_twice(r, st->name.line, place);
		return false;
	}
	if (place->file != NULL) {
		diags_error(r->names->d, r->scan.file, st->name.line,
		    "%s: is there already, in %s:%d", r->path.data,
		    place->file, place->line);
		return false;
	}
	place_move(place, r->scan.file, st->name.line, NULL, 0);
	return true;
}

/*
 * Out of the text: for each block libConfuse would compare its title with
 * those of all before it. The order of the blocks is the order of the titles.
 */
static void
keep_title(struct reader *r, const struct statement *st, size_t block)
{
	struct buf group = BUF_INIT;

	buf_put(&group, r->path.data, block);
	path_put(&group, st->word, NULL);
	places_keep_title(&r->names->places, group.data, st->title);
	scan_blank(&r->scan, st->title_at.from, st->title_at.to);
	buf_free(&group);
}

static void
read_group(struct reader *r, const struct option *row, struct statement *st)
{
	struct option_table table = { .rows = row->rows };
	struct scope scope = { .tables = &table, .n = 1 };
	size_t block = r->path.len;

	if (st->shape != SHAPE_TITLED) {
		refuse_shape(r, row, st);
		return;
	}
	if (*st->title == '\0' || strpbrk(st->title, "\\$\"") != NULL) {
		refuse(r, st, "a title is plain text, without \\ $ and \"");
		return;
	}
	path_put(&r->path, row->name, st->title);
	if (st->broken || !note_block(r, st)) {
		take_out(r, st);
	} else {
		keep_title(r, st, block);
		read_block(r, &scope, st->name.line);
	}
	buf_cut(&r->path, block);
}

static void
read_section(struct reader *r, const struct option_section *section,
    struct statement *st)
{
	struct scope scope = { .tables = section->tables, .n = section->n };
	struct buf what = BUF_INIT;
	size_t block = r->path.len;

	if (st->shape == SHAPE_SECTION) {
		path_put(&r->path, section->name, NULL);
		read_block(r, &scope, st->name.line);
		buf_cut(&r->path, block);
		return;
	}
	buf_printf(&what, "is a section: %s { }", section->name);
	refuse(r, st, what.data);
	buf_free(&what);
}

static void
read_include(struct reader *r, struct statement *st)
{
	struct config_names *names = r->names;

	if (st->shape != SHAPE_CALL) {
		refuse(r, st, "is written include(\"file\")");
		return;
	}
	if (names->no_includes) {
		refuse(r, st, "works in files only");
		return;
	}
	if (!st->broken) {
		names->includes = mem_room(names->includes, names->nincludes,
		    &names->cap, sizeof *names->includes);
		names->includes[names->nincludes++] = (struct config_include){
			.path = st->title, .line = st->name.line };
		st->title = NULL;
	}
	take_out(r, st);
}

static void
read_statement(struct reader *r, const struct scope *scope)
{
	struct statement st;
	const struct option *row;
	const struct option_section *section;

	statement_read(&r->scan, &st);
	row = find_row(scope, st.word);
	section = scope->top && *st.word != '\0' ?
	    find_section(r, st.word) : NULL;
	if (st.shape == SHAPE_NONE || st.name.broken)
		take_out(r, &st);
	else if (row != NULL && row->type == OPTION_GROUP)
		read_group(r, row, &st);
	else if (row != NULL)
		read_setting(r, row, &st);
	else if (section != NULL)
		read_section(r, section, &st);
	else if (scope->top && strcmp(st.word, "include") == 0)
		read_include(r, &st);
	else
		refuse_unknown(r, scope, &st);
	statement_free(&st);
}

/* A file of another kind, given by mistake, need not be read to its end. */
static void
stop_if_hopeless(struct reader *r)
{
	if (r->names->d->errors < ERRORS_MAX || r->scan.stopped)
		return;
	diags_error(r->names->d, r->scan.file, r->scan.line,
	    "too many mistakes; the rest was not read");
	scan_stop(&r->scan);
}

/* To the brace that closes the block; the end closes the top. */
static void
read_block(struct reader *r, const struct scope *scope, int begin)
{
	enum token_kind kind;

	while ((kind = scan_peek(&r->scan, 0)->kind) != TOKEN_END &&
	    (kind != TOKEN_CLOSE || scope->top)) {
		if (kind == TOKEN_WORD)
			read_statement(r, scope);
		else
			statement_unexpected(&r->scan);
		stop_if_hopeless(r);
	}
	if (kind == TOKEN_CLOSE)
		scan_take(&r->scan);
	else if (!scope->top && !r->scan.stopped) {
		diags_error(r->names->d, r->scan.file, begin,
		    "%s: the block that begins here is not closed: }",
		    r->path.data);
		scan_stop(&r->scan);
	}
}

bool
config_names_check(struct config_names *names, const char *file,
    struct buf *text)
{
	struct reader r = { .names = names, .path = BUF_INIT };
	struct scope top = { .top = true };
	const struct option_section *unnamed = find_section(&r, "");

	if (unnamed != NULL) {
		top.tables = unnamed->tables;
		top.n = unnamed->n;
	}
	names->includes = NULL;
	names->nincludes = names->cap = 0;
	scan_init(&r.scan, file, text->data, text->len, names->d);
	read_block(&r, &top, 1);
	buf_free(&r.path);
	return !r.scan.stopped;
}
