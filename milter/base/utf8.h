/*
 * utf8.h - characters in bytes of UTF-8 (RFC 3629)
 *
 * Pure functions.
 */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The character that begins the text of n bytes (at least one) and its length,
 * 0 when it is not UTF-8: no overlong forms, no surrogates, up to U+10FFFF.
 */
size_t utf8_decode(const char *text, size_t n, uint32_t *c);

/* Unseen, but able to change how a line reads: C0, C1, separators, bidi. */
bool utf8_is_hidden(uint32_t c);

/* A blank, or nothing to the eye, outside of ASCII: all of the above that are
   there, and what has no width. */
bool utf8_is_invisible(uint32_t c);

/*
 * How many of n bytes may be shown as they are: up to what is hidden, or no
 * whole character of UTF-8.
 */
size_t utf8_shown(const char *text, size_t n);

#endif
