/* base_regular_file_test - what is no file makes nobody wait */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/regular_file.h"

static char folder[] = "/tmp/saywhy-regular-XXXXXX";

static const char *
path(const char *name)
{
	static char text[256];

	snprintf(text, sizeof text, "%s/%s", folder, name);
	return text;
}

static void
expect(const char *where, const char *words, bool may_be)
{
	struct buf errmsg = BUF_INIT;

	assert_null(regular_file_open(where, NULL));
	assert_null(regular_file_open(where, &errmsg));
	assert_string_equal(errmsg.data, words);
	buf_clear(&errmsg);
	assert_int_equal(regular_file_or_none(where, &errmsg), may_be);
	assert_string_equal(errmsg.data, may_be ? "" : words);
	buf_free(&errmsg);
}

static void
test_all(void **state)
{
	char text[16] = "";
	FILE *f;

	(void)state;
	alarm(20);
	assert_int_equal(mkfifo(path("fifo"), 0600), 0);
	expect(path("fifo"), "is no regular file", false);
	assert_int_equal(symlink("fifo", path("link")), 0);
	expect(path("link"), "is no regular file", false);
	expect("/dev/zero", "is no regular file", false);
	expect(folder, "Is a directory", false);
	expect(path("none"), "No such file or directory", true);
	f = fopen(path("file"), "w");
	assert_non_null(f);
	fputs("words", f);
	fclose(f);
	assert_true(regular_file_or_none(path("file"), NULL));
	f = regular_file_open(path("file"), NULL);
	assert_non_null(f);
	assert_non_null(fgets(text, sizeof text, f));
	assert_string_equal(text, "words");
	fclose(f);
	alarm(0);
	unlink(path("fifo"));
	unlink(path("link"));
	unlink(path("file"));
}

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

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
