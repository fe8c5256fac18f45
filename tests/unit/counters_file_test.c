/* counters_file_test - what a table's file outlives, and what it does not */

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/clock.h"
#include "counters/counter_table.h"
#include "counters/counters.h"

#define HOUR (3600 * 1000)
#define YEARS (10LL * 366 * 24 * HOUR)
#define SIZE (256 * 1024)
#define HEAD 4096

static char path[64];

static struct counter_table *
open_with(int64_t bytes)
{
	struct buf errmsg = BUF_INIT;
	struct counter_table *t = counter_table_open(path, bytes, &errmsg);

	buf_free(&errmsg);
	return t;
}

static int64_t
ask(struct counter_table *t, enum counter_verb verb, const char *word,
    int64_t window, int64_t amount)
{
	const struct counter_question q = { .verb = verb, .amount = amount,
		.key = counter_key("test", &word, 1), .window = window,
		.limit = 1000000000 };
	struct counter_answer a;

	counter_table_ask(t, &q, clock_epoch_ms(), &a);
	return a.count;
}

/* Writes n bytes there, or cuts it at n. */
static void
spoil(long at, const char *bytes, size_t n)
{
	FILE *f = fopen(path, "r+b");

	assert_non_null(f);
	assert_int_equal(fseek(f, at, SEEK_SET), 0);
	assert_int_equal(fwrite(bytes, 1, n, f), n);
	assert_int_equal(fclose(f), 0);
}

static int
make_file(void **state)
{
	int fd;

	(void)state;
	snprintf(path, sizeof path, "/tmp/saywhy-counters-XXXXXX");
	fd = mkstemp(path);
	assert_true(fd >= 0);
	close(fd);
	return 0;
}

static int
remove_file(void **state)
{
	(void)state;
	unlink(path);
	return 0;
}

static void
fill(struct counter_table *t, int from, int to)
{
	char word[24];
	int i;

	for (i = from; i < to; i++) {
		snprintf(word, sizeof word, "key %d", i);
		ask(t, COUNTER_NOTE, word, YEARS, i + 1);
	}
}

static int
kept(struct counter_table *t, int n)
{
	char word[24];
	int i, found = 0;

	for (i = 0; i < n; i++) {
		snprintf(word, sizeof word, "key %d", i);
		found += ask(t, COUNTER_KNOW, word, YEARS, 0) == i + 1;
	}
	return found;
}

/* counters-size is changed: what fits is there, a login stays closed. */
static void
test_another_size(void **state)
{
	static const int64_t sizes[] = { SIZE, 4 * SIZE, SIZE / 2, SIZE };
	struct counter_table *t;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
		t = open_with(sizes[i]);
		assert_non_null(t);
		if (i == 0) {
			fill(t, 0, 300);
			ask(t, COUNTER_FORCE, "ann", HOUR, 7);
		}
		assert_int_equal(kept(t, 300), 300);
		assert_int_equal(ask(t, COUNTER_PEEK, "ann", HOUR, 0), 7);
		assert_int_equal(counter_table_keys(t), 301);
		counter_table_close(t);
	}
}

/* Of what stands in the file nothing is believed that cannot be. */
static void
test_damaged(void **state)
{
	struct counter_table *t = open_with(SIZE);
	uint64_t size = counter_table_size(t), used;
	char noise[8192];
	size_t i;
	uint32_t seed = 1;
	int left;

	(void)state;
	fill(t, 0, 1000);
	used = counter_table_keys(t);
	counter_table_close(t);
	for (i = 0; i < sizeof noise; i++) {
		seed = seed * 1664525u + 1013904223u;
		noise[i] = (char)(seed >> 24);
	}
	spoil(HEAD + 50000, noise, sizeof noise);
	t = open_with(SIZE);
	left = kept(t, 1000);
	assert_in_range(left, 900 * (int)used / 1000 - 100, (int)used - 20);
	/* What was damaged is free, and used again. */
	assert_int_equal(counter_table_keys(t), left);
	assert_int_equal(counter_table_size(t), size);
	fill(t, 0, 1000);
	assert_int_equal(kept(t, 1000), (int)used);
	counter_table_close(t);
}

