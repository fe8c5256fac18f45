/* counters_counters_test - windows, first meetings, and who keeps them */

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/clock.h"
#include "counters/counter_table.h"
#include "counters/counters.h"
#include "counters/counters_options.h"

#define HOUR (3600 * 1000)

static struct counter_key
key(const char *word)
{
	return counter_key("test", &word, 1);
}

static struct counter_answer
ask(enum counter_verb verb, const char *word, int64_t window, int64_t limit,
    int64_t amount)
{
	const struct counter_question q = { .verb = verb, .key = key(word),
		.window = window, .limit = limit, .amount = amount };
	struct counter_answer a;

	counters_ask(&q, 1, &a);
	return a;
}

static int
offline(void **state)
{
	(void)state;
	counters_offline();
	return 0;
}

static int
stop(void **state)
{
	(void)state;
	counters_stop();
	return 0;
}

static void
test_keys(void **state)
{
	const char *ab[] = { "a", "b" }, *joined[] = { "ab", "" };
	struct counter_key one = counter_key("x", ab, 2);
	struct counter_key two = counter_key("x", joined, 2);
	struct counter_key upper = key("ANN@Example.org");
	struct counter_key lower = key("ann@example.ORG");

	(void)state;
	assert_memory_not_equal(&one, &two, sizeof one);
	assert_memory_equal(&upper, &lower, sizeof upper);
}

static void
test_limit(void **state)
{
	struct counter_answer a = { .count = 0 };
	int i;

	(void)state;
	for (i = 0; i < 100; i++) {
		a = ask(COUNTER_ADD, "ann", HOUR, 100, 1);
		assert_int_equal(a.room, 0);
		assert_int_equal(a.count, i + 1);
	}
	a = ask(COUNTER_ADD, "ann", HOUR, 100, 1);
	assert_int_equal(a.count, 100);
	assert_true(a.room > counters_now());
	assert_true(a.room <= counters_now() + HOUR + HOUR / 15);
	assert_true(a.since <= counters_now());
	/* Another key, and one that is only looked at. */
	assert_int_equal(ask(COUNTER_PEEK, "bob", HOUR, 100, 1).count, 0);
	assert_int_equal(ask(COUNTER_ADD, "bob", HOUR, 100, 100).room, 0);
	assert_int_equal(ask(COUNTER_PEEK, "bob", HOUR, 100, 1).count, 100);
	/* More at once than there ever is room for. */
	assert_int_equal(ask(COUNTER_ADD, "cid", HOUR, 100, 101).room, -1);
}

/* Room comes when it was promised, and no sooner. */
static void
test_room(void **state)
{
	struct counter_answer a;

	(void)state;
	ask(COUNTER_ADD, "ann", HOUR, 10, 10);
	a = ask(COUNTER_ADD, "ann", HOUR, 10, 1);
	assert_true(a.room > 0);
	counters_move_clock(a.room - counters_now() - 1000);
	assert_true(ask(COUNTER_PEEK, "ann", HOUR, 10, 1).room > 0);
	counters_move_clock(1001);
	assert_int_equal(ask(COUNTER_ADD, "ann", HOUR, 10, 1).room, 0);
}

/*
 * No interval of the window's length holds more than the limit, wherever it
 * begins: one every few seconds for hours, each counted against all before it.
 */
static void
test_no_edge(void **state)
{
	enum { LIMIT = 50, ROUNDS = 4000, WINDOWS = 3 };
	/* The shortest that an admin may write is of no whole steps. */
	static const int64_t windows[WINDOWS] = { HOUR, 1000, 7 * HOUR + 11 };
	static int64_t when[ROUNDS];
	size_t n, first, i, w;
	int64_t now, window, pace;

	(void)state;
	for (w = 0; w < WINDOWS; w++) {
		window = windows[w];
		pace = window / 450 + 1;
		for (n = first = i = 0; i < ROUNDS; i++) {
			counters_move_clock(pace);
			now = counters_now();
			if (ask(COUNTER_ADD, "ann", window, LIMIT, 1).room != 0)
				continue;
			when[n++] = now;
			while (when[first] <= now - window)
				first++;
			assert_true(n - first <= LIMIT);
		}
		/* And it is not much stricter than it must be. */
		assert_true((int64_t)n > ROUNDS * pace / window * LIMIT *
		    85 / 100);
	}
}

