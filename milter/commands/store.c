/* store - saywhy store: is the store whole, and a new one in its place */

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/process.h"
#include "commands/command.h"
#include "engine/ruleset.h"
#include "records/db_name.h"
#include "records/feed.h"
#include "records/store.h"
#include "records/store_damaged.h"
#include "version.h"

static const struct argument arguments[] = {
	COMMAND_CONFIG,
	{ .name = NULL }
};

static int
check(const struct record_options *opt)
{
	struct buf errmsg = BUF_INIT;
	int64_t records;
	bool good = store_check(opt->store, &records, &errmsg);

	if (good)
		printf("%s: good, %" PRId64 " record%s\n", opt->store, records,
		    records == 1 ? "" : "s");
	else
		printf("%s\n%s: not good; \"saywhy store rebuild\" builds it "
		    "anew from %s\n", errmsg.data, opt->store, opt->file);
	buf_free(&errmsg);
	return good ? 0 : 1;
}

/* All that the files hold; false with words in errmsg. */
static bool
feed_all(const struct record_options *opt, struct store *s,
    struct feed_counts *counts, struct buf *errmsg)
{
	struct feed *f = feed_new(opt->file, s);
	enum feed_answer answer;
	int idle = 0;

	feed_oldest(f, clock_epoch_ms() - opt->retention);
	do {
		answer = feed_batch(f, errmsg);
		idle = answer == FEED_IDLE ? idle + 1 : 0;
	} while (answer != FEED_FAILED && idle < 3);
	*counts = feed_counts(f);
	feed_free(f);
	return answer != FEED_FAILED;
}

/* A running saywhyd sees that the file is another one, and goes on there. */
static int
rebuild(const struct record_options *opt)
{
	struct buf errmsg = BUF_INIT, to = BUF_INIT;
	struct feed_counts counts = { .taken = 0 };
	struct store *s = NULL;
	bool good = access(opt->store, F_OK) != 0 ||
	    store_rename_damaged(opt->store, &to, &errmsg);

	if (good && to.len > 0)
		printf("the store that was there is now %s\n", to.data);
	if (good)
		s = store_open(opt->store, true, &errmsg);
	good = s != NULL && feed_all(opt, s, &counts, &errmsg);
	store_close(s);
	if (good)
		printf("%s: built anew, %" PRIu64 " records of %s\n",
		    opt->store, counts.taken, opt->file);
	else
		fprintf(stderr, "saywhy store: %s\n", errmsg.data);
	buf_free(&errmsg);
	buf_free(&to);
	return good ? 0 : EX_IOERR;
}

static const struct {
	const char *name;
	int (*run)(const struct record_options *opt);
} verbs[] = { { "check", check }, { "rebuild", rebuild } };

static int
run_verb(const struct arguments *args, const struct record_options *opt)
{
	size_t i;

	for (i = 0; i < sizeof verbs / sizeof verbs[0]; i++)
		if (args->argc == 1 && strcmp(args->argv[0],
		    verbs[i].name) == 0)
			return verbs[i].run(opt);
	arguments_wrong(args, "say check, or rebuild");
	return EX_USAGE;
}

static int
run(struct arguments *args)
{
	const char *path = SAYWHY_CONFIG, *value;
	struct ruleset *r;
	int status;

	while (arguments_next(args, &value) != NULL)
		path = value;
	r = command_settings(path);
	if (r->records.store == NULL || r->records.file == NULL)
		arguments_wrong(args, "%s names no store", path);
	if (db_is_server(r->records.store))
		arguments_wrong(args, "the store of %s is PostgreSQL's, which "
		    "looks after it; \"saywhy ship\" fills it", path);
	command_as_account(r);
	status = run_verb(args, &r->records);
	ruleset_release(r);
	return status;
}

const struct command command_store = {
	.name = "store",
	.words = "check|rebuild",
	.min_words = 1,
	.max_words = 1,
	.summary = "Tests the store, or builds it anew from the record files",
	.arguments = arguments,
	.run = run
};
