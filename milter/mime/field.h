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
	FIELD_JUNK = 2,		/* text where none belongs, or no end */
	FIELD_TWICE = 4,	/* one parameter has two values */
	FIELD_UNREAD = 8	/* in a charset that nobody here knows */
};

/* The value proper, "text/plain", in lower case, without white space.
   Returns enum field_odd. */
unsigned field_value(const char *field, size_t n, struct buf *out);

/* One reading of a parameter: at most the bytes asked for, NUL and all. */
typedef void field_reading(void *arg, const char *text, size_t n);

/*
 * Calls reading() for each text that some program takes for the parameter's
 * value, what most of them prefer first, a text perhaps twice: as RFC 2231
 * writes it (name* or name*0, by number and as the pieces stand), decoded to
 * UTF-8; then each plain one, with and without what stands behind a
 * semicolon that separates nothing. Bits of enum field_odd are added to *odd.
 */
void field_parameter(const char *field, size_t n, const char *name,
    size_t max, field_reading *reading, void *arg, unsigned *odd);

#endif
