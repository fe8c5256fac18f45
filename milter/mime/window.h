/*
 * window.h - a text that comes in pieces, looked at in larger ones that
 * overlap
 *
 * Whoever looks sees each place of the text with at least WINDOW_CONTEXT
 * bytes before it and, but at the end of the text, WINDOW_OVERLAP behind it:
 * a match not longer than that is found wherever the text was cut.
 */
#ifndef MIME_WINDOW_H
#define MIME_WINDOW_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

#define WINDOW_SIZE (32 * 1024)
#define WINDOW_OVERLAP 1024
#define WINDOW_CONTEXT 64

/* Starts as WINDOW_INIT, ends with buf_free() of its text. */
struct window {
	struct buf text;
	size_t start;		/* what is before it was looked at already */
};

#define WINDOW_INIT { .text = BUF_INIT, .start = 0 }

/*
 * Adds n bytes, and calls look() for each window that is full. The window is
 * text[0] to text[n]; places before `start` were in the last one.
 */
typedef void window_fn(void *arg, const char *text, size_t n, size_t start,
    bool last);
void window_put(struct window *w, const char *bytes, size_t n,
    window_fn *fn, void *arg);

/* The text ends: the last window (if there is any text). Empty again. */
void window_end(struct window *w, window_fn *fn, void *arg);

#endif