/* All at once at the end of a step: room is a whole window later. */
static void
test_no_edge_of_a_step(void **state)
{
	static const int64_t windows[] = { 1000, 1007, 60000, HOUR };
	struct counter_answer a;
	int64_t began;
	char word[24];
	size_t w;
	int i;

	(void)state;
	for (w = 0; w < sizeof windows / sizeof windows[0]; w++)
		for (i = 0; i < 150; i++) {
			snprintf(word, sizeof word, "%zu %d", w, i);
			counters_move_clock(1 + windows[w] / 1500);
			began = counters_now();
			ask(COUNTER_FORCE, word, windows[w], 50, 50);
			a = ask(COUNTER_PEEK, word, windows[w], 50, 1);
			assert_true(a.room >= began + windows[w]);
			assert_true(a.room <= counters_now() + windows[w] +
			    windows[w] / 15 + 16);
		}
}

static void
test_all_or_none(void **state)
{
	struct counter_question q[2] = {
		{ COUNTER_ADD, key("minute"), HOUR / 60, 5, 1, COUNTER_ALONE },
		{ COUNTER_ADD, key("day"), 24 * HOUR, 500, 1,
		    COUNTER_ALONE } };
	struct counter_answer a[2];
	int i;

	(void)state;
	for (i = 0; i < 50; i++)
		counters_ask(q, 2, a);
	assert_true(a[0].room > 0);
	assert_int_equal(ask(COUNTER_PEEK, "day", 24 * HOUR, 500, 1).count,
	    5);
}

/* A login from two places that are new within an hour, not from a third. */
static struct counter_answer
come_from(const char *place, enum counter_verb verb)
{
	const struct counter_question q[3] = {
		{ .verb = COUNTER_MEET, .key = key(place), .window = HOUR,
		    .effect = COUNTER_IF_NEW },
		{ .verb = COUNTER_MEET, .key = key("home"), .window = HOUR,
		    .effect = COUNTER_IF_KNOWN },
		{ verb, key("places"), HOUR, 2, 1, COUNTER_ALONE } };
	struct counter_answer a[3];

	counters_ask(q, 3, a);
	return a[2];
}

static void
test_if_new(void **state)
{
	struct counter_answer a = come_from("a", COUNTER_ADD);

	(void)state;
	/* The first of all is not counted. */
	assert_true(a.skipped && !a.added && a.room == 0);
	assert_true(come_from("b", COUNTER_ADD).added);
	assert_true(come_from("b", COUNTER_ADD).skipped);
	assert_true(come_from("c", COUNTER_ADD).added);
	/* What is refused is as new as before; what is let through is not. */
	assert_true(come_from("d", COUNTER_ADD).room > 0);
	assert_int_equal(ask(COUNTER_KNOW, "d", HOUR, 0, 0).since, 0);
	assert_true(come_from("d", COUNTER_FORCE).room > 0);
	assert_true(ask(COUNTER_KNOW, "d", HOUR, 0, 0).since > 0);
	assert_int_equal(come_from("e", COUNTER_PEEK).count, 3);
	assert_true(ask(COUNTER_KNOW, "e", HOUR, 0, 0).since > 0);
}

/* Twice the usual is never too much; what is refused is not usual. */
static void
test_raises(void **state)
{
	const struct counter_question q[2] = {
		{ COUNTER_PEEK, key("usual"), 10 * HOUR, 2, 1,
		    COUNTER_RAISES },
		{ COUNTER_ADD, key("hour"), HOUR, 5, 1, COUNTER_ALONE } };
	struct counter_answer a[2];
	int i, taken = 0;

	(void)state;
	for (i = 0; i < 20; i++) {
		counters_ask(q, 2, a);
		taken += a[1].added;
		assert_int_equal(a[1].limit, 5);
	}
	assert_int_equal(taken, 5);
	assert_int_equal(ask(COUNTER_PEEK, "usual", 10 * HOUR, 0, 0).count, 5);
	ask(COUNTER_FORCE, "usual", 10 * HOUR, 0, 30);
	counters_ask(q, 2, a);
	assert_int_equal(a[1].limit, 7);
	assert_true(a[1].added && a[1].count == 6);
	assert_int_equal(ask(COUNTER_PEEK, "usual", 10 * HOUR, 0, 0).count, 36);
}

static void
test_stops(void **state)
{
	static const struct { int64_t note; bool stops; } rows[] = {
		{ 0, false }, { 1, true }, { 9, true }, { 10, false } };
	const struct counter_question q[3] = {
		{ COUNTER_KNOW, key("x"), HOUR, 10, 0, COUNTER_STOPS },
		{ .verb = COUNTER_MEET, .key = key("place"), .window = HOUR,
		    .effect = COUNTER_IF_NEW },
		{ COUNTER_FORCE, key("y"), HOUR, 5, 1, COUNTER_ALONE } };
	struct counter_answer a[3];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		ask(COUNTER_FORGET, "place", HOUR, 0, 0);
		ask(COUNTER_NOTE, "x", HOUR, 0, rows[i].note);
		counters_ask(q, 3, a);
		assert_int_equal(a[1].skipped, rows[i].stops);
		assert_int_equal(a[2].skipped, rows[i].stops);
		assert_int_equal(a[2].added, !rows[i].stops);
		assert_int_equal(ask(COUNTER_KNOW, "place", HOUR, 0, 0).since
		    == 0, rows[i].stops);
	}
}

