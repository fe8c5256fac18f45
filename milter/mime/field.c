/* field - Content-Type and its kin: a value and parameters */

#include "mime/field.h"

#include <string.h>

#include "base/buf.h"
#include "mime/encoded.h"

#define PIECES_MAX 100
#define PARAMETERS_MAX 400
#define SAME_MAX 8	/* values of one parameter that are read */

struct text {
	const char *at;
	size_t n;
};

/* One "name=value" as it stands, quotes and comments included. */
struct parameter {
	struct text name, value;
	bool assigned;		/* it has an equals sign */
};

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static const char *
skip_blank(const char *p, const char *end)
{
	while (p < end && is_blank(*p))
		p++;
	return p;
}

/* Behind a quoted string or a comment, or the end when it has none. */
static const char *
skip_quoted(const char *p, const char *end, char close)
{
	int depth = 1;

	for (p++; p < end; p++) {
		if (*p == '\\' && p + 1 < end)
			p++;
		else if (*p == close && --depth == 0)
			return p + 1;
		else if (close == ')' && *p == '(')
			depth++;
	}
	return end;
}

/* The next semicolon that separates. */
static const char *
find_end(const char *p, const char *end)
{
	while (p < end && *p != ';')
		p = *p == '"' ? skip_quoted(p, end, '"') : p + 1;
	return p;
}

/* The next of these, or the end; what stands in comments is none. */
static const char *
find_outside(const char *p, const char *end, char wanted)
{
	while (p < end && *p != wanted)
		p = *p == '(' ? skip_quoted(p, end, ')') : p + 1;
	return p;
}

static struct text
trimmed(const char *from, const char *to)
{
	from = skip_blank(from, to);
	while (to > from && is_blank(to[-1]))
		to--;
	return (struct text){ from, (size_t)(to - from) };
}

/* Past white space and comments. */
static const char *
skip_nothing(const char *p, const char *end)
{
	while ((p = skip_blank(p, end)) < end && *p == '(')
		p = skip_quoted(p, end, ')');
	return p;
}

/* Reads the parameter at *p (behind a semicolon); false at the end. */
static bool
next_parameter(const char **p, const char *end, struct parameter *param)
{
	const char *stop, *equals;

	while (*p < end && (*(*p = skip_nothing(*p, end)) == ';'))
		++*p;
	if (*p >= end)
		return false;
	stop = find_end(*p, end);
	equals = find_outside(*p, stop, '=');
	param->name = trimmed(*p, equals);
	param->assigned = equals < stop;
	param->value = equals == stop ? (struct text){ stop, 0 } :
	    trimmed(skip_nothing(equals + 1, stop), stop);
	*p = stop;
	return true;
}

/* Where the comments begin behind it, or its end. */
static size_t
before_comment(struct text v)
{
	const char *end = v.at + v.n, *behind;
	size_t i = 1;

	while (i < v.n) {
		if (v.at[i] != '(' || !is_blank(v.at[i - 1])) {
			i++;
			continue;
		}
		behind = skip_nothing(v.at + i, end);
		if (behind == end)
			return i;
		i = (size_t)(behind - v.at);
	}
	return v.n;
}

/* Without quotes it should have no blanks, but programs read them. */
static unsigned
put_token(struct buf *out, struct text v)
{
	unsigned odd = 0;
	size_t i;

	v = trimmed(v.at, v.at + before_comment(v));
	for (i = 0; i < v.n; i++) {
		if (is_blank(v.at[i]) || v.at[i] == '"' || v.at[i] == '(')
			odd = FIELD_JUNK;
		if (v.at[i] != '\r' && v.at[i] != '\n')
			buf_putc(out, v.at[i]);
	}
	return odd;
}

/* Without quotes and what they protect; a comment behind it is none of it. */
static unsigned
put_unquoted(struct buf *out, struct text v)
{
	size_t i;

	if (v.n == 0 || v.at[0] != '"')
		return put_token(out, v);
	for (i = 1; i < v.n && v.at[i] != '"'; i++) {
		if (v.at[i] == '\\' && i + 1 < v.n)
			i++;
		if (v.at[i] != '\r' && v.at[i] != '\n')
			buf_putc(out, v.at[i]);
	}
	return i == v.n ||
	    skip_nothing(v.at + i + 1, v.at + v.n) != v.at + v.n ?
	    FIELD_JUNK : 0;
}

