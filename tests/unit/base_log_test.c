/* base_log_test - one line a call, whatever is in it */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <syslog.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/syslog.h"
#include "patience.h"

/* What stderr gets while `run` runs; freed with free(). */
static char *
logged_by(void (*run)(void))
{
	FILE *file = tmpfile();
	int saved = dup(STDERR_FILENO);
	char *text = calloc(1, 100000);

	assert_non_null(file);
	dup2(fileno(file), STDERR_FILENO);
	run();
	dup2(saved, STDERR_FILENO);
	close(saved);
	rewind(file);
	assert_in_range(fread(text, 1, 99999, file), 0, 99998);
	fclose(file);
	return text;
}

static void
say_all(void)
{
	log_error("e %d", 1);
	log_warn("w");
	log_info("i");
	log_debug("d");
}

static void
test_levels(void **state)
{
	char *text;

	(void)state;
	text = logged_by(say_all);
	assert_string_equal(text, "saywhy: error: e 1\nsaywhy: warning: w\n"
	    "saywhy: info: i\n");
	free(text);
	log_open("other", false, LOG_LEVEL_DEBUG);
	text = logged_by(say_all);
	assert_string_equal(text, "other: error: e 1\nother: warning: w\n"
	    "other: info: i\nother: debug: d\n");
	free(text);
	log_open("saywhy", false, LOG_LEVEL_ERROR);
	text = logged_by(say_all);
	assert_string_equal(text, "saywhy: error: e 1\n");
	free(text);
}

static void
say_controls(void)
{
	log_error("%s", "a\nb\x1b[31m\x7f\r \xc2\x9b" "31m \xe2\x80\xae \x9b "
	    "\xc3\xa9");
}

static void
say_long(void)
{
	char text[5000];

	memset(text, '\n', sizeof text - 1);
	text[sizeof text - 1] = '\0';
	log_error("%s", text);
}

static void
test_lines(void **state)
{
	char *text;

	(void)state;
	text = logged_by(say_controls);
	assert_string_equal(text,
	    "saywhy: error: a\\x0Ab\\x1B[31m\\x7F\\x0D \\xC2\\x9B31m "
	    "\\xE2\\x80\\xAE \\x9B \xc3\xa9\n");
	free(text);
	text = logged_by(say_long);
	assert_in_range(strlen(text), 900, 1001);
	assert_ptr_equal(strchr(text, '\n'), text + strlen(text) - 1);
	free(text);
}

static void *
say_often(void *unused)
{
	int i;

	for (i = 0; i < 100; i++)
		log_error("a line of some length, to see whether it is torn");
	return unused;
}

static void
say_in_threads(void)
{
	pthread_t threads[4];
	int i;

	for (i = 0; i < 4; i++)
		pthread_create(&threads[i], NULL, say_often, NULL);
	for (i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
}

static void
test_threads(void **state)
{
	static const char line[] =
	    "saywhy: error: a line of some length, to see whether it is torn";
	char *text = logged_by(say_in_threads), *rest = text, *one;
	int n = 0;

	(void)state;
	for (; (one = strsep(&rest, "\n")) != NULL && *one != '\0'; n++)
		assert_string_equal(one, line);
	assert_int_equal(n, 400);
	free(text);
}

/* As stderr of a service whose log reader hangs. */
static void
test_nobody_reads(void **state)
{
	int ends[2], saved = dup(STDERR_FILENO), i;
	uint64_t before = log_lost();
	char text[4096];
	int64_t began;

	(void)state;
	assert_int_equal(pipe(ends), 0);
	dup2(ends[1], STDERR_FILENO);
	began = clock_ms();
	for (i = 0; i < 3000; i++)
		log_error("line %d of some length for a pipe to be filled", i);
	assert_in_range(clock_ms() - began, 0, PATIENCE_MS);
	assert_in_range(log_lost() - before, 1, 3000);
	fcntl(ends[0], F_SETFL, O_NONBLOCK);
	while (read(ends[0], text, sizeof text) > 0)
		;
	log_error("somebody reads again");
	memset(text, 0, sizeof text);
	assert_true(read(ends[0], text, sizeof text - 1) > 0);
	assert_non_null(strstr(text, "somebody reads again"));
	assert_non_null(strstr(text, "lines of this log that were lost: "));
	dup2(saved, STDERR_FILENO);
	close(saved);
	close(ends[0]);
	close(ends[1]);
}

static int
syslog_reader(const char *path)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0);

	memcpy(at.sun_path, path, strlen(path));
	unlink(path);
	assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof at), 0);
	return fd;
}

static void
test_syslog(void **state)
{
	char dir[] = "/tmp/saywhy-log-XXXXXX", path[64], text[400] = "";
	int64_t began;
	int fd, i;

	(void)state;
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof path, "%s/log", dir);
	syslog_path(path);
	assert_false(syslog_send("test", LOG_INFO, "nobody is there"));
	fd = syslog_reader(path);
	assert_true(syslog_send("test", LOG_INFO, "hello"));
	assert_true(recv(fd, text, sizeof text - 1, 0) > 0);
	assert_ptr_equal(strstr(text, "<22>"), text);
	assert_non_null(strstr(text, " test["));
	assert_non_null(strstr(text, "]: hello"));
	/* Its reader hangs: full is full, and nobody waits for long. */
	began = clock_ms();
	for (i = 0; i < 5000; i++)
		syslog_send("test", LOG_INFO, "more");
	assert_false(syslog_send("test", LOG_INFO, "too much"));
	assert_in_range(clock_ms() - began, 0, PATIENCE_MS);
	/* It is started anew. */
	close(fd);
	fd = syslog_reader(path);
	assert_true(syslog_send("test", LOG_INFO, "again"));
	close(fd);
	unlink(path);
	rmdir(dir);
}

static void
test_bug(void **state)
{
	int status, quiet;
	pid_t child = fork();

	(void)state;
	if (child == 0) {
		quiet = open("/dev/null", O_WRONLY);
		dup2(quiet, STDERR_FILENO);
		signal(SIGABRT, SIG_DFL);
		BUG("seen");
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGABRT);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_levels),
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_threads),
		cmocka_unit_test(test_nobody_reads),
		cmocka_unit_test(test_syslog),
		cmocka_unit_test(test_bug),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