static void
test_meet(void **state)
{
	struct counter_answer a = ask(COUNTER_MEET, "x", HOUR, 0, 0), b;

	(void)state;
	assert_int_equal(a.room, 1);
	assert_int_equal(ask(COUNTER_KNOW, "y", HOUR, 0, 0).since, 0);
	counters_move_clock(60000);
	b = ask(COUNTER_MEET, "x", HOUR, 0, 0);
	assert_int_equal(b.room, 0);
	assert_int_equal(b.since, a.since);
	ask(COUNTER_NOTE, "x", HOUR, 0, 7);
	assert_int_equal(ask(COUNTER_KNOW, "x", HOUR, 0, 0).count, 7);
	/* It is remembered for an hour after the last time. */
	counters_move_clock(HOUR - 1000);
	assert_int_equal(ask(COUNTER_KNOW, "x", HOUR, 0, 0).since, a.since);
	counters_move_clock(HOUR + 1000);
	assert_int_equal(ask(COUNTER_KNOW, "x", HOUR, 0, 0).since, 0);
	ask(COUNTER_NOTE, "z", HOUR, 0, 1);
	ask(COUNTER_FORGET, "z", HOUR, 0, 0);
	assert_int_equal(ask(COUNTER_KNOW, "z", HOUR, 0, 0).since, 0);
}

/* A clock that is set back neither opens nor closes a limit. */
static void
test_clock_back(void **state)
{
	(void)state;
	ask(COUNTER_ADD, "ann", HOUR, 10, 10);
	counters_move_clock(-HOUR / 2);
	assert_true(ask(COUNTER_ADD, "ann", HOUR, 10, 1).room != 0);
	counters_move_clock(-2 * HOUR);
	assert_true(ask(COUNTER_ADD, "ann", HOUR, 10, 1).room != 0);
	/* It had gone wrong by years, and is right again. */
	counters_move_clock(3 * 365 * 24 * (int64_t)HOUR);
	assert_int_equal(ask(COUNTER_ADD, "ann", HOUR, 10, 4).count, 4);
	counters_move_clock(-3 * 365 * 24 * (int64_t)HOUR);
	assert_int_equal(ask(COUNTER_ADD, "ann", HOUR, 10, 6).count, 10);
	assert_true(ask(COUNTER_ADD, "ann", HOUR, 10, 1).room != 0);
	counters_move_clock(HOUR + HOUR / 15);
	assert_int_equal(ask(COUNTER_ADD, "ann", HOUR, 10, 1).count, 1);
}

/* Who was met in a future that did not come was met now. */
static void
test_met_in_the_future(void **state)
{
	struct counter_answer a;

	(void)state;
	counters_move_clock(400 * 24 * (int64_t)HOUR);
	ask(COUNTER_MEET, "x", HOUR, 0, 0);
	counters_move_clock(-400 * 24 * (int64_t)HOUR);
	a = ask(COUNTER_MEET, "x", HOUR, 0, 0);
	assert_int_equal(a.room, 0);
	assert_true(a.since <= counters_now());
	assert_true(a.since > counters_now() - 60000);
}

/* Who is looked for is remembered from then on; so is what was kept shorter. */
static void
test_known_again(void **state)
{
	int i;

	(void)state;
	ask(COUNTER_NOTE, "x", HOUR, 0, 1);
	for (i = 0; i < 10; i++) {
		counters_move_clock(HOUR - 1000);
		assert_int_equal(ask(COUNTER_KNOW, "x", HOUR, 0, 0).count, 1);
	}
	assert_int_equal(ask(COUNTER_KNOW, "x", 3 * HOUR, 0, 0).count, 1);
	counters_move_clock(2 * HOUR);
	assert_int_equal(ask(COUNTER_KNOW, "x", 3 * HOUR, 0, 0).count, 1);
}

