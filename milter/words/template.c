/* template - words with {fields}, checked at load, expanded at refusal */

#include "words/template.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/diag.h"
#include "base/log.h"
#include "base/mem.h"

/* The general fields. */
static const char *const template_fields[] = {
	"client", "client_name", "helo", "sender", "sender_domain", "rcpt",
	"rcpt_domain", "login", "name", "contact", "id", NULL
};

/* How a value too long for a reply ends. */
static const char cut_mark[] = "...";

static size_t
field_length(const char *p)
{
	return strspn(p, "abcdefghijklmnopqrstuvwxyz_");
}

/*
 * One piece of a template: plain text, a field, a mark of an optional part, or
 * what is wrong. The only reader of the syntax.
 */
enum piece { PIECE_END, PIECE_TEXT, PIECE_FIELD, PIECE_IF, PIECE_ELSE,
	PIECE_ENDIF, PIECE_BAD };

static bool
is_mark(const char *at, enum piece *piece)
{
	static const char marks[] = "(|)";
	const char *mark = at[1] != '\0' && at[2] == '}' ?
	    strchr(marks, at[1]) : NULL;

	if (mark != NULL)
		*piece = (enum piece)(PIECE_IF + (mark - marks));
	return mark != NULL;
}

static enum piece
next_piece(const char **p, const char **start, size_t *n)
{
	const char *at = *p;
	enum piece piece;

	if (*at == '\0')
		return PIECE_END;
	*start = at;
	if (at[0] == at[1] && (*at == '{' || *at == '}')) {
		*n = 1;
		*p = at + 2;
		return PIECE_TEXT;
	}
	if (*at == '}')
		return PIECE_BAD;
	if (*at != '{') {
		*n = strcspn(at, "{}");
		*p = at + *n;
		return PIECE_TEXT;
	}
	if (is_mark(at, &piece)) {
		*p = at + 3;
		return piece;
	}
	*start = at + 1;
	*n = field_length(*start);
	*p = *start + *n + 1;
	return *n > 0 && (*start)[*n] == '}' ? PIECE_FIELD : PIECE_BAD;
}

static bool
is_general(const char *name, size_t n)
{
	size_t i;

	for (i = 0; template_fields[i] != NULL; i++)
		if (strlen(template_fields[i]) == n &&
		    memcmp(template_fields[i], name, n) == 0)
			return true;
	return false;
}

static bool
is_listed(const char *list, const char *name, size_t n)
{
	const char *p;
	size_t length;

	for (p = list; p != NULL && *p != '\0'; p += length) {
		p += strspn(p, " ");
		length = strcspn(p, " ");
		if (length == n && memcmp(p, name, n) == 0)
			return true;
	}
	return false;
}

/* The general fields and those of the list, for diag_nearest(). */
static void
say_unknown(const char *name, size_t n, const char *more, struct buf *errmsg)
{
	const char *words[64];
	char *copy = mem_dup(more != NULL ? more : ""), *rest = copy, *word;
	char *wrong = mem_ndup(name, n);
	const char *nearest;
	size_t i;

	for (i = 0; template_fields[i] != NULL; i++)
		words[i] = template_fields[i];
	while (i + 1 < sizeof words / sizeof words[0] &&
	    (word = strsep(&rest, " ")) != NULL)
		words[i++] = word;
	words[i] = NULL;
	nearest = diag_nearest(wrong, words);
	buf_printf(errmsg, "there is no field {%s}", wrong);
	if (nearest != NULL)
		buf_printf(errmsg, "; did you mean {%s}?", nearest);
	else {
		buf_puts(errmsg, "; known here:");
		for (i = 0; words[i] != NULL; i++)
			if (*words[i] != '\0')
				buf_printf(errmsg, " {%s}", words[i]);
	}
	free(wrong);
	free(copy);
}

static bool
is_plain(const char *text, struct buf *errmsg)
{
	const char *p;

	for (p = text; *p != '\0'; p++)
		if (*p < ' ' || *p > '~') {
			buf_printf(errmsg,
			    "byte %zu is 0x%02x; a reply may hold "
			    "ASCII 32 to 126 only (RFC 5321 section 4.2)",
			    (size_t)(p - text) + 1, (unsigned char)*p);
			return false;
		}
	if (text[strspn(text, " ")] == '\0') {
		buf_puts(errmsg, "the text is empty");
		return false;
	}
	return true;
}

