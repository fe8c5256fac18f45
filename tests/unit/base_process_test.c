/* base_process_test - limits, a pid file, and words to a service manager */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/process.h"

static char folder[] = "/tmp/saywhy-process-XXXXXX";

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

static void
test_notify(void **state)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	char text[128] = "";
	int fd = socket(AF_UNIX, SOCK_DGRAM, 0);

	(void)state;
	snprintf(at.sun_path, sizeof at.sun_path, "%s/notify", folder);
	assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof at), 0);
	setenv("NOTIFY_SOCKET", at.sun_path, 1);
	process_notify("READY=1");
	assert_int_equal(recv(fd, text, sizeof text - 1, MSG_DONTWAIT), 7);
	assert_string_equal(text, "READY=1");
	process_notify_reload();
	assert_true(recv(fd, text, sizeof text - 1, MSG_DONTWAIT) > 27);
	assert_int_equal(strncmp(text, "RELOADING=1\nMONOTONIC_USEC=", 27), 0);
	assert_true(strtoll(text + 27, NULL, 10) > 0);
	close(fd);
	unlink(at.sun_path);
	process_notify("nobody listens");
	setenv("NOTIFY_SOCKET", "relative", 1);
	process_notify("nor here");
	unsetenv("NOTIFY_SOCKET");
	process_notify("nor without one");
}

static void
test_pid_file(void **state)
{
	struct buf errmsg = BUF_INIT;
	char path[64];
	long pid = 0;
	FILE *f;

	(void)state;
	snprintf(path, sizeof path, "%s/pid", folder);
	assert_true(process_pid_write(path, &errmsg));
	assert_true(process_pid_write(path, &errmsg));
	f = fopen(path, "r");
	assert_non_null(f);
	assert_int_equal(fscanf(f, "%ld", &pid), 1);
	fclose(f);
	assert_int_equal(pid, getpid());
	process_pid_remove(path);
	assert_int_equal(access(path, F_OK), -1);
	process_pid_remove(NULL);
	assert_false(process_pid_write("/nowhere/pid", &errmsg));
	assert_non_null(strstr(errmsg.data, "/nowhere/pid"));
	buf_free(&errmsg);
}

static void
put_file(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

/* A slip of the admin's costs no file that is something else. */
static void
test_pid_file_in_the_way(void **state)
{
	static const char *const others[] = { "root:x:0:0:root:/root:/bin/sh\n",
		"{\"id\":\"7K3M9QXD2H4T\"}\n", "12345 # not only a number\n",
		"111111111111111111111111111111111111111111111111111111\n" };
	static const char *const ours[] = { "", "4711\n", "4711", " 4711\n" };
	struct buf errmsg = BUF_INIT;
	char path[64], target[64];
	size_t i;

	(void)state;
	snprintf(path, sizeof path, "%s/in-the-way", folder);
	snprintf(target, sizeof target, "%s/target", folder);
	for (i = 0; i < sizeof others / sizeof others[0]; i++) {
		put_file(path, others[i]);
		assert_false(process_pid_write(path, &errmsg));
		assert_non_null(strstr(errmsg.data, "is no pid file"));
		buf_clear(&errmsg);
		assert_int_equal(access(path, F_OK), 0);
	}
	for (i = 0; i < sizeof ours / sizeof ours[0]; i++) {
		put_file(path, ours[i]);
		assert_true(process_pid_write(path, &errmsg));
		process_pid_remove(path);
	}
	assert_false(process_pid_write(folder, &errmsg));
	assert_non_null(strstr(errmsg.data, "is no pid file"));
	/* A link goes, what it leads to stays. */
	put_file(target, "a secret\n");
	assert_int_equal(symlink(target, path), 0);
	assert_true(process_pid_write(path, &errmsg));
	process_pid_remove(path);
	assert_int_equal(access(target, F_OK), 0);
	unlink(target);
	buf_free(&errmsg);
}

/* In a child, which may lower its own limits for good. */
static void
test_files(void **state)
{
	struct rlimit low = { .rlim_cur = 64, .rlim_max = 128 }, now;
	int status;
	pid_t child = fork();

	(void)state;
	if (child == 0) {
		bool good = setrlimit(RLIMIT_NOFILE, &low) == 0 &&
		    process_raise_files(32) && process_raise_files(100) &&
		    getrlimit(RLIMIT_NOFILE, &now) == 0 &&
		    now.rlim_cur == 100 && now.rlim_max == 128;

		good = good && (geteuid() != 0 || setuid(65534) == 0) &&
		    !process_raise_files(1000) &&
		    getrlimit(RLIMIT_NOFILE, &now) == 0 &&
		    now.rlim_cur == 128;
		_exit(good ? 0 : 1);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

static void
test_who(void **state)
{
	struct buf errmsg = BUF_INIT;

	(void)state;
	assert_int_equal(process_group(NULL, &errmsg), (gid_t)-1);
	assert_int_equal(errmsg.len, 0);
	assert_int_equal(process_group("no-such-group", &errmsg), (gid_t)-1);
	assert_non_null(strstr(errmsg.data, "no-such-group"));
	buf_clear(&errmsg);
	if (geteuid() == 0) {
		assert_false(process_become("root", &errmsg));
		assert_non_null(strstr(errmsg.data, "root"));
		buf_clear(&errmsg);
		assert_false(process_become("no-such-user", &errmsg));
		assert_non_null(strstr(errmsg.data, "no-such-user"));
	} else {
		assert_true(process_become("no-such-user", &errmsg));
	}
	buf_free(&errmsg);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_notify),
		cmocka_unit_test(test_pid_file),
		cmocka_unit_test(test_pid_file_in_the_way),
		cmocka_unit_test(test_files),
		cmocka_unit_test(test_who),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
