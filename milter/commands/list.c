/* list - saywhy list: what a local list holds, and what is wrong with it */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "base/diag.h"
#include "base/net.h"
#include "commands/command.h"
#include "lists/list.h"
#include "model/mailbox.h"

static const struct argument arguments[] = {
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
run(struct arguments *args)
{
	struct diags d = DIAGS_INIT;
	const char *value, *name;
	bool test, check;
	struct list *l;
	int status;

	while (arguments_next(args, &value) != NULL)
		;
	test = args->argc == 3 && strcmp(args->argv[0], "test") == 0;
	check = args->argc == 2 && strcmp(args->argv[0], "check") == 0;
	if (!test && !check)
		arguments_wrong(args, "test FILE WHAT, or check FILE");
	name = args->argv[1];
	l = list_open(name, NULL, &d);
	diags_print(&d, stderr);
	if (check)
		status = check_file(l, name, &d);
	else
		status = l != NULL ? test_what(l, name, args->argv[2]) :
		    EX_DATAERR;
	list_close(l);
	diags_free(&d);
	return status;
}

const struct command command_list = {
	.name = "list",
	.words = "test FILE WHAT | check FILE",
	.min_words = 2,
	.max_words = 3,
	.summary = "Tells whether a local list is good, and who is on it",
	.arguments = arguments,
	.run = run
};