unsigned
field_value(const char *field, size_t n, struct buf *out)
{
	const char *end = field + n;

	for (; field < end && *field != ';'; field++) {
		if (*field == '(') {
			field = skip_quoted(field, end, ')') - 1;
			continue;
		}
		if (is_blank(*field))
			continue;
		if (*field <= ' ' || *field >= 127 ||
		    strchr("<>@,:\\\"[]?=)", *field) != NULL)
			return FIELD_JUNK;
		/* White space belongs nowhere but around the slash. */
		if (out->len > 0 && is_blank(field[-1]) && *field != '/' &&
		    out->data[out->len - 1] != '/')
			return FIELD_JUNK;
		buf_putc(out, *field >= 'A' && *field <= 'Z' ?
		    (char)(*field | 0x20) : *field);
	}
	return 0;
}

/* The name is `name`, comments and blanks within it aside; what follows it
   begins at *behind. */
static bool
begins_with(struct text have, const char *name, const char **behind)
{
	const char *p = have.at, *end = have.at + have.n;

	for (; *name != '\0'; name++) {
		p = skip_nothing(p, end);
		if (p == end || (*p | 0x20) != *name)
			return false;
		p++;
	}
	*behind = skip_nothing(p, end);
	return true;
}

/* "*3*" behind the name: which piece (-1: none, 0 for "*"), in percents? */
static int
piece_of(const char *p, const char *end, bool *percent)
{
	int number = 0, digits = 0;

	*percent = false;
	if (p == end || *p != '*')
		return -1;
	for (p++; p < end && *p >= '0' && *p <= '9' && number < PIECES_MAX;
	    p++, digits++)
		number = number * 10 + (*p - '0');
	*percent = p < end ? *p == '*' : digits == 0;
	p += *percent && digits > 0;
	return p == end && number < PIECES_MAX ? number : -1;
}

/* What the field says of one parameter. */
struct readings {
	size_t max;
	field_reading *reading;
	void *arg;
	unsigned *odd;
	const char *end;
	/* pieces as they stand: the first and the last of each number */
	struct parameter pieces[PIECES_MAX];
	int number[PIECES_MAX];
	bool percent[PIECES_MAX];
	size_t n;
};

static void
tell(const struct readings *r, const struct buf *text)
{
	if (text->len > r->max)
		*r->odd |= FIELD_CUT;
	r->reading(r->arg, text->data, text->len > r->max ? r->max :
	    text->len);
}

/* Behind "charset'language'" at the front of a first piece; 0: there is
   none. */
static size_t
behind_charset(const struct buf *piece, size_t *charset)
{
	const char *end = piece->data + piece->len, *first, *second;

	first = memchr(piece->data, '\'', piece->len);
	second = first == NULL ? NULL :
	    memchr(first + 1, '\'', (size_t)(end - first - 1));
	*charset = second != NULL ? (size_t)(first - piece->data) : 0;
	return second != NULL ? (size_t)(second + 1 - piece->data) : 0;
}

/* The text of some pieces, in this order. */
struct joined {
	struct buf raw, charset;
	size_t n;
};

static void
join_piece(const struct readings *r, struct joined *j, size_t i)
{
	struct buf piece = BUF_INIT;
	size_t skip = 0, charset = 0;

	*r->odd |= put_unquoted(&piece, r->pieces[i].value);
	if (r->percent[i] && j->charset.len == 0) {
		skip = behind_charset(&piece, &charset);
		buf_put(&j->charset, piece.data, charset);
	}
	if (r->percent[i])
		encoded_put_percent(&j->raw, piece.data + skip,
		    piece.len - skip);
	else
		buf_put(&j->raw, piece.data, piece.len);
	j->n++;
	buf_free(&piece);
}

static void
tell_joined(const struct readings *r, struct joined *j)
{
	struct buf text = BUF_INIT;

	if (j->n > 0) {
		if (!encoded_put_charset(&text, j->charset.data,
		    j->charset.len, j->raw.data, j->raw.len))
			*r->odd |= FIELD_UNREAD;
		tell(r, &text);
	}
	buf_free(&text);
	buf_free(&j->raw);
	buf_free(&j->charset);
}

/* By number; of two with one number the first or the last one. */
static void
tell_by_number(const struct readings *r, bool last)
{
	struct joined j = { BUF_INIT, BUF_INIT, 0 };
	size_t at[PIECES_MAX], i;
	bool have[PIECES_MAX] = { false };

	for (i = 0; i < r->n; i++) {
		if (have[r->number[i]] && !last)
			continue;
		at[r->number[i]] = i;
		have[r->number[i]] = true;
	}
	for (i = 0; i < PIECES_MAX; i++) {
		if (!have[i])
			continue;
		if (j.n < i)	/* one before it is missing */
			*r->odd |= FIELD_JUNK;
		join_piece(r, &j, at[i]);
	}
	tell_joined(r, &j);
}

