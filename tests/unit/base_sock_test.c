/* base_sock_test - specs, listeners that take no place, deadlines */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/sock.h"
#include "patience.h"

/* 107 bytes, the longest on Linux. */
#define LONG_PATH "/23456789012345678901234567890123456789012345678901234" \
    "56789012345678901234567890123456789012345678901234567"

static const struct {
	const char *text;
	enum sock_kind kind;
	const char *where;	/* path or host; of a wrong one the complaint */
	int port;		/* -1: wrong */
} specs[] = {
	{ "unix:/run/x.sock", SOCK_KIND_UNIX, "/run/x.sock", 0 },
	{ "unix:" LONG_PATH, SOCK_KIND_UNIX, LONG_PATH, 0 },
	{ "inet:8890@127.0.0.1", SOCK_KIND_INET, "127.0.0.1", 8890 },
	{ "inet:0@localhost", SOCK_KIND_INET, "localhost", 0 },
	{ "inet6:65535@::1", SOCK_KIND_INET6, "::1", 65535 },
	{ "fd:3", SOCK_KIND_FD, "", 3 },

	{ "", 0, "is not a socket", -1 },
	{ "/run/x.sock", 0, "is not a socket", -1 },
	{ "local:/run/x.sock", 0, "is not a socket", -1 },
	{ "unix:run/x.sock", 0, "must begin with /", -1 },
	{ "unix:", 0, "must begin with /", -1 },
	{ "unix:" LONG_PATH "x", 0, "has 108 bytes", -1 },
	{ "inet:127.0.0.1:8890", 0, "write inet:port@host", -1 },
	{ "inet:8890", 0, "write inet:port@host", -1 },
	{ "inet:8890@", 0, "host is missing", -1 },
	{ "inet:@localhost", 0, "must be a number", -1 },
	{ "inet:99999@localhost", 0, "up to 65535", -1 },
	{ "inet:0008890@localhost", 0, "up to 65535", -1 },
	{ "inet:-1@localhost", 0, "must be a number", -1 },
	{ "inet: 25@localhost", 0, "must be a number", -1 },
	{ "fd:2", 0, "number from 3", -1 },
	{ "fd:3x", 0, "number from 3", -1 },
	{ "fd:", 0, "number from 3", -1 },
};

static void
test_specs(void **state)
{
	struct buf errmsg = BUF_INIT;
	struct sock_spec spec;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof specs / sizeof specs[0]; i++) {
		bool good = sock_spec_parse(specs[i].text, &spec, &errmsg);

		if (good != (specs[i].port >= 0))
			fail_msg("%s: %s", specs[i].text, errmsg.data);
		if (!good && strstr(errmsg.data, specs[i].where) == NULL)
			fail_msg("%s: %s", specs[i].text, errmsg.data);
		if (good) {
			assert_int_equal(spec.kind, specs[i].kind);
			assert_int_equal(spec.port, specs[i].port);
			assert_string_equal(*spec.path != '\0' ? spec.path :
			    spec.host, specs[i].where);
		}
		buf_clear(&errmsg);
	}
	buf_free(&errmsg);
}

static char folder[] = "/tmp/sock_test.XXXXXX";

static int
make_folder(void **state)
{
	(void)state;
	return mkdtemp(folder) != NULL ? 0 : -1;
}

static int
remove_folder(void **state)
{
	(void)state;
	return rmdir(folder);
}

static struct sock_spec
spec_of(const char *name)
{
	struct sock_spec spec = { .kind = SOCK_KIND_UNIX };

	snprintf(spec.path, sizeof spec.path, "%s/%s", folder, name);
	return spec;
}

