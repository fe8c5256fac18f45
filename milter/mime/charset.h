/*
 * charset.h - the text of a part or a word as UTF-8; the only includer of
 * <iconv.h>
 *
 * Only charsets that mail uses are opened (a table), so that a sender cannot
 * make us load whatever iconv has. A byte that has no meaning becomes U+FFFD.
 * One thread at a time for each struct charset.
 */
#ifndef MIME_CHARSET_H
#define MIME_CHARSET_H

#include <stdbool.h>
#include <stddef.h>

struct charset;

/*
 * Does the text need no conversion: UTF-8, ASCII, or no charset given (NULL)?
 * Names are compared without regard to case.
 */
bool charset_is_plain(const char *name);

/* Is ASCII in it, but for shifts, as ASCII has it? */
bool charset_holds_ascii(const char *name);

/* UTF-16 that does not say in which order? */
bool charset_is_utf16(const char *name);

/* NULL: a name that we do not know, or that needs no conversion. */
struct charset *charset_open(const char *name);
void charset_close(struct charset *c);	/* NULL: nothing */

/*
 * Converts what fits: *in moves to what is left of it (less than a character,
 * kept inside for the next call, counts as taken), and the bytes written to
 * `out`, at least 8 in room, are returned. `last`: no more will come.
 */
size_t charset_put(struct charset *c, const char **in, const char *end,
    char *out, size_t room, bool last);

#endif
