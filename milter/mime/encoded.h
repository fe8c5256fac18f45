/*
 * encoded.h - header text as people read it: RFC 2047, RFC 2231
 *
 * What is no encoded word, or one in a charset that we do not know, stays as
 * it is. The result is UTF-8 as far as the sender tells the truth; it may
 * hold any byte, NUL too.
 */
#ifndef MIME_ENCODED_H
#define MIME_ENCODED_H

#include <stdbool.h>
#include <stddef.h>

struct buf;

/* Appends n bytes of a value: unfolded, its encoded words decoded. False:
   an encoded word among them could not be read (charset, encoding). */
bool encoded_put(struct buf *out, const char *value, size_t n);

/* Appends n bytes of `charset` (need not end in NUL there) as UTF-8. */
bool encoded_put_charset(struct buf *out, const char *charset, size_t ncharset,
    const char *bytes, size_t n);

/* Appends %41 as A; what is no escape stays. */
void encoded_put_percent(struct buf *out, const char *text, size_t n);

#endif
