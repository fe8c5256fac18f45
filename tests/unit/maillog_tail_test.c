/* maillog_tail_test - a log that grows, is renamed, is copied and cut */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "maillog/tail.h"
#include "maillog/watch_state.h"
#include "records_house.h"

static void
note(void *arg, const char *line, size_t n)
{
	buf_put(arg, line, n);
	buf_putc(arg, '|');
}

/* Until nothing is left, and what came. */
static const char *
read_all(struct tail *t, struct buf *out)
{
	int idle = 0;

	buf_clear(out);
	while (idle < 2)
		idle = tail_read(t, note, out) ? 0 : idle + 1;
	return out->data;
}

static void
test_rotation(void **state)
{
	struct house *h = *state;
	struct buf out = BUF_INIT;
	struct tail *t;
	char rotated[160];

	snprintf(rotated, sizeof rotated, "%s.1", h->file);
	t = tail_open(h->file);
	assert_string_equal(read_all(t, &out), "");
	house_text(h, "one\r\ntw");
	assert_string_equal(read_all(t, &out), "one|");
	house_text(h, "o\n");
	assert_string_equal(read_all(t, &out), "two|");
	house_text(h, "three\n");
	assert_int_equal(rename(h->file, rotated), 0);
	house_text(h, "four\n");
	assert_string_equal(read_all(t, &out), "three|four|");
	assert_int_equal(truncate(h->file, 0), 0);
	house_text(h, "5\n");
	assert_string_equal(read_all(t, &out), "5|");
	assert_false(tail_ended(t));
	tail_close(t);
	buf_free(&out);
}

/* Who logs is told of the rotation later than the files are moved. */
static void
test_late_lines(void **state)
{
	struct house *h = *state;
	struct buf out = BUF_INIT;
	struct tail *t;
	char rotated[160];
	FILE *late;

	snprintf(rotated, sizeof rotated, "%s.1", h->file);
	house_text(h, "one\n");
	t = tail_open(h->file);
	assert_string_equal(read_all(t, &out), "one|");
	late = fopen(h->file, "a");
	assert_non_null(late);
	assert_int_equal(rename(h->file, rotated), 0);
	house_text(h, "");
	assert_string_equal(read_all(t, &out), "");
	fputs("two\n", late);
	fflush(late);
	assert_string_equal(read_all(t, &out), "two|");
	fputs("three\nfour", late);
	fclose(late);
	house_text(h, "five\n");
	assert_string_equal(read_all(t, &out), "three|four|five|");
	tail_close(t);
	unlink(rotated);
	buf_free(&out);
}

static void
test_long_line(void **state)
{
	struct house *h = *state;
	struct buf out = BUF_INIT, line = BUF_INIT;
	struct tail *t;
	int i;

	for (i = 0; i < 600000; i++)
		buf_putc(&line, 'x');
	buf_puts(&line, "\nnext\n");
	house_text(h, line.data);
	t = tail_open(h->file);
	read_all(t, &out);
	assert_true(out.len >= TAIL_LINE_MAX);
	assert_non_null(strstr(out.data, "|next|"));
	assert_non_null(strchr(out.data, '|'));
	assert_string_equal(strchr(out.data, '|'), "|next|");
	tail_close(t);
	buf_free(&out);
	buf_free(&line);
}

static void
test_state(void **state)
{
	struct house *h = *state;
	struct buf out = BUF_INIT;
	struct tail *t = tail_open(h->file);

	house_text(h, "one\ntwo\nhal");
	assert_string_equal(read_all(t, &out), "one|two|");
	watch_state_save(h->store, &t, 1);
	tail_close(t);
	house_text(h, "f\n");
	t = tail_open(h->file);
	watch_state_load(h->store, &t, 1);
	assert_string_equal(read_all(t, &out), "half|");
	tail_close(t);
	buf_free(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		HOUSE_TEST(test_rotation),
		HOUSE_TEST(test_late_lines),
		HOUSE_TEST(test_long_line),
		HOUSE_TEST(test_state),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
