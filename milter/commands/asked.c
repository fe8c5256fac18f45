/* asked - the records that a command is asked about */

#include "commands/asked.h"

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
#include "records/feed.h"
#include "records/record_read.h"
#include "records/store.h"

bool
asked_option(struct asked *a, const char *name, const char *value)
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
give_up(const struct arguments *args, struct buf *why)
{
	fprintf(stderr, "saywhy %s: %s\n", args->command->name, why->data);
	buf_free(why);
	exit(EX_NOINPUT);
}

static void
read_file(struct asked *a, const char *path, struct buf *why)
{
	struct feed *f = feed_new(path, a->store);
	struct progress p = { .label = "reading the record file" };
	enum feed_answer answer;
	int idle = 0;

	while (idle < 2) {
		answer = feed_some(f, why);
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
open_files(struct asked *a, const char *path, struct buf *why)
{
	if (access(path, R_OK) != 0) {
		buf_printf(why, "%s: %s", path, strerror(errno));
		return;
	}
	a->store = store_open(":memory:", true, why);
	if (a->store != NULL)
		read_file(a, path, why);
}

void
asked_open(struct asked *a, const struct arguments *args)
{
	struct buf why = BUF_INIT;

	if (a->file == NULL)
		a->rules = command_settings(a->config);
	if (a->file != NULL)
		open_files(a, a->file, &why);
	else if (a->rules->records.store != NULL)
		a->store = store_open(a->rules->records.store, false, &why);
	else if (a->rules->records.file != NULL)
		open_files(a, a->rules->records.file, &why);
	else
		buf_printf(&why, "%s keeps no records that can be asked: "
		    "neither store nor record-file is set", a->config);
	if (why.len > 0)
		give_up(args, &why);
	buf_free(&why);
}

void
asked_close(struct asked *a)
{
	store_close(a->store);
	ruleset_drop(a->rules);
}

int64_t
asked_time(const struct arguments *args, const char *value)
{
	static const struct option row = { .name = "time",
		.type = OPTION_TIME };
	int64_t time = told_parse_time(value);
	struct timespec now = clock_now();
	struct buf why = BUF_INIT;
	long long ago = 0;

	if (time >= 0)
		return time;
	if (!option_set(&row, &ago, value, &why))
		arguments_wrong(args, "\"%.60s\" is no time; write "
		    "2026-01-02, 2026-01-02T03:04, or \"2 h\" for two hours "
		    "ago", value);
	buf_free(&why);
	return (int64_t)now.tv_sec * 1000 - ago;
}
