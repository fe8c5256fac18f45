/* decode - content transfer encodings, piece by piece */

#include "mime/decode.h"

#include <string.h>
#include <strings.h>

#define NONE 64		/* no letter of base64; 65: a blank */
#define PAD 66

/* RFC 2045 section 6.8, table 1. */
static const unsigned char base64_values[256] = {
#define N4 64, 64, 64, 64
#define N16 N4, N4, N4, N4
	64, 64, 64, 64, 64, 64, 64, 64, 64, 65, 65, 64, 64, 65, 64, 64,
	N16,
	65, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 62, 64, 64, 64, 63,
	52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 64, 64, 64, 66, 64, 64,
	64, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14,
	15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 64, 64, 64, 64, 64,
	64, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40,
	41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, 64, 64, 64, 64, 64,
	N16, N16, N16, N16, N16, N16, N16, N16
#undef N4
#undef N16
};

static unsigned
value_of(char c)
{
	return base64_values[(unsigned char)c];
}

/* Four letters at once while nothing is odd. */
static const char *
base64_groups(const char *p, const char *end, char **out, size_t *room)
{
	unsigned a, b, c, d;

	while (end - p >= 4 && *room >= 3) {
		a = value_of(p[0]);
		b = value_of(p[1]);
		c = value_of(p[2]);
		d = value_of(p[3]);
		if ((a | b | c | d) >= NONE)
			break;
		a = a << 18 | b << 12 | c << 6 | d;
		(*out)[0] = (char)(a >> 16);
		(*out)[1] = (char)(a >> 8);
		(*out)[2] = (char)a;
		*out += 3;
		*room -= 3;
		p += 4;
	}
	return p;
}

static void
base64_letter(struct decoder *d, unsigned value, char **out, size_t *room)
{
	if (d->padded)		/* text behind the end: somebody reads it */
		d->faulty = true;
	d->padded = false;
	d->bits = (d->bits << 6 | value) & 0xffffff;
	d->nbits += 6;
	if (d->nbits >= 8) {
		d->nbits -= 8;
		*(*out)++ = (char)(d->bits >> d->nbits);
		--*room;
	}
}

/* Two letters want two of them, three want one. */
static void
base64_pad(struct decoder *d)
{
	if (!d->padded) {
		d->faulty |= d->nbits != 2 && d->nbits != 4;
		d->pads = d->nbits == 4 ? 2 : 1;
	}
	d->faulty |= --d->pads < 0;
	d->nbits = 0;
	d->padded = true;
}

static size_t
base64_put(struct decoder *d, const char **in, const char *end, char *out,
    size_t room)
{
	const char *p = *in;
	char *to = out;
	unsigned value;

	while (p < end && room > 0) {
		if (d->nbits == 0 && !d->padded) {
			p = base64_groups(p, end, &to, &room);
			if (p == end || room == 0)
				break;
		}
		value = value_of(*p++);
		if (value < NONE) {
			base64_letter(d, value, &to, &room);
		} else if (value == PAD) {
			base64_pad(d);
		} else if (value == NONE) {
			d->faulty = true;
		}
	}
	*in = p;
	return (size_t)(to - out);
}

static int
hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return -1;
}

/* An escape that is none stands for itself. */
static size_t
escape_is_none(struct decoder *d, char *out)
{
	size_t n = d->npending;

	memcpy(out, d->carried, n);
	d->npending = 0;
	d->faulty = true;
	return n;
}

/* Blanks behind "=" that some relay put there are none of the text (RFC 2045
   section 6.7, transport-padding); what else follows them is. */
static size_t
quoted_padding(struct decoder *d, const char **p, char *out)
{
	char c = **p;

	if (c == '\n' || d->carried[1] == '\r') {
		*p += c == '\n';
		d->npending = d->nblanks = 0;
		return 0;
	}
	if (c != ' ' && c != '\t' && c != '\r') {
		*out = d->carried[0];
		if (d->carried[0] == '=')
			d->carried[0] = ' ';
		else
			d->nblanks--;
		d->npending = d->nblanks > 0;
		d->faulty = true;
		return 1;
	}
	if (c == '\r')
		d->carried[1] = c;
	else
		d->nblanks++;
	++*p;
	return 0;
}

/* One more byte after "="; returns how much was written, *p moves past what
   was used. */
static size_t
quoted_escape(struct decoder *d, const char **p, char *out)
{
	char c = **p;

	if (d->nblanks > 0)
		return quoted_padding(d, p, out);
	if (d->npending == 2 && d->carried[1] == '\r') {
		*p += c == '\n';
		d->npending = 0;
		return 0;
	}
	if (d->npending == 2) {
		if (hex(c) < 0)
			return escape_is_none(d, out);
		*out = (char)(hex(d->carried[1]) << 4 | hex(c));
		d->npending = 0;
		++*p;
		return 1;
	}
	if (c == '\n') {
		d->npending = 0;
		++*p;
		return 0;
	}
	if (c == ' ' || c == '\t') {
		d->nblanks = 1;
		d->carried[1] = c;
		++*p;
		return 0;
	}
	if (c != '\r' && hex(c) < 0)
		return escape_is_none(d, out);
	d->carried[d->npending++] = c;
	++*p;
	return 0;
}

