/* doors_other_process_test - connections go where their session is, and back */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/handover.h"
#include "doors/other_process.h"
#include "doors/session_registry.h"
#include "patience.h"

static int adopted[2];		/* a pipe: what was passed to us */

static void
adopt(int fd)
{
	assert_int_equal(write(adopted[1], &fd, sizeof fd), sizeof fd);
}

static void
refuse(int fd)
{
	(void)fd;
	fail();
}

static other_adopts *const adopts[OTHER_DOORS] = {
	[OTHER_REPLYMAP] = adopt, [OTHER_POLICY] = refuse,
};

/* The descriptor that comes next, or -1. */
static int
next_adopted(int patience)
{
	struct pollfd p = { .fd = adopted[0], .events = POLLIN };
	int fd;

	if (poll(&p, 1, patience) <= 0)
		return -1;
	assert_int_equal(read(adopted[0], &fd, sizeof fd), sizeof fd);
	return fd;
}

/* As the successor whose predecessor is at the other end of the pair. */
static void
begin_as_successor(int fd)
{
	char line[64];

	snprintf(line, sizeof line, "-1 -1 %d", fd);
	setenv("SAYWHY_HANDOVER", line, 1);
	handover_receive();
	other_process_start(adopts);
}

static bool
same_socket(int a, int b)
{
	char byte = 'x';
	bool same;

	assert_int_equal(write(a, &byte, 1), 1);
	same = read(b, &byte, 1) == 1;
	return same && byte == 'x';
}

/* Each of two processes serves nobody, so all comes to the newer one. */
static void
test_back_to_the_newest(void **state)
{
	int pair[2], connection[2], fd, status;
	pid_t older;

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK,
	    0, pair), 0);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, connection), 0);
	assert_int_equal(pipe(adopted), 0);
	assert_false(other_process_has(OTHER_REPLYMAP, connection[0]));
	assert_false(other_process_takes_back(OTHER_REPLYMAP, connection[0]));
	older = fork();
	if (older == 0) {
		/* Reads it, and gives it back as one that it does not serve. */
		char space[CMSG_SPACE(sizeof(int))], note[2];
		struct iovec iov = { .iov_base = note, .iov_len = 2 };
		struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1,
			.msg_control = space, .msg_controllen = sizeof space };
		struct pollfd p = { .fd = pair[0], .events = POLLIN };

		poll(&p, 1, PATIENCE_MS);
		if (recvmsg(pair[0], &m, 0) != 2)
			_exit(1);
		note[1] = 1;
		_exit(sendmsg(pair[0], &m, 0) == 2 ? 0 : 2);
	}
	begin_as_successor(pair[1]);
	assert_true(other_process_has(OTHER_REPLYMAP, connection[0]));
	fd = next_adopted(PATIENCE_MS);
	assert_true(fd >= 0);
	assert_true(same_socket(fd, connection[1]));
	assert_int_equal(waitpid(older, &status, 0), older);
	assert_int_equal(status, 0);
	other_process_stop();
	close(pair[0]);
}

/* Whose session is here stays here, and so does what nobody else can take. */
static void
test_its_own(void **state)
{
	int pair[2], connection[2];
	struct registered *here;

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK,
	    0, pair), 0);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, connection), 0);
	begin_as_successor(pair[1]);
	here = registry_open(REGISTRY_MILTER, connection[0], NULL);
	assert_false(other_process_has(OTHER_REPLYMAP, connection[0]));
	registry_close(here);
	assert_true(other_process_has(OTHER_REPLYMAP, connection[0]));
	close(pair[0]);
	while (other_process_has(OTHER_REPLYMAP, connection[0]))
		usleep(1000);
	other_process_stop();
	assert_false(other_process_has(OTHER_REPLYMAP, connection[0]));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_back_to_the_newest),
		cmocka_unit_test(test_its_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
