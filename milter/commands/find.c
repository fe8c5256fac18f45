/* find - saywhy find: records by what is known of them */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "base/buf.h"
#include "base/diag.h"
#include "base/escape.h"
#include "commands/command.h"
#include "commands/find_csv.h"
#include "commands/record_source.h"
#include "records/record.h"
#include "records/record_read.h"
#include "records/search.h"
#include "version.h"
#include "words/reason.h"

#define PAGE 50

static const struct argument arguments[] = {
	COMMAND_CONFIG,
	RECORD_SOURCE_FILE,
	{ .name = "client", .value = "WHO",
	    .help = "address, network, or name and all below it" },
	{ .name = "domain", .value = "NAME",
	    .help = "domain of the sender or of a recipient" },
	{ .name = "sender", .value = "ADDRESS",
	    .help = "envelope sender; \"\" is the null sender" },
	{ .name = "recipient", .value = "ADDRESS", .help = "one of them" },
	{ .name = "login", .value = "NAME", .help = "who had logged in" },
	{ .name = "reason", .value = "NAME",
	    .help = "reason; none: not recognised" },
	{ .name = "outcome", .value = "WORD",
	    .help = "reject, tempfail, observed, quarantine, ..." },
	{ .name = "issuer", .value = "WORD",
	    .help = "saywhy, mta, milter, remote" },
	RECORD_SOURCE_HOST,
	{ .name = "queue-id", .value = "ID", .help = "of the mail server" },
	{ .name = "since", .value = "TIME",
	    .help = "not before 2026-01-02, 2026-01-02T03:04, \"2 h\" ago" },
	{ .name = "until", .value = "TIME", .help = "before then" },
	{ .name = "text", .value = "WORDS",
	    .help = "these words anywhere in the record" },
	{ .name = "limit", .value = "N",
	    .help = "this many on a page (50); 0: all" },
	{ .name = "page", .value = "N", .help = "another page than the first" },
	COMMAND_JSON,
	{ .name = "csv", .help = "print CSV, one row a record" },
	{ .name = NULL }
};

struct finding_out {
	struct search what;
	int64_t page;
	bool json, csv;
	int64_t shown;
	struct find_csv rows;
};

/* One of a list, or the end of the program. */
static const char *
one_of(const struct arguments *args, const char *value,
    const char *const *names)
{
	const char *nearest;
	size_t i;

	for (i = 0; names[i] != NULL; i++)
		if (strcmp(names[i], value) == 0)
			return value;
	nearest = diag_nearest(value, names);
	arguments_wrong(args, "there is no \"%.60s\" here%s%s", value,
	    nearest != NULL ? "; did you mean " : "",
	    nearest != NULL ? nearest : "");
}

static int64_t
number(const struct arguments *args, const char *value)
{
	char *end;
	long long n = strtoll(value, &end, 10);

	if (*value == '\0' || *end != '\0' || n < 0 || n > 1000000000)
		arguments_wrong(args, "\"%.60s\" is no number", value);
	return n;
}

static void
take_text(struct search *w, const char *name, const char *value)
{
	const struct {
		const char *name;
		const char **slot;
	} slots[] = {
		{ "client", &w->client }, { "domain", &w->domain },
		{ "sender", &w->sender }, { "recipient", &w->recipient },
		{ "login", &w->login }, { "queue-id", &w->queue_id },
		{ "text", &w->text }, { "reason", &w->reason },
		{ "outcome", &w->outcome }, { "issuer", &w->issuer },
		{ "host", &w->host },
	};
	size_t i;

	for (i = 0; i < sizeof slots / sizeof slots[0]; i++)
		if (strcmp(slots[i].name, name) == 0)
			*slots[i].slot = value;
}

static void
take(struct finding_out *f, const struct arguments *args, const char *name,
    const char *value)
{
	if (strcmp(name, "since") == 0)
		f->what.since = record_source_time(args, value);
	else if (strcmp(name, "until") == 0)
		f->what.until = record_source_time(args, value);
	else if (strcmp(name, "limit") == 0)
		f->what.max = number(args, value);
	else if (strcmp(name, "page") == 0)
		f->page = number(args, value);
	else if (strcmp(name, "json") == 0)
		f->json = true;
	else if (strcmp(name, "csv") == 0)
		f->csv = true;
	else
		take_text(&f->what, name, value);
}

