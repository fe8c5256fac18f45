/*
 * counters_server_test - what a step waits for a server, whatever ails it
 *
 * The server is a thread here that speaks as much of the protocol as is asked
 * for.
 */

#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/sock.h"
#include "counters/counter_server.h"
#include "counters/counters.h"
#include "counters/counters_options.h"
#include "patience.h"

#define HOUR (3600 * 1000)
#define SILENT_US 25000		/* COUNTER_SERVER_MS, and no wait besides */
#define ERROR_US 10000

enum ailment { WELL, SILENT, DRIBBLES, LATE_LOGIN, CLOSES, TALKS_NONSENSE,
	SLOW, HAS_NO_SCRIPT, LETS_NOBODY_IN, FLOODS, FLOODS_PARTS,
	IS_OF_ANOTHER_AGE };

static struct fake {
	int listener;
	_Atomic int ailment;
	_Atomic int64_t ahead;		/* ms: its clock, of ours */
	_Atomic int questions, reads;
	_Atomic bool stop;
	struct sock_spec spec;
	pthread_t thread;
	char path[108];
} fakes[2];

/* One that is connected; threads of these are left to end by themselves. */
struct link {
	struct fake *fake;
	int fd;
};

static void
say(int fd, const char *text)
{
	sock_write(fd, text, strlen(text), patience());
}

/* An answer that has no end, as long as anybody takes it. */
static void
flood(int fd, const char *head, const char *piece)
{
	static char bytes[1 << 16];
	size_t n = strlen(piece), i;

	for (i = 0; i < sizeof bytes; i += n)
		memcpy(bytes + i, piece, n);
	say(fd, head);
	for (i = 0; i < 8000; i++)
		if (!sock_write(fd, bytes, sizeof bytes, clock_ms() + 1000))
			return;
}

/* It counts nothing: 1, now, no end of room; and what time it is. */
static void
answer_question(const struct link *l, const char *command)
{
	long long now = (long long)(clock_epoch_ms() + l->fake->ahead);
	struct buf text = BUF_INIT;
	int n = 0, i;

	for (; (command = strstr(command, "{saywhy}")) != NULL; n++)
		command++;
	buf_printf(&text, "*%d\r\n", 3 * n + 1);
	for (i = 0; i < n; i++)
		buf_printf(&text, ":1\r\n:%lld\r\n:0\r\n", now);
	buf_printf(&text, ":%lld\r\n", now);
	l->fake->questions++;
	switch (l->fake->ailment) {
	case SILENT:
		break;
	case DRIBBLES:
		for (i = 0; i < (int)text.len; i++) {
			usleep(8000);
			if (!sock_write(l->fd, text.data + i, 1,
			    patience()))
				break;
		}
		break;
	case TALKS_NONSENSE:
		say(l->fd, "*2\r\n+OK\r\n:-1\r\n");
		break;
	case SLOW:
		usleep(12000);
		say(l->fd, text.data);
		break;
	case HAS_NO_SCRIPT:
		say(l->fd, "-NOSCRIPT No matching script.\r\n");
		break;
	case FLOODS:
		flood(l->fd, "$500000000\r\n", "aaaa");
		break;
	case FLOODS_PARTS:
		flood(l->fd, "*100000000\r\n", ":1\r\n");
		break;
	case IS_OF_ANOTHER_AGE:
		buf_cut(&text, 0);
		buf_printf(&text, "*%d\r\n", 3 * n + 1);
		for (i = 0; i < 3 * n + 1; i++)
			buf_puts(&text, i % 3 == 0 ?
			    ":-9223372036854775808\r\n" :
			    ":9223372036854775807\r\n");
		say(l->fd, text.data);
		break;
	case CLOSES:
		shutdown(l->fd, SHUT_RDWR);
		break;
	default:
		say(l->fd, text.data);
	}
	buf_free(&text);
}

