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

/* The value proper, "text/plain", in lower case, without white space. */
void field_value(const char *field, size_t n, struct buf *out);

/*
 * Appends the parameter's text. `extended`: as RFC 2231 writes it (name* or
 * name*0), decoded to UTF-8; else the plain one. False: there is none. More
 * than `most` bytes are cut, and *cut is set.
 */
bool field_parameter(const char *field, size_t n, const char *name,
    bool extended, size_t most, struct buf *out, bool *cut);

#endif
