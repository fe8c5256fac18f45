/* config_statement - one statement of a configuration, by its shape alone */

#include "config/config_statement.h"

#include <stdlib.h>

#include "base/diag.h"
#include "base/mem.h"

static bool
is_value(const struct token *t)
{
	return t->kind == TOKEN_WORD || t->kind == TOKEN_STRING;
}

static struct token
take(struct scan *s, struct statement *st)
{
	struct token t = scan_take(s);

	st->end = t.to;
	st->broken |= t.broken;
	return t;
}

/*
 * Past what cannot be understood, to the end of its line or to a brace, so
 * that the rest of the file is looked at, too. It is taken out of the text.
 */
static void
skip_line(struct scan *s)
{
	int line = scan_peek(s, 0)->line;
	const struct token *next;
	struct token t;

	do {
		t = scan_take(s);
		if (t.kind == TOKEN_END) {
			scan_stop(s);
			return;
		}
		scan_blank(s, t.from, t.to);
		next = scan_peek(s, 0);
	} while (t.kind != TOKEN_CLOSE && next->kind != TOKEN_CLOSE &&
	    next->line == line);
}

void
statement_unexpected(struct scan *s)
{
	const struct token *t = scan_peek(s, 0);
	char *text;

	if (!s->stopped && t->kind == TOKEN_END)
		diags_error(s->d, s->file, t->line,
		    "the file ends in the middle of an option");
	else if (!s->stopped) {
		text = scan_text(s, t);
		diags_error(s->d, s->file, t->line, "%.60s cannot stand here; "
		    "is a name, value, brace or quote missing before it?",
		    text);
		free(text);
	}
	skip_line(s);
}

static void
read_value(struct scan *s, struct statement *st)
{
	struct token t = take(s, st);

	st->lines = mem_room(st->lines, st->nlines, &st->cap,
	    sizeof *st->lines);
	st->lines[st->nlines++] = t.line;
}

/* Is the next token the name of another statement? */
static bool
is_name(struct scan *s)
{
	enum token_kind after = scan_peek(s, 1)->kind;

	return scan_peek(s, 0)->kind == TOKEN_WORD &&
	    (after == TOKEN_ASSIGN || after == TOKEN_OPEN);
}

/*
 * After a value of a list: a comma, or the end; anything else is reported.
 * False: the next option begins here, and the list was not closed.
 */
static bool
read_separator(struct scan *s, struct statement *st, int begin)
{
	const struct token *next = scan_peek(s, 0);
	char *text;

	if (next->kind == TOKEN_COMMA) {
		take(s, st);
		return true;
	}
	if (!is_value(next))
		return true;
	if (is_name(s)) {
		diags_error(s->d, s->file, begin,
		    "the list that begins here is not closed: }");
		st->broken = true;
		return false;
	}
	text = scan_text(s, next);
	diags_error(s->d, s->file, next->line,
	    "a comma is missing in the list before \"%.60s\"", text);
	st->broken = true;
	free(text);
	return true;
}

/* From the { through the }. */
static void
read_list(struct scan *s, struct statement *st)
{
	int begin = take(s, st).line;

	while (scan_peek(s, 0)->kind != TOKEN_CLOSE && !s->stopped)
		if (is_value(scan_peek(s, 0))) {
			read_value(s, st);
			if (!read_separator(s, st, begin))
				return;
		} else {
			st->broken = true;
			statement_unexpected(s);
		}
	if (!s->stopped)
		take(s, st);
}

static void
read_assignment(struct scan *s, struct statement *st)
{
	struct token sign = take(s, st);
	const struct token *next = scan_peek(s, 0);

	if (sign.kind == TOKEN_APPEND) {
		diags_error(s->d, s->file, sign.line,
		    "+= is not understood: write the whole list with =");
		st->broken = true;
	}
	if (next->kind == TOKEN_OPEN) {
		st->shape = SHAPE_LIST;
		read_list(s, st);
	} else if (is_value(next) && !is_name(s)) {
		st->shape = SHAPE_VALUE;
		read_value(s, st);
	} else if (!s->stopped) {
		diags_error(s->d, s->file, sign.line,
		    "%s: there is no value after =", st->word);
	}
}

static void
read_titled(struct scan *s, struct statement *st)
{
	st->title_at = take(s, st);
	st->title = scan_text(s, &st->title_at);
	st->shape = SHAPE_TITLED;
	take(s, st);
}

static void
read_call(struct scan *s, struct statement *st)
{
	struct token argument;

	take(s, st);
	if (is_value(scan_peek(s, 0))) {
		argument = take(s, st);
		st->title = scan_text(s, &argument);
	}
	if (st->title == NULL ||
	    scan_peek(s, 0)->kind != TOKEN_PAREN_CLOSE) {
		st->broken = true;
		statement_unexpected(s);
		return;
	}
	st->shape = SHAPE_CALL;
	take(s, st);
}

/* Most often the second word of a value that has no quotes. */
static void
refuse_stray(struct scan *s, struct statement *st)
{
	if (!st->broken && !s->stopped)
		diags_error(s->d, s->file, st->name.line, "\"%.60s\" stands "
		    "alone; a value of several words is written in quotes",
		    st->word);
}

void
statement_read(struct scan *s, struct statement *st)
{
	const struct token *next;

	*st = (struct statement){ .shape = SHAPE_NONE };
	st->name = take(s, st);
	st->word = scan_text(s, &st->name);
	next = scan_peek(s, 0);
	if (next->kind == TOKEN_ASSIGN || next->kind == TOKEN_APPEND)
		read_assignment(s, st);
	else if (next->kind == TOKEN_OPEN) {
		st->shape = SHAPE_SECTION;
		take(s, st);
	} else if (next->kind == TOKEN_PAREN_OPEN)
		read_call(s, st);
	else if (is_value(next) && scan_peek(s, 1)->kind == TOKEN_OPEN)
		read_titled(s, st);
	else
		refuse_stray(s, st);
}

void
statement_free(struct statement *st)
{
	free(st->word);
	free(st->title);
	free(st->lines);
}

size_t
statement_skip_block(struct scan *s, const struct statement *st)
{
	size_t depth = 1;
	struct token t = { .to = st->end };

	while (depth > 0 && scan_peek(s, 0)->kind != TOKEN_END) {
		t = scan_take(s);
		if (t.kind == TOKEN_OPEN)
			depth++;
		else if (t.kind == TOKEN_CLOSE)
			depth--;
	}
	if (depth > 0 && !s->stopped) {
		diags_error(s->d, s->file, st->name.line,
		    "%s: the block that begins here is not closed: }",
		    st->word);
		scan_stop(s);
	}
	return t.to;
}