static void
check_words(const struct finding_out *f, const struct arguments *args)
{
	const struct search *w = &f->what;

	if (w->reason != NULL && strcmp(w->reason, "none") != 0)
		one_of(args, w->reason, reason_names());
	if (w->outcome != NULL)
		one_of(args, w->outcome, outcome_names);
	if (w->issuer != NULL)
		one_of(args, w->issuer, issuer_names);
}

static void
print_plain(const struct parsed_record *t)
{
	const char *reason = parsed_text(t, "reason");
	const char *client = parsed_text(t, "client.address");
	size_t n = parsed_count(t, "recipients");
	struct buf b = BUF_INIT, safe = BUF_INIT;

	printf("%.19sZ %s %-9s %-20s %-15s ", parsed_text(t, "time"),
	    parsed_text(t, "id"), parsed_text(t, "outcome"),
	    reason != NULL ? reason : "-", client != NULL ? client : "-");
	if (parsed_text(t, "sender") != NULL)
		buf_printf(&b, "<%s>", parsed_text(t, "sender"));
	if (n > 0)
		buf_printf(&b, " to <%s>", parsed_item(t, "recipients", 0));
	if (n > 1)
		buf_printf(&b, " and %zu more", n - 1);
	escape_put(&safe, b.data, b.len);
	puts(safe.data);
	buf_free(&b);
	buf_free(&safe);
}

static void
print_found(void *arg, const char *line, size_t n)
{
	struct finding_out *f = arg;
	struct parsed_record *t = record_read(line, n);

	f->shown++;
	if (f->json)
		puts(line);
	else if (t != NULL && f->csv)
		find_csv_row(&f->rows, t);
	else if (t != NULL)
		print_plain(t);
	parsed_free(t);
}

static void
print_page(const struct finding_out *f, int64_t all)
{
	if (f->json || f->csv)
		return;
	if (all == 0)
		puts("nothing found");
	else if (f->shown < all)
		printf("%lld of %lld; the next: --page %lld\n",
		    (long long)f->shown, (long long)all,
		    (long long)(f->page + 1));
}

/* The page that is not full is the last. */
static int64_t
count_all(const struct finding_out *f, struct store *s, struct buf *errmsg)
{
	if (f->what.max == 0 || (f->shown < f->what.max && f->what.skip == 0))
		return f->shown;
	return search_count(s, &f->what, errmsg);
}

static int
run(struct arguments *args)
{
	struct finding_out f = { .what = { .max = PAGE }, .page = 1 };
	struct record_source source = RECORD_SOURCE_INIT;
	struct buf errmsg = BUF_INIT;
	const struct argument *a;
	const char *value;
	int64_t all;
	bool good;

	while ((a = arguments_next(args, &value)) != NULL)
		if (!record_source_option(&source, a->name, value))
			take(&f, args, a->name, value);
	check_words(&f, args);
	f.what.skip = f.page > 1 ? (f.page - 1) * f.what.max : 0;
	record_source_open(&source, args);
	if (f.csv)
		find_csv_begin(&f.rows);
	good = search_each(source.store, &f.what, print_found, &f, &errmsg);
	if (f.csv)
		find_csv_end(&f.rows);
	all = good ? count_all(&f, source.store, &errmsg) : -1;
	if (all < 0)
		fprintf(stderr, "saywhy find: %s\n", errmsg.data);
	else
		print_page(&f, all);
	record_source_close(&source);
	buf_free(&errmsg);
	return all < 0 ? EX_UNAVAILABLE : all > 0 ? 0 : 1;
}

const struct command command_find = {
	.name = "find",
	.words = "[--client WHO] [--reason NAME] [--since TIME] ...",
	.summary = "Finds records by client, sender, reason, time, words",
	.arguments = arguments,
	.run = run
};
