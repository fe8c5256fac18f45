/*
 * maillog_bounces_test - the whole bounces of tests/bounces
 *
 * The first line of each is "X-Expect: a@b reason reason, c@d reason" or
 * "X-Expect: none".
 */

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "maillog/bounce.h"
#include "words/reason.h"
#include "words/recognise.h"

/* What a message is expected to say, and how much of it was said. */
struct expected {
	const char *file;
	char line[512];
	int right, wrong;
};

static bool
is_among(const char *list, size_t n, const char *name)
{
	size_t length = strlen(name);
	const char *at = list, *end = list + n;

	for (; (size_t)(end - at) >= length; at++)
		if (memcmp(at, name, length) == 0 && (at == list ||
		    at[-1] == ' ') && (at + length == end ||
		    at[length] == ' '))
			return true;
	return false;
}

static void
on_reply(void *arg, const struct bounce_reply *b)
{
	struct expected *e = arg;
	const char *want = strstr(e->line, b->recipient), *got = "nothing";
	struct recognised r;

	recognise_about(b->reply, strlen(b->reply), b->about, &r);
	if (r.reason != REASON_NONE)
		got = reason_get(r.reason)->name;
	if (want != NULL && *b->recipient != '\0' &&
	    is_among(want, strcspn(want, ","), got)) {
		e->right++;
		return;
	}
	e->wrong++;
	printf("  %s: %s, %s: %s\n", e->file, b->recipient, got, b->reply);
}

static void
read_file(const char *path, struct buf *out)
{
	FILE *f = fopen(path, "r");
	char bytes[4096];
	size_t n;

	assert_non_null(f);
	while ((n = fread(bytes, 1, sizeof bytes, f)) > 0)
		buf_put(out, bytes, n);
	fclose(f);
}

static void
test_bounce(const char *file)
{
	struct expected e = { .file = file };
	struct buf text = BUF_INIT;
	char path[1024];
	int recipients = 1;
	const char *at;

	snprintf(path, sizeof path, "%s/tests/bounces/%s", TEST_SOURCE, file);
	read_file(path, &text);
	assert_int_equal(sscanf(text.data, "X-Expect: %511[^\n]", e.line), 1);
	for (at = e.line; (at = strchr(at, ',')) != NULL; at++)
		recipients++;
	if (strcmp(e.line, "none") == 0)
		recipients = 0;
	assert_true(bounce_is_message(text.data, text.len));
	bounce_read(text.data, text.len, on_reply, &e, NULL);
	if (e.right != recipients || e.wrong > 0)
		fail_msg("%s: %d of %d right, %d wrong", file, e.right,
		    recipients, e.wrong);
	buf_free(&text);
}

static void
test_bounces(void **state)
{
	DIR *folder = opendir(TEST_SOURCE "/tests/bounces");
	struct dirent *entry;
	int n = 0;

	(void)state;
	assert_non_null(folder);
	while ((entry = readdir(folder)) != NULL)
		if (strstr(entry->d_name, ".eml") != NULL) {
			test_bounce(entry->d_name);
			n++;
		}
	closedir(folder);
	assert_true(n >= 40);
}

/* What else a message may say. */
static void
test_news(void **state)
{
	static const struct {
		const char *file;
		enum bounce_news news;
	} rows[] = {
		{ "postfix-success.eml", BOUNCE_DELIVERED },
		{ "feedback.eml", BOUNCE_FEEDBACK },
		{ "no-bounce.eml", BOUNCE_NOTHING },
	};
	struct expected e = { .file = "" };
	enum bounce_news news;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct buf text = BUF_INIT;
		char path[1024];

		snprintf(path, sizeof path, "%s/tests/bounces/%s",
		    TEST_SOURCE, rows[i].file);
		read_file(path, &text);
		assert_int_equal(bounce_read(text.data, text.len, on_reply, &e,
		    &news), 0);
		assert_int_equal(news, rows[i].news);
		buf_free(&text);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bounces),
		cmocka_unit_test(test_news),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
