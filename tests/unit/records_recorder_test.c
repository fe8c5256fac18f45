/* records_recorder_test - files: full disks, moved files, retention */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "model/session.h"
#include "records/expire.h"
#include "records/record.h"
#include "records/recorder.h"

struct world {
	char dir[64];
	char file[128];
};

static int
make_world(void **state)
{
	struct world *p = calloc(1, sizeof *p);

	snprintf(p->dir, sizeof p->dir, "/tmp/saywhy-test-XXXXXX");
	assert_non_null(mkdtemp(p->dir));
	snprintf(p->file, sizeof p->file, "%s/records.json", p->dir);
	*state = p;
	return 0;
}

static int
remove_world(void **state)
{
	struct world *p = *state;
	char command[128];

	snprintf(command, sizeof command, "rm -r %s", p->dir);
	assert_int_equal(system(command), 0);
	free(p);
	return 0;
}

static void
emit(struct recorder *r)
{
	struct session s;
	struct record record = { .host = "mx.example.org", .session = &s,
		.outcome = OUTCOME_REJECT };

	session_init(&s);
	clock_gettime(CLOCK_REALTIME, &record.time);
	record_id(record.id);
	recorder_emit(r, &record);
	session_free(&s);
}

static int
lines_of(const char *path)
{
	FILE *f = fopen(path, "r");
	int c, n = 0;

	if (f == NULL)
		return -1;
	while ((c = getc(f)) != EOF)
		n += c == '\n';
	fclose(f);
	return n;
}

static void
test_written_before_return(void **state)
{
	struct world *p = *state;
	struct record_options opt = { .file = p->file, .retention = 1000 };
	struct recorder *r = recorder_new(&opt);
	struct stat st;
	mode_t mask;

	emit(r);
	emit(r);
	assert_int_equal(lines_of(p->file), 2);
	assert_int_equal(stat(p->file, &st), 0);
	mask = umask(0);
	umask(mask);
	assert_int_equal(st.st_mode & 0777, 0640 & ~mask);
	assert_int_equal(recorder_counts(r).written, 2);
	recorder_free(r);
}

static void
test_no_retention_no_records(void **state)
{
	struct world *p = *state;
	struct record_options opt = { .file = p->file, .retention = 0 };
	struct recorder *r = recorder_new(&opt);

	emit(r);
	assert_int_equal(lines_of(p->file), -1);
	recorder_free(r);
}

static void
test_disk_full(void **state)
{
	struct world *p = *state;
	struct record_options opt = { .file = "/dev/full", .retention = 1000 };
	struct recorder *r = recorder_new(&opt);

	emit(r);
	emit(r);
	assert_int_equal(recorder_counts(r).lost, 2);
	assert_int_equal(recorder_counts(r).written, 0);
	opt.file = p->file;
	recorder_apply(r, &opt);
	emit(r);
	assert_int_equal(recorder_counts(r).written, 1);
	recorder_free(r);
}

/* Nobody may ever read it, and then open() and write() would wait for ever. */
static void
test_what_blocks_is_no_file(void **state)
{
	struct world *p = *state;
	struct record_options opt = { .file = p->file, .retention = 1000 };
	struct recorder *r;

	assert_int_equal(mkfifo(p->file, 0600), 0);
	r = recorder_new(&opt);
	emit(r);
	recorder_expire(r);
	recorder_reopen(r);
	emit(r);
	assert_int_equal(recorder_counts(r).lost, 2);
	recorder_free(r);
}

static void
test_a_pipe_that_is_named(void **state)
{
	struct world *p = *state;
	char name[160];
	struct record_options opt = { .file = name, .retention = 1000 };
	struct recorder *r;
	char first[2000] = "";
	int reader, i;

	snprintf(name, sizeof name, "pipe:%s", p->file);
	assert_int_equal(mkfifo(p->file, 0600), 0);
	r = recorder_new(&opt);
	emit(r);
	assert_int_equal(recorder_counts(r).lost, 1);	/* nobody reads */
	reader = open(p->file, O_RDONLY | O_NONBLOCK);
	emit(r);
	assert_int_equal(recorder_counts(r).written, 1);
	assert_true(read(reader, first, sizeof first - 1) > 0);
	assert_int_equal(*first, '{');
	for (i = 0; i < 2000; i++)
		emit(r);
	assert_in_range(recorder_counts(r).lost, 2, 2000);	/* it is full */
	close(reader);
	recorder_free(r);
}

static void
test_moved_and_reopened(void **state)
{
	struct world *p = *state;
	struct record_options opt = { .file = p->file, .retention = 1000 };
	struct recorder *r = recorder_new(&opt);
	char moved[160];

	emit(r);
	snprintf(moved, sizeof moved, "%s.1", p->file);
	assert_int_equal(rename(p->file, moved), 0);
	recorder_reopen(r);
	emit(r);
	assert_int_equal(lines_of(moved), 1);
	assert_int_equal(lines_of(p->file), 1);
	assert_int_equal(rename(p->file, moved), 0);
	usleep(1100 * 1000);	/* the path is looked at once a second */
	emit(r);
	assert_int_equal(lines_of(p->file), 1);
	recorder_free(r);
}

static void
touch(const char *path, const char *text, time_t mtime)
{
	const struct timeval times[2] = { { .tv_sec = mtime },
		{ .tv_sec = mtime } };
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	fputs(text, f);
	fclose(f);
	assert_int_equal(utimes(path, times), 0);
}

static void
test_retention(void **state)
{
	struct world *p = *state;
	char old[160], young[160], stranger[160];
	const long long day = 24 * 3600;
	time_t now = time(NULL);

	snprintf(old, sizeof old, "%s-20200101.gz", p->file);
	snprintf(young, sizeof young, "%s.1", p->file);
	snprintf(stranger, sizeof stranger, "%s/recordsother", p->dir);
	touch(old, "x", now - 15 * day);
	touch(young, "x", now - 13 * day);
	touch(stranger, "x", now - 99 * day);
	touch(p->file, "{\"v\":1,\"time\":\"2020-01-01T00:00:00.000Z\"}\n",
	    now);
	assert_true(expire_files(p->file, 14 * day * 1000));
	assert_int_not_equal(access(old, F_OK), 0);
	assert_int_equal(access(young, F_OK), 0);
	assert_int_equal(access(stranger, F_OK), 0);
	assert_int_not_equal(access(p->file, F_OK), 0);
	assert_false(expire_files(p->file, 14 * day * 1000));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, make_world, \
	remove_world)
		TEST(test_written_before_return),
		TEST(test_no_retention_no_records),
		TEST(test_disk_full),
		TEST(test_what_blocks_is_no_file),
		TEST(test_a_pipe_that_is_named),
		TEST(test_moved_and_reopened),
		TEST(test_retention),
	};

	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