static void
answer(const struct link *l, const char *command)
{
	if (strstr(command, "AUTH") != NULL) {
		if (l->fake->ailment == LATE_LOGIN)
			usleep(15000);
		say(l->fd, l->fake->ailment == LETS_NOBODY_IN ?
		    "-WRONGPASS invalid password\r\n" : "+OK\r\n");
	}
	if (strstr(command, "LOAD") != NULL)
		say(l->fd, "$40\r\n0123456789012345678901234567890123456789"
		    "\r\n");
	else if (strstr(command, "$3\r\nSET") != NULL)
		say(l->fd, "+OK\r\n");
	else if (strstr(command, "PING") != NULL)
		say(l->fd, "+PONG\r\n");
	else if (strstr(command, "EVALSHA") != NULL) {
		if (l->fake->ailment == LATE_LOGIN)
			usleep(15000);
		answer_question(l, command);
	}
}

static void *
serve_one(void *arg)
{
	struct link *l = arg;
	char command[65536];
	ssize_t n;

	while ((n = recv(l->fd, command, sizeof command - 1, 0)) > 0) {
		command[n] = '\0';
		l->fake->reads++;
		answer(l, command);
	}
	close(l->fd);
	free(l);
	return NULL;
}

static void *
serve(void *arg)
{
	struct fake *f = arg;
	struct pollfd p = { .fd = f->listener, .events = POLLIN };
	struct link *l;
	pthread_t thread;
	int fd;

	while (!f->stop) {
		if (poll(&p, 1, 10) != 1)
			continue;
		fd = accept(f->listener, NULL, NULL);
		if (fd < 0)
			continue;
		l = mem_alloc(sizeof *l);
		*l = (struct link){ f, fd };
		if (pthread_create(&thread, NULL, serve_one, l) == 0)
			pthread_detach(thread);
	}
	close(f->listener);
	return NULL;
}

static void
begin(struct fake *f, int number)
{
	struct buf errmsg = BUF_INIT;

	memset(f, 0, sizeof *f);
	snprintf(f->path, sizeof f->path, "unix:/tmp/saywhy-fake-%ld-%d.sock",
	    (long)getpid(), number);
	f->listener = sock_listen_text(f->path, 0600, (gid_t)-1, &f->spec,
	    &errmsg);
	assert_true(f->listener >= 0);
	assert_int_equal(pthread_create(&f->thread, NULL, serve, f), 0);
	buf_free(&errmsg);
}

static void
end(struct fake *f)
{
	f->stop = true;
	pthread_join(f->thread, NULL);
	unlink(sock_spec_path(&f->spec));
}

static bool
is_healthy(void)
{
	struct counters_state state;

	counters_state(&state);
	return state.healthy;
}

/* It is asked again soon after one, so it may be healthy by now. */
static uint64_t
failures(void)
{
	struct counters_state state;

	counters_state(&state);
	return state.failures;
}

static void
wait_healthy(void)
{
	int64_t until = patience();

	while (!is_healthy() && clock_left(until) > 0)
		usleep(5000);
	assert_true(is_healthy());
}

static void
count_in(size_t n, const char *password_file)
{
	struct counters_options o = { .size = 1 << 20,
		.password_file = (char *)(uintptr_t)password_file };
	struct buf errmsg = BUF_INIT;
	size_t i;

	for (i = 0; i < n; i++) {
		o.servers.v[i].text = fakes[i].path;
		o.servers.v[i].spec = fakes[i].spec;
	}
	o.servers.n = n;
	if (!counters_start(&o, &errmsg))
		fail_msg("%s", errmsg.data);
	buf_free(&errmsg);
	wait_healthy();
}

/* Counts in so many servers of ours. */
static void
begin_with(size_t n, const char *password_file)
{
	size_t i;

	if (!counter_server_built())
		skip();
	for (i = 0; i < n; i++)
		begin(&fakes[i], (int)i);
	count_in(n, password_file);
}

static void
end_with(size_t n)
{
	size_t i;

	counters_stop();
	for (i = 0; i < n; i++)
		end(&fakes[i]);
}

