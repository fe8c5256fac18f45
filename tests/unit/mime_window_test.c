/* mime_window_test - every place of a text is seen with what is around it */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "mime/window.h"

struct progress {
	size_t next;		/* the first place that was not looked at */
	bool ended;
};

/* The text is a counter in 4 bytes, so that each place is known. */
static void
on_window(void *arg, const char *text, size_t n, size_t start, bool last)
{
	struct progress *s = arg;
	uint32_t value;
	size_t at = s->next == 0 ? 0 : s->next - start;

	assert_false(s->ended);
	assert_true(s->next == 0 ? start == 0 : start == WINDOW_CONTEXT);
	memcpy(&value, text + (4 - at % 4) % 4, sizeof value);
	assert_int_equal(value, (at + 3) / 4);
	s->next = last ? at + n : at + n - WINDOW_OVERLAP;
	s->ended = last;
}

static void
test_pieces(void **state)
{
	static const size_t sizes[] = { 4, 1000, WINDOW_SIZE - 4, WINDOW_SIZE,
		WINDOW_SIZE + 4, 5 * WINDOW_SIZE, 300000 };
	static const size_t pieces[] = { 1, 4, 777, WINDOW_SIZE, 65536 };
	struct window w = WINDOW_INIT;
	uint32_t *text = malloc(300000);
	struct progress s;
	size_t i, j, at, use;

	(void)state;
	for (i = 0; i < 300000 / 4; i++)
		text[i] = (uint32_t)i;
	for (i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
		for (j = 0; j < sizeof pieces / sizeof pieces[0]; j++) {
			memset(&s, 0, sizeof s);
			for (at = 0; at < sizes[i]; at += use) {
				use = sizes[i] - at < pieces[j] ?
				    sizes[i] - at : pieces[j];
				window_put(&w, (char *)text + at, use,
				    on_window, &s);
			}
			window_end(&w, on_window, &s);
			assert_int_equal(s.next, sizes[i]);
			assert_int_equal(w.text.len, 0);
		}
	free(text);
	buf_free(&w.text);
}

static void
test_nothing(void **state)
{
	struct window w = WINDOW_INIT;
	struct progress s = { 0 };

	(void)state;
	window_end(&w, on_window, &s);
	assert_false(s.ended);
	buf_free(&w.text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pieces),
		cmocka_unit_test(test_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