static size_t
quoted_put(struct decoder *d, const char **in, const char *end, char *out,
    size_t room)
{
	const char *p = *in, *stop;
	size_t n, done = 0;

	while (p < end && room - done > 2) {
		if (d->npending > 0) {
			done += quoted_escape(d, &p, out + done);
			continue;
		}
		n = (size_t)(end - p);
		if (n > room - done - 2)
			n = room - done - 2;
		stop = memchr(p, '=', n);
		if (stop != NULL)
			n = (size_t)(stop - p);
		memcpy(out + done, p, n);
		done += n;
		p += n;
		if (stop != NULL) {
			d->carried[d->npending++] = '=';
			p++;
		}
	}
	*in = p;
	return done;
}

size_t
decode_put(struct decoder *d, const char **in, const char *end, char *out,
    size_t room)
{
	return d->encoding == MIME_BASE64 ? base64_put(d, in, end, out, room) :
	    quoted_put(d, in, end, out, room);
}

size_t
decode_end(struct decoder *d, char *out)
{
	size_t n = 0;

	if (d->encoding == MIME_QUOTED && d->npending > 0) {
		/* A "=" at the very end is a soft line break. */
		if (d->npending == 2 && d->carried[1] != '\r')
			n = escape_is_none(d, out);
	} else if (d->encoding == MIME_BASE64 &&
	    (d->nbits > 0 || d->pads > 0)) {
		d->faulty = true;
	}
	d->npending = d->nblanks = 0;
	d->nbits = 0;
	return n;
}

static unsigned
uu_value(const char *line, size_t n, size_t i)
{
	return i < n ? ((unsigned)(unsigned char)line[i] - ' ') & 63 : 0;
}

static bool
is_uu(const char *line, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (line[i] < ' ' || line[i] > '`')
			return false;
	return true;
}

int
decode_uu_line(const char *line, size_t n, char *out)
{
	unsigned want, word = 0, i;
	size_t at = 1;

	if (n == 0 || (n == 3 && memcmp(line, "end", 3) == 0))
		return 0;
	want = uu_value(line, n, 0);
	/*
	 * Trailing blanks may be lost, and some programs add a letter as a
	 * checksum.
	 */
	if (!is_uu(line, n) || want > 45 ||
	    n > 1 + (size_t)(want + 2) / 3 * 4 + 2 ||
	    n + 4 < 1 + (size_t)(want + 2) / 3 * 4)
		return -1;
	for (i = 0; i < want; i++) {
		if (i % 3 == 0) {
			word = uu_value(line, n, at) << 18 |
			    uu_value(line, n, at + 1) << 12 |
			    uu_value(line, n, at + 2) << 6 |
			    uu_value(line, n, at + 3);
			at += 4;
		}
		out[i] = (char)(word >> (16 - i % 3 * 8));
	}
	return (int)want;
}

/* "644 name": where the name begins, or NULL. Programs take a mode of any
   length, and none; then the name should look like that of a file. */
static const char *
behind_mode(const char *line, size_t n, size_t i)
{
	size_t digits = 0;

	for (; i < n && line[i] >= '0' && line[i] <= '7'; i++)
		digits++;
	if (i + 1 >= n || line[i] != ' ' || ((digits < 3 || digits > 5) &&
	    memchr(line + i, '.', n - i) == NULL))
		return NULL;
	return line + i + 1;
}

enum inline_kind
decode_inline_begin(const char *line, size_t n, const char **name)
{
	static const struct {
		const char *start;
		size_t n;
		enum inline_kind kind;
	} known[] = {
		{ "begin ", 6, INLINE_UU },
		{ "begin-base64 ", 13, INLINE_BASE64 },
	};
	size_t i;

	for (i = 0; i < sizeof known / sizeof known[0]; i++)
		if (n > known[i].n &&
		    memcmp(line, known[i].start, known[i].n) == 0) {
			*name = behind_mode(line, n, known[i].n);
			return *name != NULL ? known[i].kind : INLINE_NONE;
		}
	if (n < 8 || memcmp(line, "=ybegin ", 8) != 0)
		return INLINE_NONE;
	*name = memmem(line, n, " name=", 6);
	if (*name == NULL)
		return INLINE_NONE;
	*name += 6;
	return *name < line + n ? INLINE_YENC : INLINE_NONE;
}

size_t
decode_yenc_line(const char *line, size_t n, char *out)
{
	size_t i, done = 0;

	for (i = 0; i < n; i++)
		if (line[i] == '=' && i + 1 < n)
			out[done++] = (char)(line[++i] - 64 - 42);
		else
			out[done++] = (char)(line[i] - 42);
	return done;
}

bool
decode_find(const char *name, enum mime_encoding *encoding)
{
	static const struct {
		const char *name;
		enum mime_encoding encoding;
	} known[] = {
		{ "", MIME_AS_IS }, { "7bit", MIME_AS_IS },
		{ "8bit", MIME_AS_IS }, { "binary", MIME_AS_IS },
		{ "base64", MIME_BASE64 }, { "quoted-printable", MIME_QUOTED },
		{ "x-uuencode", MIME_UUENCODE }, { "uuencode", MIME_UUENCODE },
		{ "x-uue", MIME_UUENCODE }, { "uue", MIME_UUENCODE },
	};
	size_t i;

	for (i = 0; i < sizeof known / sizeof known[0]; i++)
		if (strcasecmp(name, known[i].name) == 0) {
			*encoding = known[i].encoding;
			return true;
		}
	return false;
}