/* A step that asks for this many keys one after the other: how long, in us. */
static int64_t
step(int keys)
{
	struct counter_question q = { .verb = COUNTER_ADD, .window = HOUR,
		.limit = 1000000, .amount = 1 };
	struct counter_answer a;
	char word[24];
	const char *words[] = { word };
	int64_t began = clock_us();
	int i;

	counters_step_begin();
	for (i = 0; i < keys; i++) {
		snprintf(word, sizeof word, "key %d", i);
		q.key = counter_key("test", words, 1);
		counters_ask(&q, 1, &a);
		assert_int_equal(a.room, 0);
	}
	counters_step_end();
	return clock_us() - began;
}

/*
 * The shortest of some steps with servers that have become so, in us; the first
 * that takes no more than `enough`.
 */
static int64_t
shortest(enum ailment ailment, size_t servers, int keys, int64_t enough)
{
	int64_t us, best = INT64_MAX;
	size_t i;
	int try;

	for (try = 0; try < PATIENCE_TRIES && best > enough; try++) {
		for (i = 0; i < servers; i++)
			fakes[i].ailment = WELL;
		wait_healthy();
		/* A connection is there, as it is after the first step. */
		step(keys);
		wait_healthy();
		for (i = 0; i < servers; i++)
			fakes[i].ailment = (int)ailment;
		us = step(keys);
		best = us < best ? us : best;
		print_message("%d: %lld us\n", (int)ailment, (long long)us);
	}
	return best;
}

static const struct {
	const char *name;
	enum ailment ailment;
	int64_t min, max;	/* us of the shortest step */
} rows[] = {
	{ "no answer", SILENT, 15000, SILENT_US },
	{ "an answer in small pieces", DRIBBLES, 15000, SILENT_US },
	{ "hangs up", CLOSES, 0, ERROR_US },
	{ "another answer", TALKS_NONSENSE, 0, ERROR_US },
	{ "an error", HAS_NO_SCRIPT, 0, ERROR_US },
	{ "an answer without end", FLOODS, 0, SILENT_US },
	{ "parts without end", FLOODS_PARTS, 0, SILENT_US },
	{ "numbers that are none", IS_OF_ANOTHER_AGE, 0, ERROR_US },
};

static void
test_one_server(void **state)
{
	uint64_t before;
	int64_t us;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		begin_with(1, NULL);
		before = failures();
		us = shortest(rows[i].ailment, 1, 10, rows[i].max);
		if (us < rows[i].min || us > rows[i].max)
			fail_msg("%s: %lld us", rows[i].name, (long long)us);
		assert_true(failures() > before);
		end_with(1);
	}
}

/* Keys of both, and both are silent: 20 ms together. */
static void
test_two_servers(void **state)
{
	int64_t us;

	(void)state;
	begin_with(2, NULL);
	while (fakes[0].questions <= 5 || fakes[1].questions <= 5) {
		wait_healthy();
		step(32);
	}
	us = shortest(SILENT, 2, 32, SILENT_US);
	if (us < 15000 || us > SILENT_US)
		fail_msg("%lld us", (long long)us);
	end_with(2);
}

/* So many ADDs at once, each of a key of its own. */
static void
ask_at_once(struct counter_answer *a, size_t n)
{
	struct counter_question q[COUNTERS_MAX];
	char word[32];
	const char *words[] = { word };
	size_t i;

	for (i = 0; i < n; i++) {
		snprintf(word, sizeof word, "key %zu", i);
		q[i] = (struct counter_question){ COUNTER_ADD,
			counter_key("test", words, 1), HOUR, 1000000, 1,
			COUNTER_ALONE };
	}
	counters_ask(q, n, a);
}

