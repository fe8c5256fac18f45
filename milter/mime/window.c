/* window - a text that comes in pieces, looked at in larger ones */

#include "mime/window.h"

#include <string.h>

/* Keeps the end of the window, to be looked at again with what follows. */
static void
move_on(struct window *w)
{
	size_t keep = WINDOW_OVERLAP + WINDOW_CONTEXT;
	size_t gone = w->text.len - keep;

	memmove(w->text.data, w->text.data + gone, keep);
	buf_cut(&w->text, keep);
	w->start = WINDOW_CONTEXT;
}

/* Up to a full window; returns how much was used. */
static size_t
fill(struct window *w, const char *bytes, size_t n, window_fn *fn,
    void *arg)
{
	size_t use = WINDOW_SIZE - w->text.len;

	if (use > n)
		use = n;
	buf_put(&w->text, bytes, use);
	if (w->text.len == WINDOW_SIZE) {
		fn(arg, w->text.data, w->text.len, w->start, false);
		move_on(w);
	}
	return use;
}

/*
 * A large piece is looked at where it lies: first its seam with what was
 * before, then the piece, of which the end is kept.
 */
static void
search_in_place(struct window *w, const char *bytes, size_t n,
    window_fn *fn, void *arg)
{
	size_t keep = WINDOW_OVERLAP + WINDOW_CONTEXT, start = 0;

	if (w->text.len > 0) {
		buf_put(&w->text, bytes, keep);
		fn(arg, w->text.data, w->text.len, w->start, false);
		start = WINDOW_CONTEXT;
	}
	fn(arg, bytes, n, start, false);
	buf_clear(&w->text);
	buf_put(&w->text, bytes + n - keep, keep);
	w->start = WINDOW_CONTEXT;
}

void
window_put(struct window *w, const char *bytes, size_t n, window_fn *fn,
    void *arg)
{
	size_t use;

	if (n >= WINDOW_SIZE) {
		search_in_place(w, bytes, n, fn, arg);
		return;
	}
	for (; n > 0; bytes += use, n -= use)
		use = fill(w, bytes, n, fn, arg);
}

void
window_end(struct window *w, window_fn *fn, void *arg)
{
	if (w->text.len > 0)
		fn(arg, w->text.data, w->text.len, w->start, true);
	buf_clear(&w->text);
	w->start = 0;
}
