/* base_handover_test - sockets that were left to us are found by address */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/handover.h"
#include "base/mem.h"

static char folder[] = "/tmp/saywhy-handover-XXXXXX";

static int
make_folder(void **state)
{
	(void)state;
	return mkdtemp(folder) == NULL;
}

static int
remove_folder(void **state)
{
	(void)state;
	return rmdir(folder);
}

static struct sockaddr_un
address_of(const char *name)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };

	snprintf(a.sun_path, sizeof a.sun_path, "%s/%s", folder, name);
	return a;
}

static int
listen_at(const struct sockaddr_un *a)
{
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	assert_int_equal(bind(fd, (const void *)a, sizeof *a), 0);
	assert_int_equal(listen(fd, 1), 0);
	return fd;
}

static int
take(const struct sockaddr_un *a)
{
	return handover_take((const void *)a, sizeof *a);
}

static void
test_found_by_address(void **state)
{
	struct sockaddr_un here = address_of("here"), gone = address_of("gone");
	struct sockaddr_un other = address_of("other");
	int fd = listen_at(&here), no_path = listen_at(&gone);
	int plain = socket(AF_UNIX, SOCK_STREAM, 0);
	char line[64], *path;

	(void)state;
	snprintf(line, sizeof line, "-1 -1 %d %d %d", plain, fd, no_path);
	unlink(gone.sun_path);
	setenv("SAYWHY_HANDOVER", line, 1);
	handover_receive();
	assert_true(handover_is_successor());
	assert_null(getenv("SAYWHY_HANDOVER"));
	assert_int_equal(take(&other), -1);
	assert_int_equal(take(&gone), -1);
	assert_int_equal(take(&here), fd);
	assert_int_equal(take(&here), -1);
	assert_int_equal(fcntl(fd, F_GETFD), FD_CLOEXEC);
	assert_int_not_equal(fcntl(fd, F_GETFL) & O_NONBLOCK, 0);

	/* A start that fails now must not take the other's path away. */
	path = mem_dup(here.sun_path);
	handover_remove(&path);
	assert_null(path);
	assert_int_equal(access(here.sun_path, F_OK), 0);

	/* Nobody took it: closed. From here on the path is ours. */
	handover_done();
	assert_int_equal(fcntl(no_path, F_GETFD), -1);
	path = mem_dup(here.sun_path);
	handover_remove(&path);
	assert_int_equal(access(here.sun_path, F_OK), -1);
	close(fd);
	close(plain);
}

static void
test_meant_for_another(void **state)
{
	struct sockaddr_un here = address_of("here");
	int fd = listen_at(&here), third = dup2(fd, 3);

	(void)state;
	setenv("LISTEN_PID", "1", 1);
	setenv("LISTEN_FDS", "1", 1);
	handover_receive();
	assert_int_equal(take(&here), -1);
	assert_null(getenv("LISTEN_FDS"));
	unlink(here.sun_path);
	close(fd);
	if (third != fd)
		close(third);
}

/* What does not come to serve takes nothing away. */
static void
test_no_successor(void **state)
{
	char *const argv[] = { (char *)(uintptr_t)"false", NULL };
	struct sockaddr_un here = address_of("here");
	struct buf errmsg = BUF_INIT;
	int fd = listen_at(&here);
	char *path = mem_dup(here.sun_path);

	(void)state;
	handover_keep(fd);
	assert_int_equal(handover_start(argv, 10000, &errmsg), -1);
	assert_non_null(strstr(errmsg.data, "false"));
	assert_int_equal(fcntl(fd, F_GETFD), FD_CLOEXEC);
	handover_remove(&path);
	assert_int_equal(access(here.sun_path, F_OK), -1);
	buf_free(&errmsg);
	close(fd);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_meant_for_another),
		cmocka_unit_test(test_no_successor),
		cmocka_unit_test(test_found_by_address),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
