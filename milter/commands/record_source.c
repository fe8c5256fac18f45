/* record_source - the records that a command reads */

#include "commands/record_source.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/option.h"
#include "commands/command.h"
#include "commands/progress.h"
#include "engine/ruleset.h"
#include "records/db_name.h"
#include "records/feed.h"
#include "records/record_read.h"
#include "records/ship_answer.h"
#include "records/store.h"

bool
record_source_option(struct record_source *a, const char *name,
    const char *value)
{
	if (strcmp(name, "config") == 0)
		a->config = value;
	else if (strcmp(name, "file") == 0)
		a->file = value;
	else
		return false;
	return true;
}

static void
give_up(const struct arguments *args, struct buf *errmsg)
{
	fprintf(stderr, "saywhy %s: %s\n", args->command->name, errmsg->data);
	buf_free(errmsg);
	exit(EX_NOINPUT);
}

static void
read_file(struct record_source *a, const char *path, struct buf *errmsg)
{
	struct feed *f = feed_new(path, a->store);
	struct progress p = { .label = "reading the record file" };
	enum feed_answer answer;
	int idle = 0;

	if (a->rules != NULL)
		feed_oldest(f, clock_epoch_ms() -
		    a->rules->records.retention);
	while (idle < 2) {
		answer = feed_batch(f, errmsg);
		if (answer == FEED_FAILED)
			break;
		idle = answer == FEED_IDLE ? idle + 1 : 0;
		progress_show(&p, feed_counts(f).taken, 0);
	}
	progress_end(&p);
	feed_free(f);
}

/* The store is fed from every file in turn, each apart. */
static void
open_files(struct record_source *a, const char *path, struct buf *errmsg)
{
	if (access(path, R_OK) != 0) {
		buf_printf(errmsg, "%s: %s", path, strerror(errno));
		return;
	}
	a->store = store_open(":memory:", true, errmsg);
	if (a->store != NULL)
		read_file(a, path, errmsg);
}

/*
 * With what the record file has and the store has not yet, where we may write
 * there; whoever was refused a moment ago is found.
 */
static void
open_store(struct record_source *a, struct buf *errmsg)
{
	const struct record_options *opt = &a->rules->records;
	struct buf ignored = BUF_INIT;

	if (opt->file != NULL && !db_is_server(opt->store) &&
	    access(opt->store, F_OK) == 0) {
		command_as_account(a->rules);
		if (access(opt->store, W_OK) == 0 &&
		    access(opt->file, R_OK) == 0)
			a->store = store_open(opt->store, true, &ignored);
		if (a->store != NULL)
			read_file(a, opt->file, &ignored);
		if (a->store != NULL && store_is_damaged(a->store)) {
			store_close(a->store);
			a->store = NULL;
		}
	}
	if (a->store == NULL)
		a->store = store_open(opt->store, false, errmsg);
	buf_free(&ignored);
}

static void
read_settings(struct record_source *a)
{
	if (a->file == NULL && a->rules == NULL)
		a->rules = command_settings(a->config);
}

void
record_source_open(struct record_source *a, const struct arguments *args)
{
	struct buf errmsg = BUF_INIT;

	read_settings(a);
	if (a->file != NULL)
		open_files(a, a->file, &errmsg);
	else if (a->rules->records.store != NULL)
		open_store(a, &errmsg);
	else if (a->rules->records.file != NULL)
		open_files(a, a->rules->records.file, &errmsg);
	else
		buf_printf(&errmsg, "%s keeps no records that can be asked: "
		    "neither store nor record-file is set", a->config);
	if (errmsg.len > 0)
		give_up(args, &errmsg);
	store_read_all(a->store);
	buf_free(&errmsg);
}

/* What a store on a server has, by "saywhy ship", which is connected to it. */
static struct parsed_record *
get_shipped(const struct record_source *a, const char *id, struct buf *line)
{
	struct parsed_record *t = NULL;

	if (a->rules == NULL || !db_is_server(a->rules->records.store))
		return NULL;
	if (ship_answer_get(a->rules->records.ship_state, id, line))
		t = record_read(line->data, line->len);
	if (t != NULL && strcmp(parsed_text(t, "id"), id) == 0)
		return t;
	parsed_free(t);
	buf_clear(line);
	return NULL;
}

struct parsed_record *
record_source_get(struct record_source *a, const struct arguments *args,
    const char *id, struct buf *line)
{
	struct parsed_record *t;

	read_settings(a);
	t = get_shipped(a, id, line);
	if (t != NULL)
		return t;
	record_source_open(a, args);
	return store_get(a->store, id, line) ? record_read(line->data,
	    line->len) : NULL;
}

void
record_source_close(struct record_source *a)
{
	store_close(a->store);
	ruleset_release(a->rules);
}

int64_t
record_source_time(const struct arguments *args, const char *value)
{
	static const struct option row = { .name = "time",
		.type = OPTION_TIME };
	int64_t time = record_parse_time(value);
	struct buf errmsg = BUF_INIT;
	long long ago = 0;

	if (time >= 0)
		return time;
	if (!option_set(&row, &ago, value, &errmsg))
		arguments_wrong(args, "\"%.60s\" is no time; write "
		    "2026-01-02, 2026-01-02T03:04, or \"2 h\" for two hours "
		    "ago", value);
	buf_free(&errmsg);
	return clock_epoch_ms() - ago;
}