/* Of another kind: begun anew, without a word. */
static void
test_of_another_kind(void **state)
{
	/* Magic and version, as a machine of the other byte order has them;
	   another version; no head at all; a number of sets that is a lie. */
	static const struct {
		long at;
		const char *bytes;
		size_t n;
	} rows[] = {
		{ 0, "\x73\x77\x63\x79\x74\x6e\x75\x63\0\0\0\0\0\0\0\2", 16 },
		{ 8, "\1", 1 },
		{ 0, "\0\0\0\0\0\0\0\0", 8 },
		{ 16, "\xff\xff\xff\xff\xff\xff\xff\xff", 8 },
		{ 16, "\0\0\0\0\0\0\0\0", 8 },
	};
	struct counter_table *t;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		t = open_with(SIZE);
		fill(t, 0, 10);
		assert_int_equal(kept(t, 10), 10);
		counter_table_close(t);
		spoil(rows[i].at, rows[i].bytes, rows[i].n);
		t = open_with(i % 2 == 0 ? SIZE : 2 * SIZE);
		assert_non_null(t);
		assert_int_equal(counter_table_keys(t), 0);
		assert_int_equal(kept(t, 10), 0);
		counter_table_close(t);
	}
	/* Cut off in the middle. */
	t = open_with(SIZE);
	fill(t, 0, 10);
	counter_table_close(t);
	assert_int_equal(truncate(path, 100000), 0);
	t = open_with(SIZE);
	assert_int_equal(counter_table_keys(t), 0);
	counter_table_close(t);
}

/* A file that was named by mistake stays as it is. */
static void
test_somebody_elses(void **state)
{
	static const char *const texts[] = { "{\"id\":\"7K3M9QXD2H4T\"}\n",
		"x", "SQLite format 3" };
	struct buf errmsg = BUF_INIT;
	char now[64] = "";
	FILE *f;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		f = fopen(path, "w");
		assert_non_null(f);
		fputs(texts[i], f);
		fclose(f);
		assert_null(counter_table_open(path, SIZE, &errmsg));
		assert_non_null(strstr(errmsg.data, "no file of counters"));
		buf_clear(&errmsg);
		f = fopen(path, "r");
		assert_non_null(f);
		now[fread(now, 1, sizeof now - 1, f)] = '\0';
		fclose(f);
		assert_string_equal(now, texts[i]);
	}
	buf_free(&errmsg);
}

/* One process has it; another one counts in its memory, and says so. */
static void
test_two_processes(void **state)
{
	struct counter_table *t = open_with(SIZE), *other;
	struct buf errmsg = BUF_INIT;

	(void)state;
	assert_null(counter_table_open(path, SIZE, &errmsg));
	assert_non_null(strstr(errmsg.data, "another process counts in it"));
	counter_table_close(t);
	other = open_with(SIZE);
	assert_non_null(other);
	counter_table_close(other);
	buf_free(&errmsg);
}

/* Killed at any moment: the next one goes on, and waits for no lock. */
static void
test_killed(void **state)
{
	struct counter_table *t;
	int round, status;
	pid_t child;

	(void)state;
	for (round = 0; round < 20; round++) {
		child = fork();
		if (child == 0) {
			t = open_with(SIZE);
			for (;;)
				fill(t, 0, 500);
		}
		usleep(5000 + (unsigned)round * 700);
		kill(child, SIGKILL);
		waitpid(child, &status, 0);
		assert_true(WIFSIGNALED(status));
		t = open_with(SIZE);
		assert_non_null(t);
		assert_true(counter_table_keys(t) <= 500);
		fill(t, 0, 500);
		assert_int_equal(kept(t, 500), 500);
		counter_table_close(t);
	}
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, make_file, remove_file)
	const struct CMUnitTest tests[] = {
		TEST(test_another_size),
		TEST(test_damaged),
		TEST(test_of_another_kind),
		TEST(test_somebody_elses),
		TEST(test_two_processes),
		TEST(test_killed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
