/* forget - saywhy forget: removes a person from all records */

#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "base/buf.h"
#include "commands/command.h"
#include "commands/record_source.h"
#include "engine/ruleset.h"
#include "records/db_name.h"
#include "records/forget.h"
#include "records/store.h"
#include "version.h"

static const struct argument arguments[] = {
	COMMAND_CONFIG,
	RECORD_SOURCE_HOST,
	{ .name = NULL }
};

/* Files first: what they hold could be read into the store again. */
static void
forget_person(const struct record_options *opt, const struct forget *what,
    struct forgotten *f, struct buf *errmsg)
{
	struct store *s;

	if (opt->file != NULL &&
	    !forget_in_files(opt->file, what, f, errmsg))
		return;
	if (opt->store == NULL)
		return;
	s = store_open(opt->store, true, errmsg);
	if (s != NULL)
		forget_in_store(s, what, f, errmsg);
	store_close(s);
}

/* Copies of the records that only somebody else can change. */
static void
print_out_of_reach(const struct ruleset *r)
{
	const struct record_options *opt = &r->records;
	const struct post_options *post;
	size_t i;

	for (i = 0; i < r->posts.blocks.n; i++) {
		post = r->posts.blocks.v[i];
		printf("not reached: what \"saywhy ship %s\" posted to %s\n",
		    post->item.title, post->url);
	}
	if (opt->syslog)
		puts("not reached: the lines in syslog or in the journal "
		    "(syslog = yes)");
	if (db_is_server(opt->store))
		puts("not reached: the record files of the other hosts (run it "
		    "there, too), and backups and replicas of the database");
}

static int
run(struct arguments *args)
{
	const char *path = SAYWHY_CONFIG, *value;
	struct forgotten f = { .records = 0 };
	struct forget what = { .host = NULL };
	const struct argument *a;
	struct buf errmsg = BUF_INIT;
	struct ruleset *r;
	bool good;

	while ((a = arguments_next(args, &value)) != NULL)
		if (strcmp(a->name, "host") == 0)
			what.host = value;
		else
			path = value;
	what.person = args->argv[0];
	if (*what.person == '\0')
		arguments_wrong(args, "give one address, or one login");
	r = command_settings(path);
	command_as_account(r);
	forget_person(&r->records, &what, &f, &errmsg);
	good = errmsg.len == 0;
	if (!good)
		fprintf(stderr, "saywhy forget: %s\n", errmsg.data);
	printf("taken out of %llu lines of files and %llu records of the "
	    "store\n", (unsigned long long)f.lines,
	    (unsigned long long)f.records);
	if (f.compressed > 0)
		printf("%llu compressed files beside %s were not looked into\n",
		    (unsigned long long)f.compressed, r->records.file);
	print_out_of_reach(r);
	ruleset_release(r);
	buf_free(&errmsg);
	return good ? f.compressed > 0 : EX_IOERR;
}

const struct command command_forget = {
	.name = "forget",
	.words = "[--host NAME] ADDRESS",
	.min_words = 1,
	.max_words = 1,
	.summary = "Takes a person's address out of all records",
	.arguments = arguments,
	.run = run
};
