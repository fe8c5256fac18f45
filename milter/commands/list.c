/* list - saywhy list: what a local list holds; lists built and fetched */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "base/diag.h"
#include "base/net.h"
#include "commands/command.h"
#include "commands/list_more.h"
#include "lists/list.h"
#include "model/mailbox.h"
#include "version.h"

static const struct argument arguments[] = {
	COMMAND_CONFIG,
	{ .name = "output", .letter = 'o', .value = "FILE",
	    .help = "build: the cdb file to make" },
	{ .name = "sign", .value = "KEY",
	    .help = "build: sign it with this secret key of minisign" },
	{ .name = "due", .help = "fetch: only those that are due" },
	{ .name = NULL }
};

static void
print_counts(void *arg, const struct list_state *state)
{
	const struct list_counts *c = &state->counts;

	(void)arg;
	if (c->uncounted)
		puts("good; the file does not tell how many entries it has");
	else
		printf("good: %zu networks, %zu names, %zu patterns%s\n",
		    c->nets, c->names, c->patterns,
		    c->any ? ", and everybody (*)" : "");
}

static int
check_file(struct list *l, const char *name, const struct diags *d)
{
	printf("%s: ", name);
	if (l == NULL)
		printf("not good, %zu mistake%s\n", d->errors,
		    d->errors == 1 ? "" : "s");
	else
		list_each(print_counts, NULL);
	return l != NULL ? 0 : 1;
}

static enum list_answer
find(struct list *l, const char *what, struct list_hit *hit)
{
	const struct mailbox null_sender = { .null = true };
	struct ip ip;

	if (strcmp(what, "<>") == 0)
		return list_find_mailbox(l, &null_sender, hit);
	return ip_parse(what, &ip) ? list_find_ip(l, &ip, hit) :
	    list_find_name(l, what, hit);
}

/* Status 0: it is on the list. */
static int
test_what(struct list *l, const char *name, const char *what)
{
	struct list_hit hit = LIST_HIT_INIT;
	enum list_answer answer = find(l, what, &hit);

	switch (answer) {
	case LIST_YES:
		printf("%s: on the list, by %s%s%s\n", what, hit.entry.data,
		    hit.comment.len > 0 ? " # " : "", hit.comment.data);
		break;
	case LIST_NO:
		printf("%s: not on the list\n", what);
		break;
	case LIST_TEMPFAIL:
		fprintf(stderr, "saywhy list: %s: %s\n", name,
		    hit.comment.data);
		break;
	}
	list_hit_free(&hit);
	return answer == LIST_YES ? 0 : answer == LIST_NO ? 1 : EX_IOERR;
}

static int
run_file(const struct arguments *args, const struct list_options *o)
{
	bool test = strcmp(args->argv[0], "test") == 0;
	const char *name = args->argv[1];
	struct diags d = DIAGS_INIT;
	struct list *l;
	int status;

	(void)o;
	l = list_open(name, NULL, &d);
	diags_print(&d, stderr);
	if (!test)
		status = check_file(l, name, &d);
	else
		status = l != NULL ? test_what(l, name, args->argv[2]) :
		    EX_DATAERR;
	list_close(l);
	diags_free(&d);
	return status;
}

static const struct {
	const char *word, *usage;
	int min_words, max_words;	/* with the word itself */
	int (*run)(const struct arguments *args, const struct list_options *o);
} actions[] = {
	{ "test", "test LIST WHAT", 3, 3, run_file },
	{ "check", "check FILE", 2, 2, run_file },
	{ "build", "build --output FILE [--sign KEY] FILE...", 2, COMMAND_ANY,
	    command_list_build },
	{ "fetch", "fetch [--due] [NAME...]", 1, COMMAND_ANY,
	    command_list_fetch },
};

static int
run(struct arguments *args)
{
	struct list_options o = { .config = SAYWHY_CONFIG };
	const struct argument *a;
	const char *value;
	size_t i;

	while ((a = arguments_next(args, &value)) != NULL)
		if (strcmp(a->name, "output") == 0)
			o.output = value;
		else if (strcmp(a->name, "sign") == 0)
			o.key = value;
		else if (strcmp(a->name, "due") == 0)
			o.due = true;
		else
			o.config = value;
	for (i = 0; i < sizeof actions / sizeof actions[0]; i++) {
		if (strcmp(actions[i].word, args->argv[0]) != 0)
			continue;
		if (args->argc < actions[i].min_words ||
		    args->argc > actions[i].max_words)
			arguments_wrong(args, "%s", actions[i].usage);
		return actions[i].run(args, &o);
	}
	arguments_wrong(args, "\"%.60s\" is none of test, check, build, "
	    "fetch", args->argv[0]);
}

const struct command command_list = {
	.name = "list",
	.words = "test LIST WHAT | check LIST | build -o OUT FILE... | "
	    "fetch [NAME...]",
	.min_words = 1,
	.max_words = COMMAND_ANY,
	.summary = "Tells what a local list holds, builds and fetches lists",
	.arguments = arguments,
	.run = run
};