/* Each is asked in one write, and none before another has answered. */
static void
test_two_servers_at_once(void **state)
{
	struct counter_answer a[COUNTERS_MAX];
	bool in_time = false;
	int try;

	(void)state;
	begin_with(2, NULL);
	for (try = 0; try < PATIENCE_TRIES && !in_time; try++) {
		fakes[0].ailment = fakes[1].ailment = WELL;
		wait_healthy();
		ask_at_once(a, COUNTERS_MAX);
		wait_healthy();
		fakes[0].ailment = fakes[1].ailment = SLOW;
		fakes[0].reads = fakes[1].reads = 0;
		ask_at_once(a, COUNTERS_MAX);
		in_time = is_healthy() && fakes[0].reads == 1 &&
		    fakes[1].reads == 1;
	}
	assert_true(in_time);
	end_with(2);
}

/* What it does not answer is counted here, the rest where it was. */
static void
test_one_of_two_has_no_script(void **state)
{
	struct counter_answer a[COUNTERS_MAX];
	size_t i, there = 0;
	uint64_t before;
	int try;

	(void)state;
	begin_with(2, NULL);
	for (try = 0; try < PATIENCE_TRIES && there == 0; try++) {
		fakes[1].ailment = WELL;
		wait_healthy();
		fakes[1].ailment = HAS_NO_SCRIPT;
		before = failures();
		ask_at_once(a, COUNTERS_MAX);
		assert_true(failures() > before);
		/* Its answer is always 1; here it is one more each time. */
		ask_at_once(a, COUNTERS_MAX);
		for (i = there = 0; i < COUNTERS_MAX; i++) {
			assert_true(a[i].added && a[i].room == 0);
			there += a[i].count == 1;
		}
	}
	assert_true(there > 5 && there < COUNTERS_MAX - 5);
	end_with(2);
}

/* A password that is not taken any more: the error comes before the answer. */
static void
test_login_refused(void **state)
{
	char file[] = "/tmp/saywhy-password-XXXXXX";
	int fd = mkstemp(file);
	struct counter_answer a[3];

	(void)state;
	assert_int_equal(write(fd, "secret\n", 7), 7);
	close(fd);
	begin_with(1, file);
	fakes[0].ailment = LETS_NOBODY_IN;
	ask_at_once(a, 3);
	assert_false(is_healthy());
	ask_at_once(a, 3);
	assert_true(a[2].added && a[2].count == 2);
	end_with(1);
	unlink(file);
}

/* A new connection that logs in: both answers are late, but not too late. */
static void
test_late_login(void **state)
{
	char file[] = "/tmp/saywhy-password-XXXXXX";
	int fd = mkstemp(file), try;
	int64_t us, best = INT64_MAX;

	(void)state;
	assert_int_equal(write(fd, "secret\n", 7), 7);
	close(fd);
	for (try = 0; try < PATIENCE_TRIES && best > SILENT_US; try++) {
		begin_with(1, file);
		fakes[0].ailment = LATE_LOGIN;
		us = step(10);
		best = us < best ? us : best;
		end_with(1);
	}
	unlink(file);
	if (best < 15000 || best > SILENT_US)
		fail_msg("%lld us", (long long)best);
}

/* Its clock is wrong by a day: the answers are by ours. */
static void
test_another_clock(void **state)
{
	static const int64_t days[] = { -86400000, 86400000 };
	const char *word = "x";
	const struct counter_question q = { .verb = COUNTER_MEET,
		.key = counter_key("test", &word, 1), .window = HOUR };
	struct counter_answer a;
	size_t i;

	(void)state;
	begin_with(1, NULL);
	for (i = 0; i < 2; i++) {
		fakes[0].ahead = days[i];
		do {
			wait_healthy();
			counters_ask(&q, 1, &a);
		} while (!is_healthy());
		assert_true(a.since > counters_now() - PATIENCE_MS);
		assert_true(a.since < counters_now() + PATIENCE_MS);
	}
	end_with(1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_server),
		cmocka_unit_test(test_two_servers),
		cmocka_unit_test(test_two_servers_at_once),
		cmocka_unit_test(test_one_of_two_has_no_script),
		cmocka_unit_test(test_login_refused),
		cmocka_unit_test(test_late_login),
		cmocka_unit_test(test_another_clock),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