/* One part does not stand in another; each has its end, "{|}" once at most. */
static bool
marks_are_right(const char *text)
{
	const char *p = text, *start;
	enum piece piece, last = PIECE_ENDIF;
	size_t n;

	while ((piece = next_piece(&p, &start, &n)) != PIECE_END) {
		if (piece < PIECE_IF || piece > PIECE_ENDIF)
			continue;
		if ((piece == PIECE_IF) != (last == PIECE_ENDIF) ||
		    (piece == PIECE_ELSE && last == PIECE_ELSE))
			return false;
		last = piece;
	}
	return last == PIECE_ENDIF;
}

bool
template_check(const char *text, const char *more, size_t longest,
    struct buf *errmsg)
{
	const char *p = text, *start;
	enum piece piece;
	size_t n;

	if (!is_plain(text, errmsg))
		return false;
	if (strlen(text) > longest) {
		buf_printf(errmsg,
		    "%zu bytes; at most %zu fit into a reply line",
		    strlen(text), longest);
		return false;
	}
	while ((piece = next_piece(&p, &start, &n)) != PIECE_END) {
		if (piece == PIECE_BAD) {
			buf_puts(errmsg, "a brace has no twin; a field is "
			    "{like_this}, a brace itself is {{ or }}");
			return false;
		}
		if (piece == PIECE_FIELD && !is_general(start, n) &&
		    !is_listed(more, start, n)) {
			say_unknown(start, n, more, errmsg);
			return false;
		}
	}
	if (!marks_are_right(text)) {
		buf_puts(errmsg, "an optional part is {(}words{)} or "
		    "{(}words{|}other words{)}, none within another");
		return false;
	}
	return true;
}

void
template_put_safe(struct buf *out, const char *value, size_t n)
{
	size_t i, at = out->len;

	buf_put(out, value, n);
	for (i = 0; i < n; i++)
		if (value[i] < ' ' || value[i] > '~')
			out->data[at + i] = '?';
}

static void
put_value(struct buf *out, const char *value)
{
	size_t n;

	if (value == NULL)
		value = "unknown";
	n = strlen(value);
	if (n <= TEMPLATE_VALUE_MAX) {
		template_put_safe(out, value, n);
		return;
	}
	template_put_safe(out, value, TEMPLATE_VALUE_MAX - strlen(cut_mark));
	buf_puts(out, cut_mark);
}

/* Has every field of the part that begins at p a value? */
static bool
part_is_known(const char *p, template_lookup *lookup, const void *from)
{
	const char *start;
	enum piece piece;
	size_t n;

	while ((piece = next_piece(&p, &start, &n)) != PIECE_END &&
	    piece != PIECE_ELSE && piece != PIECE_ENDIF)
		if (piece == PIECE_FIELD && lookup(from, start, n) == NULL)
			return false;
	return true;
}

/* The next piece that is to be written: text or field. */
static enum piece
next_shown(const char **p, const char **start, size_t *n, bool *skips,
    template_lookup *lookup, const void *from)
{
	enum piece piece;

	while ((piece = next_piece(p, start, n)) != PIECE_END) {
		if (piece == PIECE_IF)
			*skips = !part_is_known(*p, lookup, from);
		else if (piece == PIECE_ELSE)
			*skips = !*skips;
		else if (piece == PIECE_ENDIF)
			*skips = false;
		else if (!*skips)
			break;
	}
	return piece;
}

void
template_expand(struct buf *out, const char *text, template_lookup *lookup,
    const void *from)
{
	const char *p = text, *start;
	enum piece piece;
	bool skips = false;
	size_t n;

	while ((piece = next_shown(&p, &start, &n, &skips, lookup, from)) !=
	    PIECE_END) {
		if (piece == PIECE_BAD)
			BUG("a template was not checked");
		if (piece == PIECE_TEXT)
			template_put_safe(out, start, n);
		else
			put_value(out, lookup(from, start, n));
	}
}

bool
template_is_known(const char *text, template_lookup *lookup,
    const void *from)
{
	const char *p = text, *start;
	enum piece piece;
	bool skips = false;
	size_t n;

	while ((piece = next_shown(&p, &start, &n, &skips, lookup, from)) !=
	    PIECE_END)
		if (piece == PIECE_FIELD && lookup(from, start, n) == NULL)
			return false;
	return true;
}
