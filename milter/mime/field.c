/* field - Content-Type and its kin: a value and parameters */

#include "mime/field.h"

#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "mime/encoded.h"

#define PIECES_MAX 100
#define PARAMETERS_MAX 400

struct text {
	const char *at;
	size_t n;
};

/* One "name=value" as it stands, quotes included. */
struct parameter {
	struct text name, value;
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

static struct text
trimmed(const char *from, const char *to)
{
	from = skip_blank(from, to);
	while (to > from && is_blank(to[-1]))
		to--;
	return (struct text){ from, (size_t)(to - from) };
}

/* Reads the parameter at *p (behind a semicolon); false at the end. */
static bool
next_parameter(const char **p, const char *end, struct parameter *param)
{
	const char *stop, *equals;

	while (*p < end && (*(*p = skip_blank(*p, end)) == ';'))
		++*p;
	while (*p < end && **p == '(')
		*p = skip_blank(skip_quoted(*p, end, ')'), end);
	if (*p >= end)
		return false;
	stop = find_end(*p, end);
	equals = memchr(*p, '=', (size_t)(stop - *p));
	if (equals == NULL) {
		param->name = trimmed(*p, stop);
		param->value = (struct text){ stop, 0 };
	} else {
		param->name = trimmed(*p, equals);
		param->value = trimmed(equals + 1, stop);
	}
	*p = stop;
	return true;
}

/* Is it no more than comments and white space? */
static bool
is_nothing(const char *p, const char *end)
{
	while ((p = skip_blank(p, end)) < end) {
		if (*p != '(')
			return false;
		p = skip_quoted(p, end, ')');
	}
	return true;
}

/* Where a comment begins behind it, or its end. */
static size_t
before_comment(struct text v)
{
	size_t i;

	for (i = 1; i < v.n; i++)
		if (v.at[i] == '(' && is_blank(v.at[i - 1]) &&
		    is_nothing(v.at + i, v.at + v.n))
			return i;
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
	return i == v.n || !is_nothing(v.at + i + 1, v.at + v.n) ?
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

/* "name*3*": which piece (-1: none, 0 for "name*"), percent encoded? */
static int
piece_of(struct text have, const char *name, bool *percent)
{
	size_t n = strlen(name), i;
	int number = 0;

	if (have.n <= n || strncasecmp(have.at, name, n) != 0 ||
	    have.at[n] != '*')
		return -1;
	*percent = have.at[have.n - 1] == '*';
	for (i = n + 1; i < have.n && have.at[i] >= '0' && have.at[i] <= '9' &&
	    number < PIECES_MAX; i++)
		number = number * 10 + (have.at[i] - '0');
	if (i + (*percent && i > n + 1) != have.n && i != have.n)
		return -1;
	return number < PIECES_MAX ? number : -1;
}

struct pieces {
	struct text v[PIECES_MAX];
	bool percent[PIECES_MAX];
};

static void
find_pieces(const char *p, const char *end, const char *name,
    struct pieces *found)
{
	struct parameter param;
	int i, count;
	bool percent;

	memset(found, 0, sizeof *found);
	for (count = 0; count < PARAMETERS_MAX &&
	    next_parameter(&p, end, &param); count++) {
		i = piece_of(param.name, name, &percent);
		if (i < 0 || found->v[i].at != NULL)
			continue;
		found->v[i] = param.value;
		found->percent[i] = percent;
	}
}

/* Removes "charset'language'" from the front of the first piece. */
static struct text
take_charset(struct buf *piece)
{
	const char *first = memchr(piece->data, '\'', piece->len), *second;
	struct text charset = { piece->data, 0 };

	if (first == NULL)
		return charset;
	second = memchr(first + 1, '\'',
	    piece->len - (size_t)(first + 1 - piece->data));
	if (second == NULL)
		return charset;
	charset.n = (size_t)(first - piece->data);
	return charset;
}

static size_t
behind_charset(const struct buf *piece, struct text charset)
{
	const char *second;

	if (charset.n == 0 && (piece->len == 0 || piece->data[0] != '\''))
		return 0;
	second = memchr(piece->data + charset.n + 1, '\'',
	    piece->len - charset.n - 1);
	return second == NULL ? 0 : (size_t)(second + 1 - piece->data);
}

static bool
put_extended(const char *p, const char *end, const char *name, size_t max,
    struct buf *out, unsigned *odd)
{
	struct buf raw = BUF_INIT, piece = BUF_INIT, charset = BUF_INIT;
	struct pieces found;
	struct text c;
	size_t skip;
	int i, count = 0;

	find_pieces(p, end, name, &found);
	for (i = 0; i < PIECES_MAX && raw.len <= max * 3; i++) {
		if (found.v[i].at == NULL)
			continue;
		if (count++ < i)	/* one before it is missing */
			*odd |= FIELD_JUNK;
		buf_clear(&piece);
		*odd |= put_unquoted(&piece, found.v[i]);
		skip = 0;
		if (count == 1 && found.percent[i]) {
			c = take_charset(&piece);
			buf_put(&charset, c.at, c.n);
			skip = behind_charset(&piece, c);
		}
		if (found.percent[i])
			encoded_put_percent(&raw, piece.data + skip,
			    piece.len - skip);
		else
			buf_put(&raw, piece.data, piece.len);
	}
	encoded_put_charset(out, charset.data, charset.len, raw.data, raw.len);
	buf_free(&raw);
	buf_free(&piece);
	buf_free(&charset);
	return count > 0;
}

static bool
put_plain(const char *p, const char *end, const char *name, struct buf *out,
    unsigned *odd)
{
	struct buf raw = BUF_INIT;
	struct parameter param;
	int count;

	for (count = 0; count < PARAMETERS_MAX &&
	    next_parameter(&p, end, &param); count++) {
		if (param.name.n != strlen(name) ||
		    strncasecmp(param.name.at, name, param.name.n) != 0)
			continue;
		*odd |= put_unquoted(&raw, param.value);
		encoded_put(out, raw.data, raw.len);
		buf_free(&raw);
		return true;
	}
	return false;
}

bool
field_parameter(const char *field, size_t n, const char *name, bool extended,
    size_t max, struct buf *out, unsigned *odd)
{
	const char *end = field + n, *p = find_end(field, end);
	size_t before = out->len;
	bool found;

	found = extended ? put_extended(p, end, name, max, out, odd) :
	    put_plain(p, end, name, out, odd);
	if (out->len - before > max) {
		buf_cut(out, before + max);
		*odd |= FIELD_CUT;
	}
	return found;
}
