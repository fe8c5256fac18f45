/* report - saywhy report: what was refused in a span of time */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/mem.h"
#include "commands/command.h"
#include "commands/daemon.h"
#include "commands/progress.h"
#include "commands/record_source.h"
#include "engine/ruleset.h"
#include "model/site.h"
#include "pages/report_page.h"
#include "records/db_name.h"
#include "records/store.h"
#include "version.h"

#define HOUR ((int64_t)3600000)

static const struct argument arguments[] = {
	COMMAND_CONFIG,
	RECORD_SOURCE_FILE,
	{ .name = "since", .value = "TIME",
	    .help = "from 2026-01-02, 2026-01-02T03:04, \"2 h\" ago" },
	{ .name = "until", .value = "TIME", .help = "up to then; now" },
	RECORD_SOURCE_HOST,
	{ .name = "html", .help = "print a page" },
	COMMAND_JSON,
	{ .name = NULL }
};

static const struct {
	const char *word;
	int64_t ms;
} spans[] = {
	{ "day", 24 * HOUR }, { "week", 7 * 24 * HOUR },
	{ "month", 30 * 24 * HOUR }
};

typedef void writer(const struct report *r, struct buf *out);

static void
tell(void *arg, int64_t done, int64_t all)
{
	progress_show(arg, (uint64_t)done, (uint64_t)all);
}

static int64_t
span_of(const struct arguments *args)
{
	size_t i;

	if (args->argc == 0)
		return spans[1].ms;
	for (i = 0; i < sizeof spans / sizeof spans[0]; i++)
		if (strcmp(args->argv[0], spans[i].word) == 0)
			return spans[i].ms;
	arguments_wrong(args, "\"%.60s\" is none of day, week, month",
	    args->argv[0]);
}

/* To the next full hour or day, so that the bars begin there. */
static void
choose_span(struct report *r, const struct arguments *args)
{
	struct timespec now = clock_now();
	int64_t span = span_of(args);
	int64_t full = span > 24 * HOUR ? 24 * HOUR : HOUR;

	if (r->until == 0)
		r->until = ((int64_t)now.tv_sec * 1000 / full + 1) * full;
	if (r->since == 0)
		r->since = r->until - span;
	if (r->since >= r->until)
		arguments_wrong(args, "that time ends before it begins");
}

/* Those that the running daemon has loaded, in the words of its status. */
static void
add_idle_exceptions(struct report *r, const char *control)
{
	struct buf answer = BUF_INIT, errmsg = BUF_INIT;
	const char *at = "", *name;
	char *title;

	if (daemon_ask(control, &answer, &errmsg))
		at = daemon_after(answer.data, "exceptions");
	for (; *at != '\0' && at[1] == '{'; at += strcspn(at, "}") + 1) {
		name = daemon_after(at, "exception");
		if (*name != '"' || *daemon_after(name, "matched") != '0')
			continue;
		title = mem_ndup(name + 1, strcspn(name + 1, "\""));
		report_add(r, REPORT_IDLE, title);
		free(title);
	}
	buf_free(&answer);
	buf_free(&errmsg);
}

/* What the report is of: a host, all hosts of a store, or a file. */
static void
put_site(struct buf *out, const struct report *r,
    const struct record_source *source)
{
	if (r->host != NULL)
		buf_puts(out, r->host);
	else if (source->rules == NULL)
		buf_puts(out, source->file);
	else if (store_is_shared(source->store))
		db_put_name(out, source->rules->records.store);
	else
		buf_puts(out, source->rules->site.name);
}

static bool
write_report(struct report *r, struct record_source *source, writer *write)
{
	struct progress p = { .label = "counting" };
	struct buf out = BUF_INIT, errmsg = BUF_INIT;
	bool good = report_gather(r, source->store, tell, &p, &errmsg);

	progress_end(&p);
	if (good) {
		write(r, &out);
		fputs(out.data, stdout);
	} else
		fprintf(stderr, "saywhy report: %s\n", errmsg.data);
	buf_free(&out);
	buf_free(&errmsg);
	return good;
}

static int
run(struct arguments *args)
{
	struct record_source source = RECORD_SOURCE_INIT;
	struct report r = { .since = 0 };
	struct buf site = BUF_INIT;
	writer *write = report_text;
	const struct argument *a;
	const char *value;
	bool good;

	while ((a = arguments_next(args, &value)) != NULL)
		if (strcmp(a->name, "html") == 0)
			write = report_html;
		else if (strcmp(a->name, "json") == 0)
			write = report_json;
		else if (strcmp(a->name, "since") == 0)
			r.since = record_source_time(args, value);
		else if (strcmp(a->name, "host") == 0)
			r.host = value;
		else if (strcmp(a->name, "until") == 0)
			r.until = record_source_time(args, value);
		else
			record_source_option(&source, a->name, value);
	choose_span(&r, args);
	record_source_open(&source, args);
	put_site(&site, &r, &source);
	r.site = site.data;
	if (source.rules != NULL)
		add_idle_exceptions(&r, source.rules->daemon.control);
	good = write_report(&r, &source, write);
	report_free(&r);
	buf_free(&site);
	record_source_close(&source);
	return good ? 0 : EX_UNAVAILABLE;
}

const struct command command_report = {
	.name = "report",
	.words = "[day|week|month] [--host NAME] [--html|--json]",
	.max_words = 1,
	.summary = "Counts what was refused, by whom, from whom and why",
	.arguments = arguments,
	.run = run
};
