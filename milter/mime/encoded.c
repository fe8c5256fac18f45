/* encoded - header text as people read it: RFC 2047, RFC 2231 */

#include "mime/encoded.h"

#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "mime/charset.h"
#include "mime/decode.h"

#define CHARSET_MAX 40

/* UTF-16 that does not say which: most of it is Latin (RFC 2781 4.3). */
static const char *
utf16_order(const char *bytes, size_t n)
{
	size_t i, zeros[2] = { 0, 0 };

	if (n >= 2 && (memcmp(bytes, "\376\377", 2) == 0 ||
	    memcmp(bytes, "\377\376", 2) == 0))
		return "utf-16";
	for (i = 0; i < n; i++)
		zeros[i % 2] += bytes[i] == '\0';
	return zeros[1] > zeros[0] ? "utf-16le" : "utf-16be";
}

bool
encoded_put_charset(struct buf *out, const char *charset, size_t ncharset,
    const char *bytes, size_t n)
{
	char name[CHARSET_MAX], piece[256];
	const char *end = bytes + n;
	struct charset *c;
	size_t written;
	bool plain;

	if (ncharset >= sizeof name) {
		buf_put(out, bytes, n);
		return false;
	}
	memcpy(name, charset, ncharset);
	name[ncharset] = '\0';
	plain = charset_is_plain(name);
	c = plain ? NULL : charset_open(strcasecmp(name, "utf-16") == 0 ?
	    utf16_order(bytes, n) : name);
	if (c == NULL) {
		buf_put(out, bytes, n);
		return plain;
	}
	do {
		written = charset_put(c, &bytes, end, piece, sizeof piece,
		    true);
		buf_put(out, piece, written);
	} while (written > 0);
	charset_close(c);
	return true;
}

static int
hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* One byte from "XY", or -1. */
static int
hex_byte(const char *text, size_t n)
{
	return n >= 2 && hex(text[0]) >= 0 && hex(text[1]) >= 0 ?
	    hex(text[0]) << 4 | hex(text[1]) : -1;
}

void
encoded_put_percent(struct buf *out, const char *text, size_t n)
{
	size_t i;
	int byte;

	for (i = 0; i < n; i++) {
		byte = text[i] == '%' ? hex_byte(text + i + 1, n - i - 1) : -1;
		buf_putc(out, byte >= 0 ? (char)byte : text[i]);
		i += byte >= 0 ? 2 : 0;
	}
}

/* max 0: all */
static void
put_q(struct buf *out, const char *text, size_t n)
{
	size_t i;
	int byte;

	for (i = 0; i < n; i++) {
		byte = text[i] == '=' ? hex_byte(text + i + 1, n - i - 1) : -1;
		if (byte >= 0)
			buf_putc(out, (char)byte);
		else
			buf_putc(out, text[i] == '_' ? ' ' : text[i]);
		i += byte >= 0 ? 2 : 0;
	}
}

static void
put_b(struct buf *out, const char *text, size_t n)
{
	struct decoder d = { .encoding = MIME_BASE64 };
	const char *end = text + n;
	char piece[128];

	while (text < end)
		buf_put(out, piece,
		    decode_put(&d, &text, end, piece, sizeof piece));
}

/* The parts of "=?charset?B?text?=". */
struct word {
	const char *charset, *text;
	size_t ncharset, ntext;
	char encoding;
	const char *end;	/* behind it */
};

static bool
find_word(const char *p, const char *end, struct word *w)
{
	const char *mark, *star;

	if (end - p < 8 || p[0] != '=' || p[1] != '?')
		return false;
	w->charset = p + 2;
	mark = memchr(w->charset, '?', (size_t)(end - w->charset));
	if (mark == NULL || mark - w->charset > 2 * CHARSET_MAX ||
	    mark + 2 >= end || mark[2] != '?')
		return false;
	w->ncharset = (size_t)(mark - w->charset);
	/* RFC 2231 section 5: a language may follow. */
	star = memchr(w->charset, '*', w->ncharset);
	if (star != NULL)
		w->ncharset = (size_t)(star - w->charset);
	w->encoding = (char)(mark[1] & ~0x20);
	w->text = mark + 3;
	for (p = w->text; p + 1 < end && !(p[0] == '?' && p[1] == '='); p++)
		if (*p == '?' || *p == '\n')
			return false;
	if (p + 1 >= end)
		return false;
	w->ntext = (size_t)(p - w->text);
	w->end = p + 2;
	return w->encoding == 'B' || w->encoding == 'Q';
}

/*
 * Words of one charset that follow each other are one text: some programs
 * cut between the bytes of a character.
 */
static const char *
put_words(struct buf *out, struct word w, const char *end, bool *good)
{
	struct buf raw = BUF_INIT;
	struct word next;
	const char *p;

	for (;;) {
		(w.encoding == 'B' ? put_b : put_q)(&raw, w.text, w.ntext);
		for (p = w.end; p < end && strchr(" \t\r\n", *p) != NULL &&
		    *p != '\0'; p++)
			;
		if (!find_word(p, end, &next) || next.ncharset != w.ncharset ||
		    strncasecmp(next.charset, w.charset, w.ncharset) != 0)
			break;
		w = next;
	}
	*good &= encoded_put_charset(out, w.charset, w.ncharset, raw.data,
	    raw.len);
	buf_free(&raw);
	/* White space between two words is none (section 6.2). */
	return find_word(p, end, &next) ? p : w.end;
}

bool
encoded_put(struct buf *out, const char *value, size_t n)
{
	const char *p = value, *end = value + n;
	bool good = true;
	struct word w;

	while (p < end) {
		if (*p == '=' && find_word(p, end, &w)) {
			p = put_words(out, w, end, &good);
			continue;
		}
		if (*p != '\r' && *p != '\n')
			buf_putc(out, *p);
		p++;
	}
	return good;
}
