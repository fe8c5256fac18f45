/* window - a text that comes in pieces, looked at in larger ones */

#include "mime/window.h"

#include <string.h>

/* Keeps the end of the window, to be looked at again with what follows. */
static void
move_on(struct window *w)
{
	size_t keep = WINDOW_OVERLAP + WINDOW_CONTEXT;
	size_t drop = w->text.len - keep;

	memmove(w->text.data, w->text.data + drop, keep);
	buf_cut(&w->text, keep);
	w->start = WINDOW_CONTEXT;
}

void
window_put(struct window *w, const char *bytes, size_t n, window_look *look,
    void *arg)
{
	size_t use;

	while (n > 0) {
		use = WINDOW_SIZE - w->text.len;
		if (use > n)
			use = n;
		buf_put(&w->text, bytes, use);
		bytes += use;
		n -= use;
		if (w->text.len < WINDOW_SIZE)
			return;
		look(arg, w->text.data, w->text.len, w->start, false);
		move_on(w);
	}
}

void
window_end(struct window *w, window_look *look, void *arg)
{
	if (w->text.len > 0)
		look(arg, w->text.data, w->text.len, w->start, true);
	buf_clear(&w->text);
	w->start = 0;
}
