/* base_pattern_set_test - what may match is never left out */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/pattern.h"
#include "base/pattern_set.h"

/* Enough for the prefilter, and some that it cannot take. */
static const char *const patterns[] = {
	"/needle/", "/NEEDLE/i", "/^needle/m", "/needle$/", "/\\bneedle\\b/",
	"/(?<=x)needle/", "/n(?!x)eedle/", "/(e)\\1dle/", "/n e e d l e/x",
	"/\xc3\xa9t\xc3\xa9/u", "/need*le?/", "/n.{1,20}e/s", "/\\Aneedle/",
	"/needle\\z/", "/[^a]eedle/", "/(?i)NeEdLe/", "/x*/", "/needle|hay/",
	"/needles/", "/\\d{3}-\\d{4}/",
};

#define N (sizeof patterns / sizeof patterns[0])

static const char *const texts[] = { "", "needle", "a needle here", "xneedle",
	"hay\nneedle", "needles", "NEEDLE",
	    "\xc3\x89t\xc3\xa9 \xc3\xa9t\xc3\xa9",
	"call 555-1234 now", "nothing at all" };

static void
test_never_left_out(void **state)
{
	struct pattern *v[N];
	struct pattern_set *set;
	struct buf errmsg = BUF_INIT;
	bool maybe[N];
	size_t i, j, left_out = 0;

	(void)state;
	for (i = 0; i < N; i++) {
		v[i] = pattern_new(patterns[i], &errmsg);
		if (v[i] == NULL)
			fail_msg("%s: %s", patterns[i], errmsg.data);
	}
	set = pattern_set_new((const struct pattern *const *)v, N);
	for (j = 0; j < sizeof texts / sizeof texts[0]; j++) {
		memset(maybe, 0, sizeof maybe);
		pattern_set_scan(set, texts[j], strlen(texts[j]), maybe);
		for (i = 0; i < N; i++) {
			left_out += !maybe[i];
			if (!maybe[i] && pattern_match(v[i], texts[j],
			    strlen(texts[j]), NULL, NULL) == PATTERN_YES)
				fail_msg("%s in %s", patterns[i], texts[j]);
		}
	}
	print_message("%zu of %zu left out\n", left_out,
	    N * sizeof texts / sizeof texts[0]);
	pattern_set_free(set);
	for (i = 0; i < N; i++)
		pattern_free(v[i]);
	buf_free(&errmsg);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_never_left_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
