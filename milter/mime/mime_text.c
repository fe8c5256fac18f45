/* mime_text - the text of a part as UTF-8, in each of its readings */

#include <string.h>

#include "mime/mime_internal.h"

#define PIECE 8192
#define ESCAPE 27

static void
tell(struct mime *m, const struct mime_level *level, enum mime_what what,
    const char *bytes, size_t n)
{
	if (n > 0)
		mime_tell(m, level, what, bytes, n);
}

/* Does this byte go on a sequence that only chooses a charset (ISO 2022, as
   mail uses it)? */
static bool
is_escape(const struct mime_text *t, char c)
{
	switch (t->nescape) {
	case 1:
		return c == '(' || c == '$';
	case 2:
		return t->escape[1] == '$' && c == '(';
	}
	return false;
}

/* … and end it? */
static bool
ends_escape(const struct mime_text *t, char c)
{
	const char *finals = t->nescape == 3 ? "CDOPQ" :
	    t->nescape == 1 ? "" : t->escape[1] == '(' ? "BJIH" : "@BA";

	return c != '\0' && strchr(finals, c) != NULL;
}

/* Without what a program passes over that takes the bytes for ASCII, or finds
   their charset itself. */
static size_t
put_filtered(struct mime_text *t, char *out, char c)
{
	size_t n = 0;

	if (t->nescape > 0 && ends_escape(t, c)) {
		t->nescape = 0;
		return 0;
	}
	if (t->nescape > 0 && !is_escape(t, c)) {
		memcpy(out, t->escape, t->nescape);
		n = t->nescape;
		t->nescape = 0;
	}
	if (c == ESCAPE || t->nescape > 0)
		t->escape[t->nescape++] = c;
	else if (c != '\0')
		out[n++] = c;
	return n;
}

static void
tell_filtered(struct mime *m, struct mime_level *level, enum mime_what what,
    const char *bytes, size_t n)
{
	struct mime_text *t = &level->text;
	char piece[PIECE];
	size_t i, done = 0;

	if (t->nescape == 0 && memchr(bytes, '\0', n) == NULL &&
	    memchr(bytes, ESCAPE, n) == NULL) {
		tell(m, level, what, bytes, n);
		return;
	}
	for (i = 0; i < n; i++) {
		if (done + sizeof t->escape + 1 > sizeof piece) {
			tell(m, level, what, piece, done);
			done = 0;
		}
		done += put_filtered(t, piece + done, bytes[i]);
	}
	tell(m, level, what, piece, done);
}

static void
convert(struct mime *m, struct mime_level *level, const char *bytes, size_t n)
{
	const char *end = bytes + n;
	char piece[PIECE];

	while (bytes < end)
		tell(m, level, MIME_TEXT, piece,
		    charset_put(level->text.converter, &bytes, end, piece,
		    sizeof piece, false));
}

void
mime_text_open(struct mime *m, struct mime_level *level)
{
	struct mime_text *t = &level->text;

	t->converter = charset_open(level->charset);
	t->other = !charset_holds_ascii(level->charset);
	if (t->converter == NULL && !charset_is_plain(level->charset))
		mime_fault(m, level, MIME_CHARSET);
}

/*
 * Two bytes tell the order of UTF-16; a mark at the beginning tells it to
 * programs that believe it more than the charset (browsers do).
 */
static void
read_head(struct mime_level *level)
{
	struct mime_text *t = &level->text;
	const char *charset = NULL;

	if (t->nhead < 2)
		return;
	if (memcmp(t->head, "\377\376", 2) == 0)
		charset = "utf-16le";
	else if (memcmp(t->head, "\376\377", 2) == 0)
		charset = "utf-16be";
	else if (charset_is_utf16(level->charset))
		charset = t->head[0] == '\0' ? "utf-16be" : "utf-16le";
	if (charset == NULL)
		return;
	charset_close(t->converter);
	t->converter = charset_open(charset);
	t->other = true;
}

static void
put(struct mime *m, struct mime_level *level, const char *bytes, size_t n)
{
	if (n == 0)
		return;
	if (level->text.converter == NULL) {
		tell_filtered(m, level, MIME_TEXT, bytes, n);
		return;
	}
	if (level->text.other)
		tell_filtered(m, level, MIME_OTHER, bytes, n);
	convert(m, level, bytes, n);
}

void
mime_text_put(struct mime *m, struct mime_level *level, const char *bytes,
    size_t n)
{
	struct mime_text *t = &level->text;

	for (; n > 0 && t->nhead < sizeof t->head; n--) {
		t->head[t->nhead++] = *bytes++;
		if (t->nhead < sizeof t->head)
			continue;
		read_head(level);
		put(m, level, t->head, sizeof t->head);
	}
	put(m, level, bytes, n);
}

void
mime_text_end(struct mime *m, struct mime_level *level)
{
	struct mime_text *t = &level->text;
	const char *nothing = "";
	char piece[64];

	if (t->nhead < sizeof t->head)
		put(m, level, t->head, t->nhead);
	if (t->converter != NULL)
		tell(m, level, MIME_TEXT, piece, charset_put(t->converter,
		    &nothing, nothing, piece, sizeof piece, true));
	charset_close(t->converter);
	t->converter = NULL;
}
