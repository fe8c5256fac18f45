/*
 * escape.h - shows all of a text and lets none of it act as a command
 *
 * For terminals and pages: control characters, marks of direction and the
 * like are written as JSON writes them (\u001b), bytes that are no UTF-8
 * become U+FFFD. Everything else stays what it is.
 */
#ifndef BASE_ESCAPE_H
#define BASE_ESCAPE_H

#include <stddef.h>

struct buf;

/* Appends n bytes of text. */
void escape_put(struct buf *out, const char *text, size_t n);

/* The same for HTML: & < > " ' are escaped as well. */
void escape_put_html(struct buf *out, const char *text, size_t n);

/* Each NUL becomes a blank, in place: it ends no text. */
void escape_nul(char *text, size_t n);

#endif
