/* mime_inline - files within a text: uuencode, "begin-base64", yEnc */

#include <string.h>

#include "mime/mime_internal.h"

#define LINE_MAX_DECODED 1200

static size_t
without_eol(const char *line, size_t n)
{
	while (n > 0 && (line[n - 1] == '\r' || line[n - 1] == '\n'))
		n--;
	return n;
}

static int
base64_line(const char *line, size_t n, char *out)
{
	struct decoder d = { .encoding = MIME_BASE64 };
	const char *end = line + n;
	size_t done = decode_put(&d, &line, end, out, LINE_MAX_DECODED);

	decode_end(&d, out + done);
	return d.faulty ? -1 : (int)done;
}

/* -1: it is none of the file's; 0: its end, or nothing. */
static int
decoded(enum inline_kind kind, const char *line, size_t n, char *out)
{
	size_t text = mime_trimmed(line, n);

	switch (kind) {
	case INLINE_UU:
		return decode_uu_line(line, text, out);
	case INLINE_BASE64:
		return text == 4 && memcmp(line, "====", 4) == 0 ? 0 :
		    base64_line(line, text, out);
	case INLINE_YENC:
		return (int)decode_yenc_line(line, without_eol(line, n), out);
	case INLINE_NONE:
		break;
	}
	return -1;
}

/* The line ends the file. */
static bool
is_end(enum inline_kind kind, const char *line, size_t text)
{
	switch (kind) {
	case INLINE_UU:
		return text == 3 && line[0] == 'e';
	case INLINE_BASE64:
		return text == 4 && line[0] == '=';
	case INLINE_YENC:
		return text >= 5 && memcmp(line, "=yend", 5) == 0;
	case INLINE_NONE:
		break;
	}
	return false;
}

/* RFC 1741 section 5.2: what stands before the file. */
static bool
is_binhex(const char *line, size_t text)
{
	static const char start[] = "(This file must be converted with BinHex";

	return text >= sizeof start - 1 &&
	    memcmp(line, start, sizeof start - 1) == 0;
}

static void
find_begin(struct mime *m, const char *line, size_t text)
{
	const char *name = NULL;

	if (is_binhex(line, text))
		mime_fault(m, mime_top(m), MIME_BINHEX);
	m->begun = decode_inline_begin(line, text, &name);
	if (m->begun == INLINE_NONE)
		return;
	buf_clear(&m->inline_name);
	buf_put(&m->inline_name, name, text - (size_t)(name - line));
}

void
mime_inline_broken(struct mime *m)
{
	if (m->within != INLINE_NONE) {
		mime_fault(m, mime_top(m), MIME_BAD_UUENCODE);
		mime_part_end(m);
	}
	m->begun = INLINE_NONE;
}

bool
mime_inline_line(struct mime *m, const char *line, size_t n)
{
	size_t text = mime_trimmed(line, n);
	enum inline_kind kind = m->within != INLINE_NONE ? m->within : m->begun;
	char bytes[LINE_MAX_DECODED];
	int got;

	if (kind == INLINE_NONE) {
		find_begin(m, line, text);
		return false;
	}
	if (kind == INLINE_YENC && text >= 6 && memcmp(line, "=ypart", 6) == 0)
		return m->within != INLINE_NONE;
	got = is_end(kind, line, text) ? 0 : decoded(kind, line, n, bytes);
	if (m->within == INLINE_NONE && got > 0) {
		mime_put_eol(m);
		mime_part_begin_inline(m);
	}
	/* Lines of no bytes may come first. */
	m->begun = m->within == INLINE_NONE && got == 0 &&
	    !is_end(kind, line, text) ? kind : INLINE_NONE;
	if (m->within == INLINE_NONE)
		return false;
	if (got > 0)
		mime_part_decoded(m, bytes, (size_t)got);
	else if (got < 0)
		mime_inline_broken(m);
	else if (is_end(kind, line, text))
		mime_part_end(m);
	return got >= 0;
}
