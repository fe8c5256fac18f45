/*
 * field.h - Content-Type and its kin: a value and parameters
 *
 * RFC 2045 section 5.1, RFC 2183, parameters of RFC 2231 in pieces and with
 * charsets, and what programs write instead: encoded words in quotes, names
 * without quotes, comments, semicolons too many.
 */
#ifndef MIME_FIELD_H
#define MIME_FIELD_H

#include <stdbool.h>
#include <stddef.h>

struct buf;

/* What was not as it must be. */
enum field_odd {
	FIELD_CUT = 1,		/* longer than it may be, and cut */
	FIELD_JUNK = 2		/* text where none belongs, or no end */
};

/* The value proper, "text/plain", in lower case, without white space.
   Returns enum field_odd. */
unsigned field_value(const char *field, size_t n, struct buf *out);

/*
 * Appends the parameter's text, at most `max` bytes. `extended`: as RFC 2231
 * writes it (name* or name*0), decoded to UTF-8; else the plain one. False:
 * there is none. Bits of enum field_odd are added to *odd.
 */
bool field_parameter(const char *field, size_t n, const char *name,
    bool extended, size_t max, struct buf *out, unsigned *odd);

#endif
