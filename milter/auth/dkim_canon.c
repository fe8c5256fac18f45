/* dkim_canon - header fields and bodies as signatures see them */

#include "auth/dkim_canon.h"

#include <ctype.h>
#include <string.h>

#include "base/buf.h"

/* Bytes that are looked at together; the compiler makes vectors of them. */
#define BLOCK 16

static bool
is_wsp(char c)
{
	return c == ' ' || c == '\t';
}

static bool
is_end(char c)
{
	return c == '\r' || c == '\n';
}

/* Section 3.4.1, with the line ends restored that mail servers remove. */
static void
put_simple(struct buf *out, const char *name, const char *value, size_t n)
{
	size_t i, from = 0;

	buf_puts(out, name);
	buf_putc(out, ':');
	for (i = 0; i < n; i++) {
		if (!is_end(value[i]))
			continue;
		buf_put(out, value + from, i - from);
		buf_put(out, "\r\n", 2);
		i += value[i] == '\r' && i + 1 < n && value[i + 1] == '\n';
		from = i + 1;
	}
	buf_put(out, value + from, n - from);
}

static bool
is_space(char c)
{
	return is_wsp(c) || is_end(c);
}

/* Section 3.4.2 */
static void
put_relaxed(struct buf *out, const char *name, const char *value, size_t n)
{
	size_t i, from;

	for (i = 0; name[i] != '\0'; i++)
		if (!is_wsp(name[i]))
			buf_putc(out, (char)tolower((unsigned char)name[i]));
	buf_putc(out, ':');
	for (i = 0; i < n && is_space(value[i]); i++)
		;
	while (i < n) {
		for (from = i; i < n && !is_space(value[i]); i++)
			;
		buf_put(out, value + from, i - from);
		for (; i < n && is_space(value[i]); i++)
			;
		if (i < n)
			buf_putc(out, ' ');
	}
}

void
dkim_canon_field(struct buf *out, enum dkim_canon canon, const char *name,
    const char *value, size_t n)
{
	if (canon == DKIM_CANON_SIMPLE)
		put_simple(out, name, value, n);
	else
		put_relaxed(out, name, value, n);
	buf_put(out, "\r\n", 2);
}

void
dkim_body_init(struct dkim_body *b, enum dkim_canon canon,
    dkim_canon_sink *sink, void *arg)
{
	b->canon = canon;
	b->sink = sink;
	b->arg = arg;
	b->bytes = b->lines = 0;
	b->blank = b->cr = b->open = false;
	b->staged = 0;
}

static void
flush(struct dkim_body *b)
{
	if (b->staged > 0)
		b->sink(b->arg, b->stage, b->staged);
	b->staged = 0;
}

/* Passes bytes on: small pieces are collected, large ones go as they are. */
static void
hand_on(struct dkim_body *b, const char *bytes, size_t n)
{
	b->bytes += n;
	if (n > sizeof b->stage - b->staged)
		flush(b);
	if (n > sizeof b->stage / 2) {
		flush(b);
		b->sink(b->arg, bytes, n);
		return;
	}
	memcpy(b->stage + b->staged, bytes, n);
	b->staged += n;
}

/* Passes on line ends that turned out not to be at the end of the body. */
static void
put_lines(struct dkim_body *b)
{
	static const char ends[] = "\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n"
	    "\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n";
	const size_t max = (sizeof ends - 1) / 2;

	for (; b->lines > max; b->lines -= max)
		hand_on(b, ends, 2 * max);
	hand_on(b, ends, 2 * (size_t)b->lines);
	b->lines = 0;
}

/*
 * Bytes in canonical form. Line ends at their end are kept back: they may be
 * the end of the body.
 */
static void
put(struct dkim_body *b, const char *bytes, size_t n)
{
	size_t m = n;

	while (m >= 2 && bytes[m - 2] == '\r' && bytes[m - 1] == '\n')
		m -= 2;
	if (m > 0) {
		put_lines(b);
		hand_on(b, bytes, m);
	}
	b->lines += (n - m) / 2;
}

/* Another CR LF, or a CR without LF. */
static size_t
resolve_cr(struct dkim_body *b, char next)
{
	b->cr = false;
	if (next != '\n' && b->blank)
		put(b, " ", 1);
	b->blank = false;
	put(b, "\r\n", next == '\n' ? 2 : 1);
	return next == '\n';
}

/* Must this blank be changed, because of what it is or what follows it? */
static bool
has_odd(const char *p)
{
	unsigned char odd = 0;
	size_t i;

	for (i = 0; i < BLOCK; i++)
		odd |= (unsigned char)((p[i] == '\t') | ((p[i] == ' ') &
		    ((p[i + 1] == ' ') | (p[i + 1] == '\t') |
		    (p[i + 1] == '\r'))));
	return odd != 0;
}

static const char *
find_odd(const char *p, const char *end)
{
	while (end - p > BLOCK && !has_odd(p))
		p += BLOCK;
	for (; p < end; p++)
		if (*p == '\t' || (*p == ' ' && (p + 1 == end ||
		    is_wsp(p[1]) || p[1] == '\r')))
			break;
	return p;
}

/*
 * Past a run of blanks, which counts as one blank, or as nothing at the end of
 * a line. Returns where to continue; *from is the next byte to copy.
 */
static const char *
skip_blanks(struct dkim_body *b, const char *p, const char *end,
    const char **from)
{
	const char *begin = p;

	while (p < end && is_wsp(*p))
		p++;
	*from = p;
	if (p == end)
		return p;
	if (*p == '\r' && p + 1 == end) {
		b->cr = true;
		return end;
	}
	b->blank = false;
	if (*p == '\r' && p[1] == '\n')
		return p;
	if (p > begin && p[-1] == ' ')
		--*from;
	else
		put(b, " ", 1);
	return p;
}

/* Bytes without such blanks; a CR at the end of a piece waits. */
static void
put_piece(struct dkim_body *b, const char *p, const char *end, bool last)
{
	if (p == end)
		return;
	b->cr = last && end[-1] == '\r';
	put(b, p, (size_t)(end - p) - b->cr);
}

void
dkim_body_put(struct dkim_body *b, const char *bytes, size_t n)
{
	const char *p = bytes, *end = bytes + n, *from, *odd;

	if (n == 0)
		return;
	b->open = end[-1] != '\n' || (n > 1 ? end[-2] != '\r' : !b->cr);
	if (b->cr)
		p += resolve_cr(b, *p);
	while (p < end) {
		from = p;
		if (b->blank)
			p = skip_blanks(b, p, end, &from);
		if (b->blank || p == end)
			break;
		odd = b->canon == DKIM_CANON_SIMPLE ? end : find_odd(p, end);
		put_piece(b, from, odd, odd == end);
		b->blank = odd != end;
		p = odd;
	}
}

void
dkim_body_end(struct dkim_body *b)
{
	if (b->open)
		dkim_body_put(b, "\r\n", 2);
	/*
	 * An empty body is one line end with simple (section 3.4.3), nothing
	 * with relaxed (section 3.4.4).
	 */
	if (b->bytes > 0 || b->canon == DKIM_CANON_SIMPLE) {
		b->lines = 1;
		put_lines(b);
	}
	flush(b);
}
