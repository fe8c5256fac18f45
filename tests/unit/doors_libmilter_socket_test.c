/* doors_libmilter_socket_test - a connection that is read ahead */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "doors/libmilter_socket.h"
#include "patience.h"

static bool
is_ready(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	return poll(&p, 1, 0) == 1 && p.revents == POLLIN;
}

static void
expect(int shown, size_t n, const char *wanted)
{
	char got[16] = "";

	assert_int_equal(libmilter_socket_read(shown, got, n),
	    strlen(wanted));
	assert_string_equal(got, wanted);
}

static void
expect_nothing(int shown)
{
	char c;

	assert_int_equal(libmilter_socket_read(shown, &c, 1), -1);
	assert_int_equal(errno, EAGAIN);
}

static void
test_ahead(void **state)
{
	static char large[3 * LIBMILTER_AHEAD], got[sizeof large];
	struct libmilter_socket s;
	int fd[2], shown;
	size_t n = 0;

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fd), 0);
	shown = fd[0];
	libmilter_socket_begin(&s, shown);
	assert_int_equal(libmilter_socket_of(shown), s.fd);
	assert_int_equal(libmilter_socket_of(fd[1]), fd[1]);
	assert_int_not_equal(s.fd, shown);
	/* The library never waits, and we do not read what is not there. */
	assert_true(is_ready(shown));
	expect_nothing(shown);
	assert_false(libmilter_socket_wait(shown, POLLIN, clock_ms() + 20));
	assert_int_equal(write(fd[1], "abcdefg", 7), 7);
	assert_true(libmilter_socket_wait(shown, POLLIN, patience()));
	expect(shown, 3, "abc");
	assert_false(is_ready(s.fd));
	expect(shown, 3, "def");
	expect(shown, 3, "g");
	expect_nothing(shown);
	memset(large, 'x', sizeof large);
	assert_int_equal(write(fd[1], large, sizeof large), sizeof large);
	expect(shown, 2, "xx");
	for (n = 2; n < sizeof large;)
		n += (size_t)libmilter_socket_read(shown, got + n,
		    sizeof large - n);
	assert_memory_equal(got + 2, large + 2, sizeof large - 2);
	assert_int_equal(write(libmilter_socket_of(shown), "r", 1), 1);
	assert_int_equal(read(fd[1], got, 2), 1);
	close(fd[1]);
	do
		n = (size_t)libmilter_socket_read(shown, got, 1);
	while (n == (size_t)-1);
	assert_int_equal(n, 0);
	close(shown);
	libmilter_socket_end(&s);
	assert_int_equal(libmilter_socket_of(shown), shown);
	assert_int_equal(fcntl(s.fd, F_GETFD), -1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ahead),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