/* Some programs join them as they stand. */
static void
tell_as_they_stand(const struct readings *r)
{
	struct joined j = { BUF_INIT, BUF_INIT, 0 };
	bool sorted = true;
	size_t i;

	for (i = 1; i < r->n; i++)
		sorted &= r->number[i] > r->number[i - 1];
	if (sorted)
		return;
	*r->odd |= FIELD_JUNK;
	for (i = 0; i < r->n; i++)
		join_piece(r, &j, i);
	tell_joined(r, &j);
}

static void
add_piece(struct readings *r, const struct parameter *param, int number,
    bool percent)
{
	size_t i;

	for (i = 0; i < r->n; i++)
		if (r->number[i] == number)
			*r->odd |= FIELD_TWICE;
	if (r->n == PIECES_MAX) {
		*r->odd |= FIELD_CUT;
		return;
	}
	r->pieces[r->n] = *param;
	r->number[r->n] = number;
	r->percent[r->n++] = percent;
}

static void
tell_text(const struct readings *r, const char *text, size_t n)
{
	struct buf decoded = BUF_INIT;

	if (!encoded_put(&decoded, text, n))
		*r->odd |= FIELD_UNREAD;
	tell(r, &decoded);
	buf_free(&decoded);
}

/* "b(c)": without quotes a comment may follow at once. */
static void
tell_before_comment(const struct readings *r, struct text value)
{
	const char *open = memchr(value.at, '(', value.n);

	if (value.n == 0 || *value.at == '"' || open == NULL ||
	    skip_nothing(open, value.at + value.n) != value.at + value.n)
		return;
	*r->odd |= FIELD_JUNK;
	tell_text(r, value.at, (size_t)(open - value.at));
}

/* "filename=a;.exe", "filename=a\;.exe": what has no equals sign may be more
   of the value before it. */
static void
tell_plain(const struct readings *r, const struct parameter *param)
{
	struct buf raw = BUF_INIT;
	const char *p = param->value.at + param->value.n, *stop = p;
	struct parameter next;
	size_t i;

	*r->odd |= put_unquoted(&raw, param->value);
	tell_text(r, raw.data, raw.len);
	tell_before_comment(r, param->value);
	while ((param->value.n == 0 || *param->value.at != '"') &&
	    next_parameter(&p, r->end, &next) && !next.assigned)
		stop = p;
	if (stop > param->value.at + param->value.n) {
		*r->odd |= FIELD_JUNK;
		buf_clear(&raw);
		for (i = 0; param->value.at + i < stop; i++)
			if (strchr("\\\r\n\"", param->value.at[i]) == NULL ||
			    param->value.at[i] == '\0')
				buf_putc(&raw, param->value.at[i]);
		tell_text(r, raw.data, raw.len);
	}
	buf_free(&raw);
}

static void
find_pieces(struct readings *r, const char *p, const char *name)
{
	struct parameter param;
	const char *behind;
	int number, count;
	bool percent;

	for (count = 0; count < PARAMETERS_MAX &&
	    next_parameter(&p, r->end, &param); count++) {
		if (!begins_with(param.name, name, &behind))
			continue;
		number = piece_of(behind, param.name.at + param.name.n,
		    &percent);
		if (number >= 0)
			add_piece(r, &param, number, percent);
	}
	if (count == PARAMETERS_MAX)
		*r->odd |= FIELD_CUT;
}

static void
tell_plain_ones(const struct readings *r, const char *p, const char *name)
{
	struct parameter param;
	const char *behind;
	int count, found = 0;

	for (count = 0; count < PARAMETERS_MAX && found < SAME_MAX &&
	    next_parameter(&p, r->end, &param); count++) {
		if (!begins_with(param.name, name, &behind) ||
		    behind != param.name.at + param.name.n || !param.assigned)
			continue;
		tell_plain(r, &param);
		*r->odd |= ++found > 1 ? FIELD_TWICE : 0;
	}
	if (found == SAME_MAX)
		*r->odd |= FIELD_CUT;
}

void
field_parameter(const char *field, size_t n, const char *name, size_t max,
    field_reading *reading, void *arg, unsigned *odd)
{
	struct readings r = { .max = max, .reading = reading, .arg = arg,
		.odd = odd, .end = field + n };
	const char *p = find_end(field, r.end);

	find_pieces(&r, p, name);
	tell_by_number(&r, false);
	if ((*odd & FIELD_TWICE) != 0)
		tell_by_number(&r, true);
	tell_as_they_stand(&r);
	tell_plain_ones(&r, p, name);
}
