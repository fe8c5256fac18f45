/* doors_server_test - one thread, many peers, and those who behave badly */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <poll.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/sock.h"
#include "doors/server.h"
#include "patience.h"

#define PATIENCE 200
#define SILENCE 600

static char dir[] = "/tmp/saywhy-server-XXXXXX";
static struct sock_spec address = { .kind = SOCK_KIND_UNIX };
static struct server *server;
static atomic_int ticks;
static atomic_int asker;

/* A line is answered by itself; "bad" is none; "big" by very much. */
static size_t
answer(void *arg, const struct server_peer *peer, const char *in, size_t n,
    struct buf *out)
{
	const char *end = memchr(in, '\n', n);
	int i;

	assert_ptr_equal(arg, &address);
	atomic_store(&asker, peer->pid);
	if (end == NULL)
		return 0;
	if (strncmp(in, "bad", 3) == 0)
		return SERVER_CLOSE;
	for (i = 0; strncmp(in, "big", 3) == 0 && i < 1000000; i++)
		buf_puts(out, "0123456789");
	buf_put(out, in, (size_t)(end - in) + 1);
	return (size_t)(end - in) + 1;
}

static void
tick(void *arg)
{
	(void)arg;
	ticks++;
}

static const struct server_kind kind = { .name = "test", .max = 64,
	.patience = PATIENCE, .silence = SILENCE, .answer = answer,
	.tick = tick };

static int
start(void **state)
{
	struct buf errmsg = BUF_INIT;
	int fd;

	(void)state;
	assert_non_null(mkdtemp(dir));
	snprintf(address.path, sizeof address.path, "%s/s", dir);
	fd = sock_listen(&address, 0600, (gid_t)-1, &errmsg);
	assert_true(fd >= 0);
	server = server_start(fd, &kind, &address);
	return server == NULL;
}

static int
stop(void **state)
{
	(void)state;
	server_stop(server);
	server_stop(NULL);
	unlink(address.path);
	rmdir(dir);
	return 0;
}

static int
connect_peer(void)
{
	struct buf errmsg = BUF_INIT;
	int fd = sock_connect(&address, patience(), &errmsg);

	assert_true(fd >= 0);
	return fd;
}

static void
say(int fd, const char *words)
{
	assert_true(sock_write(fd, words, strlen(words), patience()));
}

static void
read_words(int fd, const char *words)
{
	struct buf line = BUF_INIT;

	assert_true(sock_read_line(fd, &line, 1000, patience()));
	assert_string_equal(line.data, words);
	buf_free(&line);
}

/* It was closed by the server, after so many ms or more. */
static void
assert_dropped(int fd, int64_t least)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	int64_t began = clock_ms();
	char c;

	assert_int_equal(poll(&p, 1, PATIENCE_MS), 1);
	assert_true(recv(fd, &c, 1, 0) <= 0);
	assert_true(clock_ms() - began >= least);
	close(fd);
}

static void
test_answers(void **state)
{
	int fd = connect_peer();

	(void)state;
	say(fd, "one\ntwo\nth");
	read_words(fd, "one");
	read_words(fd, "two");
	say(fd, "ree\n");
	read_words(fd, "three");
	assert_int_equal(atomic_load(&asker), getpid());
	close(fd);
}

static void
test_many(void **state)
{
	int fd[200], i;

	(void)state;
	for (i = 0; i < 200; i++)
		fd[i] = connect_peer();
	for (i = 0; i < 200; i++)
		say(fd[i], "x\n");
	for (i = 200; i-- > 0;) {
		read_words(fd[i], "x");
		close(fd[i]);
	}
}

static void
test_bad(void **state)
{
	int fd = connect_peer();

	(void)state;
	say(fd, "bad\n");
	assert_dropped(fd, 0);
	fd = connect_peer();
	say(fd, "0123456789012345678901234567890123456789"
	    "0123456789012345678901234567890123456789");
	assert_dropped(fd, 0);
}

static void
test_unfinished(void **state)
{
	int fd = connect_peer();

	(void)state;
	say(fd, "half");
	assert_dropped(fd, PATIENCE / 2);
}

static void
test_silent(void **state)
{
	int fd = connect_peer();

	(void)state;
	assert_dropped(fd, SILENCE / 2);
}

/* What it does not read in time it does not get. */
static void
test_unread(void **state)
{
	struct pollfd end = { .fd = connect_peer() };
	int64_t began = clock_ms();

	(void)state;
	say(end.fd, "big\n");
	assert_int_equal(poll(&end, 1, PATIENCE_MS), 1);
	assert_true((end.revents & POLLHUP) != 0);
	assert_true(clock_ms() - began >= PATIENCE / 2);
	close(end.fd);
}

static void
test_ticks(void **state)
{
	int64_t began = clock_ms(), until = patience();
	int before = atomic_load(&ticks), came;

	(void)state;
	while (atomic_load(&ticks) < before + 2 && clock_left(until) > 0)
		poll(NULL, 0, 10);
	came = atomic_load(&ticks) - before;
	assert_true(came >= 2);
	assert_true(came < (clock_ms() - began) / 100 + 2);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_answers),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_bad),
		cmocka_unit_test(test_unfinished),
		cmocka_unit_test(test_silent),
		cmocka_unit_test(test_unread),
		cmocka_unit_test(test_ticks),
	};

	return cmocka_run_group_tests(tests, start, stop);
}