/* Listens, and wants it to work. */
static int
listening(const struct sock_spec *spec)
{
	struct buf errmsg = BUF_INIT;
	int fd = sock_listen(spec, 0640, (gid_t)-1, &errmsg);

	if (fd < 0)
		fail_msg("%s", errmsg.data);
	assert_int_equal(fcntl(fd, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
	assert_int_equal(fcntl(fd, F_GETFL) & O_NONBLOCK, O_NONBLOCK);
	return fd;
}

/* Tries to listen, and wants these words. */
static void
refused(const struct sock_spec *spec, const char *words)
{
	struct buf errmsg = BUF_INIT;

	assert_int_equal(sock_listen(spec, 0600, (gid_t)-1, &errmsg), -1);
	if (strstr(errmsg.data, words) == NULL)
		fail_msg("%s", errmsg.data);
	buf_free(&errmsg);
}

static void
test_stale_and_live(void **state)
{
	struct sock_spec spec = spec_of("s");
	struct stat st;
	int fd, again;

	(void)state;
	assert_false(sock_is_live(&spec));
	fd = listening(&spec);
	assert_int_equal(stat(spec.path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0640);
	assert_true(sock_is_live(&spec));
	refused(&spec, "another server answers");
	assert_int_equal(stat(spec.path, &st), 0);
	close(fd);
	assert_false(sock_is_live(&spec));
	again = listening(&spec);
	assert_true(sock_is_live(&spec));
	close(again);
	assert_int_equal(unlink(spec.path), 0);
}

static void
test_foreign_file(void **state)
{
	struct sock_spec spec = spec_of("file"), lost = spec_of("no/s");
	int fd = open(spec.path, O_CREAT | O_WRONLY, 0600);

	(void)state;
	close(fd);
	refused(&spec, "is no socket");
	assert_int_equal(unlink(spec.path), 0);
	refused(&lost, "No such file");
}

/* A server with a full queue is a live one, and connecting has an end. */
static void
test_full_queue(void **state)
{
	struct sock_spec spec = spec_of("full");
	struct buf errmsg = BUF_INIT;
	int fd = listening(&spec), fds[3];
	int64_t begin;
	size_t i;

	(void)state;
	listen(fd, 1);
	for (i = 0; i < 2; i++)
		fds[i] = sock_connect(&spec, patience(), &errmsg);
	begin = clock_ms();
	fds[2] = sock_connect(&spec, begin + 100, &errmsg);
	assert_int_equal(fds[2], -1);
	assert_true(clock_ms() - begin >= 90);
	assert_non_null(strstr(errmsg.data, "timed out"));
	assert_true(sock_is_live(&spec));
	for (i = 0; i < 2; i++)
		close(fds[i]);
	close(fd);
	unlink(spec.path);
	buf_free(&errmsg);
}

static void
test_inet(void **state)
{
	struct sock_spec spec;
	struct sockaddr_in sa;
	socklen_t n = sizeof sa;
	struct buf errmsg = BUF_INIT;
	int fd, client;

	(void)state;
	assert_true(sock_spec_parse("inet:0@127.0.0.1", &spec, &errmsg));
	fd = listening(&spec);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&sa, &n), 0);
	spec.port = ntohs(sa.sin_port);
	refused(&spec, "in use");
	client = sock_connect(&spec, patience(), &errmsg);
	assert_true(client >= 0);
	close(client);
	close(fd);
	assert_int_equal(sock_connect(&spec, patience(), &errmsg), -1);
	assert_non_null(strstr(errmsg.data, "refused"));
	buf_free(&errmsg);
}

static void
test_adopted(void **state)
{
	struct sock_spec spec = { .kind = SOCK_KIND_FD }, at = spec_of("fd");
	struct buf errmsg = BUF_INIT;
	int fd = listening(&at), pair[2];

	(void)state;
	spec.port = fd;
	assert_int_equal(listening(&spec), fd);
	assert_int_equal(sock_connect(&spec, clock_ms(), &errmsg), -1);
	close(fd);
	unlink(at.path);
	refused(&spec, "Bad file descriptor");
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	spec.port = pair[0];
	refused(&spec, "not a listening socket");
	close(pair[0]);
	close(pair[1]);
	buf_free(&errmsg);
}

static void
test_lines(void **state)
{
	struct buf b = BUF_INIT;
	int pair[2];

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	assert_true(sock_write(pair[0], "one\n\ntwo\nrest", 13,
	    patience()));
	assert_true(sock_read_line(pair[1], &b, 3, patience()));
	assert_string_equal(b.data, "one");
	assert_true(sock_read_line(pair[1], &b, 3, patience()));
	assert_string_equal(b.data, "one");
	assert_false(sock_read_line(pair[1], &b, 2, patience()));
	buf_clear(&b);
	assert_true(sock_read_line(pair[1], &b, 3, patience()));
	assert_string_equal(b.data, "two");
	assert_false(sock_read_line(pair[1], &b, 99, clock_ms() + 50));
	buf_clear(&b);
	assert_true(sock_write(pair[0], "more", 4, patience()));
	close(pair[0]);
	assert_true(sock_read_all(pair[1], &b, 4, patience()));
	assert_string_equal(b.data, "more");
	assert_false(sock_read_line(pair[1], &b, 9, patience()));
	close(pair[1]);
	buf_free(&b);
}

static void
test_too_much(void **state)
{
	struct buf b = BUF_INIT;
	int pair[2];

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	assert_true(sock_write(pair[0], "12345", 5, patience()));
	close(pair[0]);
	assert_false(sock_read_all(pair[1], &b, 4, patience()));
	close(pair[1]);
	buf_free(&b);
}

/* Nobody reads, nobody writes, nobody is there: none of it holds us up. */
static void
test_deadlines(void **state)
{
	static char big[1 << 20];
	struct buf b = BUF_INIT;
	int64_t begin = clock_ms();
	int pair[2];

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	assert_false(sock_write(pair[0], big, sizeof big, begin + 50));
	assert_false(sock_read_line(pair[0], &b, 9, clock_ms() + 50));
	assert_false(sock_read_all(pair[0], &b, 9, clock_ms() + 50));
	assert_true(clock_ms() - begin >= 140);
	close(pair[1]);
	assert_false(sock_write(pair[0], big, 1, patience()));
	close(pair[0]);
	buf_free(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_specs),
		cmocka_unit_test(test_stale_and_live),
		cmocka_unit_test(test_foreign_file),
		cmocka_unit_test(test_full_queue),
		cmocka_unit_test(test_inet),
		cmocka_unit_test(test_adopted),
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_too_much),
		cmocka_unit_test(test_deadlines),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
