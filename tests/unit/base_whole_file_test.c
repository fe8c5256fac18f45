/* whole_file_test - a writer killed, two at once, a full disk, links, modes */

#include <dirent.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/whole_file.h"

static char folder[] = "/tmp/saywhy-whole-XXXXXX";
static char path[64], beside[96];

/* What goes to the disk, in its order; these are called instead of libc's. */
static struct buf calls = BUF_INIT;

int
fsync(int fd)
{
	struct stat st;

	if (fstat(fd, &st) == 0)
		buf_puts(&calls, S_ISDIR(st.st_mode) ? "folder " : "file ");
	return fdatasync(fd);
}

int
rename(const char *from, const char *to)
{
	buf_puts(&calls, "rename ");
	return renameat(AT_FDCWD, from, AT_FDCWD, to);
}

static int
begin(void **state)
{
	(void)state;
	strcpy(folder + strlen(folder) - 6, "XXXXXX");
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof path, "%s/file", folder);
	snprintf(beside, sizeof beside, "%s%s", path, WHOLE_FILE_BESIDE);
	return 0;
}

static int
end(void **state)
{
	char rm[96];

	(void)state;
	snprintf(rm, sizeof rm, "rm -rf %s", folder);
	buf_free(&calls);
	return system(rm);
}

static int
files(void)
{
	DIR *d = opendir(folder);
	struct dirent *e;
	int n = 0;

	assert_non_null(d);
	while ((e = readdir(d)) != NULL)
		n += e->d_name[0] != '.';
	closedir(d);
	return n;
}

static void
expect_file(const char *text)
{
	char bytes[64] = "";
	FILE *f = fopen(path, "re");

	assert_non_null(f);
	assert_int_equal(fread(bytes, 1, sizeof bytes - 1, f), strlen(text));
	fclose(f);
	assert_string_equal(bytes, text);
}

static void
put(const char *text)
{
	struct buf errmsg = BUF_INIT;

	assert_true(whole_file_write(path, text, strlen(text), &errmsg));
	assert_string_equal(errmsg.data, "");
	expect_file(text);
	assert_int_equal(files(), 1);
}

/* The bytes, then the name, then the folder. */
static void
test_on_disk_before_its_name(void **state)
{
	(void)state;
	put("one\n");
	assert_string_equal(calls.data, "file rename folder ");
}

/* A process begins and is killed before the file is in its place. */
static void
leave_half(void)
{
	struct buf errmsg = BUF_INIT;
	struct whole_file f;
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		if (whole_file_begin(&f, path, &errmsg) &&
		    whole_file_add(&f, "half", 4, &errmsg))
			raise(SIGKILL);
		_exit(1);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status));
}

static void
test_killed(void **state)
{
	int i;

	(void)state;
	put("old\n");
	for (i = 0; i < 3; i++) {
		leave_half();
		expect_file("old\n");
		assert_int_equal(files(), 2);
	}
	put("new\n");
}

/* Whatever is in the way goes, and what a link leads to is left alone. */
static void
test_in_the_way(void **state)
{
	char target[64];
	struct stat st;
	FILE *f;

	(void)state;
	snprintf(target, sizeof target, "%s/.target", folder);
	f = fopen(target, "we");
	assert_non_null(f);
	fputs("theirs", f);
	fclose(f);
	assert_int_equal(symlink(target, beside), 0);
	put("one\n");
	assert_int_equal(link(target, beside), 0);
	put("two\n");
	assert_int_equal(mkfifo(beside, 0600), 0);
	put("three\n");
	assert_int_equal(stat(target, &st), 0);
	assert_int_equal(st.st_size, 6);
}

static void
test_one_writer(void **state)
{
	struct buf errmsg = BUF_INIT;
	struct whole_file f, g;

	(void)state;
	assert_true(whole_file_begin(&f, path, &errmsg));
	assert_false(whole_file_begin(&g, path, &errmsg));
	assert_non_null(strstr(errmsg.data, "another process is writing it"));
	buf_clear(&errmsg);
	assert_true(whole_file_add(&f, "first\n", 6, &errmsg));
	assert_true(whole_file_put(&f, &errmsg));
	expect_file("first\n");
	put("second\n");
	assert_true(whole_file_begin(&f, path, &errmsg));
	whole_file_drop(&f);
	assert_int_equal(files(), 1);
	put("third\n");
	buf_free(&errmsg);
}

/* A disk that is full: the old one stays, and nothing beside it. */
static void
test_full(void **state)
{
	struct rlimit was, small;
	struct buf errmsg = BUF_INIT;

	(void)state;
	put("old\n");
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &was), 0);
	small = was;
	small.rlim_cur = 4;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	assert_false(whole_file_write(path, "too much\n", 9, &errmsg));
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &was), 0);
	assert_non_null(strstr(errmsg.data, "cannot be written"));
	expect_file("old\n");
	assert_int_equal(files(), 1);
	buf_free(&errmsg);
}

static void
test_mode(void **state)
{
	static const struct {
		mode_t mask, mode;
	} cases[] = { { 022, 0644 }, { 027, 0640 }, { 077, 0600 } };
	mode_t was = umask(0);
	struct stat st;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		umask(cases[i].mask);
		put("x");
		assert_int_equal(stat(path, &st), 0);
		assert_int_equal(st.st_mode & 07777, cases[i].mode);
	}
	umask(was);
}

/* A state that has not changed costs the disk nothing. */
static void
test_keep(void **state)
{
	static const char *const texts[] = { "one\n", "one\n", "two\n", "two",
		"", "", "one\n" };
	struct buf text = BUF_INIT, errmsg = BUF_INIT;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		bool same = i > 0 && strcmp(texts[i], texts[i - 1]) == 0;

		buf_clear(&calls);
		buf_clear(&text);
		buf_puts(&text, texts[i]);
		assert_true(whole_file_keep(path, &text, &errmsg));
		expect_file(texts[i]);
		assert_string_equal(calls.data,
		    same ? "" : "file rename folder ");
	}
	buf_free(&text);
	buf_free(&errmsg);
}

int
main(void)
{
#define CASE(test) cmocka_unit_test_setup_teardown(test, begin, end)
	const struct CMUnitTest tests[] = {
		CASE(test_on_disk_before_its_name),
		CASE(test_killed),
		CASE(test_in_the_way),
		CASE(test_one_writer),
		CASE(test_full),
		CASE(test_mode),
		CASE(test_keep),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