/* As many keys as there are slots two thirds of: nearly all are kept. */
static void
test_full(void **state)
{
	struct buf errmsg = BUF_INIT;
	struct counter_table *t = counter_table_open(NULL, 4 << 20, &errmsg);
	struct counter_question q = { .verb = COUNTER_FORCE, .window = HOUR,
		.limit = 1, .amount = 1 };
	struct counter_answer a;
	uint64_t i, n = counter_table_size(t) * 2 / 3, lost = 0;
	char word[24];
	const char *words[] = { word };

	(void)state;
	for (i = 0; i < n; i++) {
		snprintf(word, sizeof word, "%llu", (unsigned long long)i);
		q.key = counter_key("full", words, 1);
		counter_table_ask(t, &q, 1000000, &a);
	}
	assert_true(counter_table_evicted(t) * 1000 < n);
	q.verb = COUNTER_PEEK;
	for (i = 0; i < n; i++) {
		snprintf(word, sizeof word, "%llu", (unsigned long long)i);
		q.key = counter_key("full", words, 1);
		counter_table_ask(t, &q, 1000000, &a);
		lost += a.count != 1;
	}
	assert_true(lost * 1000 < n);
	counter_table_close(t);
	buf_free(&errmsg);
}

/* However many come that are never met again, a closed login stays closed. */
static void
test_what_lasts_goes_last(void **state)
{
	const int64_t years = 10LL * 366 * 24 * HOUR;
	char word[24];
	int i;

	(void)state;
	ask(COUNTER_NOTE, "closed", years, 0, 1);
	for (i = 0; i < 100000; i++) {
		snprintf(word, sizeof word, "bot %d", i);
		ask(COUNTER_MEET, word, 48 * HOUR, 0, 0);
		if (i % 1000 == 0)
			counters_move_clock(1000);
	}
	assert_int_equal(ask(COUNTER_KNOW, "closed", years, 0, 0).count, 1);
	assert_int_equal(ask(COUNTER_KNOW, "bot 5", 48 * HOUR, 0, 0).since, 0);
	/* Not even of those that last does one stay for ever. */
	for (i = 0; i < 100000; i++) {
		snprintf(word, sizeof word, "closed %d", i);
		ask(COUNTER_NOTE, word, years, 0, 1);
		if (i % 1000 == 0)
			counters_move_clock(1000);
	}
	assert_int_equal(ask(COUNTER_KNOW, word, years, 0, 0).count, 1);
	assert_int_equal(ask(COUNTER_KNOW, "closed", years, 0, 0).count, 0);
}

static bool
start_with(const char *path)
{
	struct counters_options o = { .file = (char *)(uintptr_t)path,
		.size = 1 << 20 };
	struct buf errmsg = BUF_INIT;
	bool good = counters_start(&o, &errmsg);

	buf_free(&errmsg);
	return good;
}

/* What a process that was killed had counted is still there. */
static void
test_restart(void **state)
{
	char path[] = "/tmp/saywhy-counters-XXXXXX";
	int fd = mkstemp(path), status;
	pid_t child;

	(void)state;
	close(fd);
	counters_stop();
	child = fork();
	if (child == 0) {
		if (!start_with(path))
			_exit(2);
		ask(COUNTER_ADD, "ann", HOUR, 10, 9);
		raise(SIGKILL);
	}
	waitpid(child, &status, 0);
	assert_true(WIFSIGNALED(status));
	assert_true(start_with(path));
	assert_int_equal(ask(COUNTER_ADD, "ann", HOUR, 10, 1).count, 10);
	assert_true(ask(COUNTER_ADD, "ann", HOUR, 10, 1).room > 0);
	counters_stop();
	/* A file of another kind is begun anew, not believed. */
	assert_int_equal(truncate(path, 100), 0);
	assert_true(start_with(path));
	assert_int_equal(ask(COUNTER_PEEK, "ann", HOUR, 10, 1).count, 0);
	counters_stop();
	unlink(path);
}

/* No folder, no file: it counts all the same. */
static void
test_no_file(void **state)
{
	(void)state;
	counters_stop();
	assert_true(start_with("/nonexistent/saywhy/counters"));
	assert_int_equal(ask(COUNTER_ADD, "ann", HOUR, 10, 1).count, 1);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, offline, stop)
	const struct CMUnitTest tests[] = {
		TEST(test_keys),
		TEST(test_limit),
		TEST(test_room),
		TEST(test_no_edge),
		TEST(test_no_edge_of_a_step),
		TEST(test_all_or_none),
		TEST(test_if_new),
		TEST(test_raises),
		TEST(test_stops),
		TEST(test_meet),
		TEST(test_clock_back),
		TEST(test_met_in_the_future),
		TEST(test_known_again),
		TEST(test_full),
		TEST(test_what_lasts_goes_last),
		TEST(test_restart),
		TEST(test_no_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
