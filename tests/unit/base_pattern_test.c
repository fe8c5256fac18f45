/* base_pattern_test - what is compiled, what matches, and what is given up */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <pthread.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/pattern.h"
#include "patience.h"

static const struct {
	const char *pattern;
	const char *text;
	enum pattern_result result;
	int from, to;
} matches[] = {
	{ "/b+/", "abbc", PATTERN_YES, 1, 3 },
	{ "b+", "abbc", PATTERN_YES, 1, 3 },
	{ "/B/", "abc", PATTERN_NO, 0, 0 },
	{ "/B/i", "abc", PATTERN_YES, 1, 2 },
	{ "/a.b/", "a\nb", PATTERN_NO, 0, 0 },
	{ "/a.b/s", "a\nb", PATTERN_YES, 0, 3 },
	{ "/^b/", "a\nb", PATTERN_NO, 0, 0 },
	{ "/^b/m", "a\nb", PATTERN_YES, 2, 3 },
	{ "/a b/x", "ab", PATTERN_YES, 0, 2 },
	{ "/A . B/xis", "a\nb", PATTERN_YES, 0, 3 },
	{ "/a/b/", "xa/b", PATTERN_YES, 1, 4 },
	{ "!a/b!i", "A/B", PATTERN_YES, 0, 3 },
	{ "#a#", "a", PATTERN_YES, 0, 1 },
	{ "^a", "ab", PATTERN_YES, 0, 1 },
	{ "(a|b)$", "xb", PATTERN_YES, 1, 2 },
	{ "[ab]/i", "a/i", PATTERN_YES, 0, 3 },
	{ "@example\\.org$", "x@example.org", PATTERN_YES, 1, 13 },
	{ ".a.", "xay", PATTERN_YES, 0, 3 },
	{ "//", "abc", PATTERN_YES, 0, 0 },
	{ "/(a)(b)(c)(d)/", "abcd", PATTERN_YES, 0, 4 },
	/* Bytes: a dot takes half of a character, and any byte is text. */
	{ "/^.$/", "\xc3\xa4", PATTERN_NO, 0, 0 },
	{ "/\\xe4/", "\xe4", PATTERN_YES, 0, 1 },
	{ "/^.$/u", "\xc3\xa4", PATTERN_YES, 0, 2 },
	{ "/\xc3\x84/iu", "\xff\xc3\xa4", PATTERN_YES, 1, 3 },
};

static void
test_matches(void **state)
{
	struct buf errmsg = BUF_INIT;
	size_t i, from, to;

	(void)state;
	for (i = 0; i < sizeof matches / sizeof matches[0]; i++) {
		struct pattern *p = pattern_new(matches[i].pattern, &errmsg);

		if (p == NULL)
			fail_msg("%s: %s", matches[i].pattern, errmsg.data);
		from = to = 0;
		if (pattern_match(p, matches[i].text, strlen(matches[i].text),
		    &from, &to) != matches[i].result)
			fail_msg("%s", matches[i].pattern);
		assert_int_equal(from, matches[i].from);
		assert_int_equal(to, matches[i].to);
		assert_int_equal(pattern_match(p, matches[i].text,
		    strlen(matches[i].text), NULL, NULL), matches[i].result);
		assert_string_equal(pattern_text(p), matches[i].pattern);
		pattern_free(p);
	}
	pattern_free(NULL);
}

static const char *const wrong[][2] = {
	{ "", "empty" },
	{ "/", "does not end with it" },
	{ "/abc", "does not end with it" },
	{ "/abc/k", "\"k\" after the pattern is none of the flags" },
	{ "/abc/ii ", "\" \" after the pattern" },
	{ "/a(b/", "wrong after \"a(b\": missing closing parenthesis" },
	{ "a[b", "wrong after \"a[b\"" },
	{ "/(*UTF)a/", "UTF" },
	{ "*", "wrong after \"\"" },
};

static void
test_wrong(void **state)
{
	struct buf errmsg = BUF_INIT;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		buf_clear(&errmsg);
		if (pattern_new(wrong[i][0], &errmsg) != NULL ||
		    strstr(errmsg.data, wrong[i][1]) == NULL)
			fail_msg("%s: %s", wrong[i][0], errmsg.data);
	}
	buf_free(&errmsg);
}

static void
test_nul_bytes(void **state)
{
	struct buf errmsg = BUF_INIT;
	struct pattern *p = pattern_new("/b/", &errmsg);
	size_t from, to;

	(void)state;
	assert_int_equal(pattern_match(p, "a\0b", 3, &from, &to),
	    PATTERN_YES);
	assert_int_equal(from, 2);
	assert_int_equal(pattern_match(p, "a\0b", 2, &from, &to), PATTERN_NO);
	assert_int_equal(pattern_match(p, "", 0, &from, &to), PATTERN_NO);
	pattern_free(p);
}

/* Far beyond what a step may take, without the limit. */
static void
test_evil(void **state)
{
	static const char *const patterns[] = { "/(a+)+$/", "/(a|aa)+$/",
		"/(?:a?){60}a{60}$/", "/^(([a-z])+.)+[A-Z]([a-z])+$/" };
	struct buf errmsg = BUF_INIT;
	char text[5001];
	int64_t begin;
	size_t i;

	(void)state;
	memset(text, 'a', sizeof text - 1);
	text[5000] = '!';
	for (i = 0; i < sizeof patterns / sizeof patterns[0]; i++) {
		struct pattern *p = pattern_new(patterns[i], &errmsg);

		assert_non_null(p);
		begin = clock_ms();
		assert_int_equal(pattern_match(p, text, sizeof text, NULL,
		    NULL), PATTERN_LIMIT);
		assert_in_range(clock_ms() - begin, 0, PATIENCE_MS);
		pattern_free(p);
	}
}

static void *
match_often(void *pattern)
{
	size_t wrong_ones = 0, from, to;
	int i;

	for (i = 0; i < 2000; i++)
		if (pattern_match(pattern, "xxabcx", 6, &from, &to) !=
		    PATTERN_YES || from != 2 || to != 5)
			wrong_ones++;
	return (void *)wrong_ones;
}

static void
test_threads(void **state)
{
	struct buf errmsg = BUF_INIT;
	struct pattern *p = pattern_new("/(ab)c/", &errmsg);
	pthread_t threads[8];
	void *wrong_ones;
	size_t i;

	(void)state;
	for (i = 0; i < 8; i++)
		assert_int_equal(pthread_create(&threads[i], NULL,
		    match_often, p), 0);
	for (i = 0; i < 8; i++) {
		pthread_join(threads[i], &wrong_ones);
		assert_null(wrong_ones);
	}
	pattern_free(p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_matches),
		cmocka_unit_test(test_wrong),
		cmocka_unit_test(test_nul_bytes),
		cmocka_unit_test(test_evil),
		cmocka_unit_test(test_threads),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
