/*
 * doors_milter_socket_test - our socket in libmilter's hands, whichever it is
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "doors/milter_socket.h"

static char given[112];
static int listening = -1;

static int
set(char *spec)
{
	snprintf(given, sizeof given, "%s", spec);
	return 0;
}

/* As Debian's: "fd:N" is a socket that is open. */
static int
open_fd(bool remove_old)
{
	(void)remove_old;
	if (sscanf(given, "fd:%d", &listening) != 1)
		return -1;
	return fcntl(listening, F_GETFD) < 0 ? -1 : 0;
}

/* As all others: it opens a path itself. */
static int
open_path(bool remove_old)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };

	if (strncmp(given, "unix:", 5) != 0)
		return -1;
	memcpy(at.sun_path, given + 5, strlen(given + 5));
	if (remove_old)
		unlink(at.sun_path);
	listening = socket(AF_UNIX, SOCK_STREAM, 0);
	return bind(listening, (struct sockaddr *)&at, sizeof at) != 0 ||
	    listen(listening, 1) != 0 ? -1 : 0;
}

static int
open_nothing(bool remove_old)
{
	(void)remove_old;
	return -1;
}

static const struct row {
	int (*open)(bool remove_old);
	bool good;
} rows[] = {
	{ open_fd, true },
	{ open_path, true },
	{ open_nothing, false },
};

static void
play(const struct row *row, const char *folder)
{
	const struct milter_library library = { .set = set, .open = row->open };
	struct buf errmsg = BUF_INIT;
	char path[100], spec[120];
	struct stat st;

	snprintf(path, sizeof path, "%s/sock", folder);
	snprintf(spec, sizeof spec, "unix:%s", path);
	assert_true(milter_socket_open(&library, spec, 0640, getegid(),
	    &errmsg) == row->good);
	assert_true((errmsg.len == 0) == row->good);
	if (row->good) {
		assert_int_equal(stat(path, &st), 0);
		assert_int_equal(st.st_mode & 0777, 0640);
		milter_socket_remove();
		close(listening);
	}
	unlink(path);
	assert_int_equal(stat(path, &st), -1);
	buf_free(&errmsg);
}

static void
test_rows(void **state)
{
	char folder[] = "/tmp/saywhy-place-XXXXXX";
	size_t i;

	(void)state;
	assert_non_null(mkdtemp(folder));
	for (i = 0; i < sizeof rows / sizeof rows[0]; i++)
		play(&rows[i], folder);
	rmdir(folder);
}

/* What a service manager opened is its own to remove. */
static void
test_given(void **state)
{
	const struct milter_library library = { .set = set, .open = open_fd };
	struct buf errmsg = BUF_INIT;
	char spec[16];
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	(void)state;
	snprintf(spec, sizeof spec, "fd:%d", fd);
	assert_false(milter_socket_open(&library, spec, 0660, (gid_t)-1,
	    &errmsg));
	assert_non_null(strstr(errmsg.data, "not a listening socket"));
	buf_clear(&errmsg);
	assert_int_equal(listen(fd, 1), 0);
	assert_true(milter_socket_open(&library, spec, 0660, (gid_t)-1,
	    &errmsg));
	assert_int_equal(listening, fd);
	milter_socket_remove();
	close(fd);
	buf_free(&errmsg);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows), cmocka_unit_test(test_given),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
