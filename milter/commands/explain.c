/* explain - saywhy explain: what a code, a status, a reply, a line of a mail
   log or a bounce message means */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/buf.h"
#include "commands/command.h"
#include "commands/explain_show.h"
#include "explain/explain.h"
#include "maillog/bounce.h"

#define INPUT_MAX (8 << 20)	/* of what is read as a whole */

static const struct argument arguments[] = {
	{ .name = "short", .help = "one line a reply" },
	COMMAND_JSON,
	{ .name = "config", .letter = 'c', .value = "FILE",
	    .help = "taken as by every command; nothing is read from it" },
	{ .name = "lines", .help = "every line of standard input is one reply, "
	    "answered as it comes; \\r\\n in it parts its lines" },
	{ .name = NULL }
};

/* False: there is more than INPUT_MAX. */
static bool
read_input(struct buf *in)
{
	buf_read(in, stdin, INPUT_MAX);
	return in->len < INPUT_MAX || getchar() == EOF;
}

static int
take_input(struct explainer *x)
{
	struct buf in = BUF_INIT;
	bool whole = read_input(&in);
	size_t n = in.len;

	explainer_input(x, in.data, in.len);
	buf_free(&in);
	if (whole)
		return 0;
	fflush(stdout);
	fprintf(stderr, "saywhy explain: only the first %zu bytes were read; "
	    "--lines reads any number of lines\n", n);
	return EX_DATAERR;
}

/* Each line as it comes, however many there are. */
static void
take_each_line(struct explainer *x)
{
	char *line = NULL;
	size_t size = 0;
	ssize_t n;

	setvbuf(stdout, NULL, _IOLBF, 0);
	while ((n = getline(&line, &size, stdin)) >= 0)
		explainer_line(x, line, (size_t)n);
	free(line);
}

static void
take_words(struct explainer *x, const struct arguments *args)
{
	struct buf text = BUF_INIT;
	int i;

	for (i = 0; i < args->argc; i++)
		buf_printf(&text, "%s%s", i > 0 ? " " : "", args->argv[i]);
	explain_unescape(text.data);
	if (strchr(text.data, '\n') != NULL &&
	    bounce_is_message(text.data, strlen(text.data)))
		explainer_input(x, text.data, strlen(text.data));
	else
		explainer_text(x, explain_trimmed(text.data));
	buf_free(&text);
}

/* How to show it, and whether it is not the first. */
struct showing {
	void (*show)(const struct explained *e);
	bool more;
};

static void
show(void *arg, const struct explained *e)
{
	struct showing *s = arg;

	if (s->more && s->show == explain_show)
		puts("");
	s->show(e);
	s->more = true;
}

static void
show_json(const struct explained *e)
{
	struct buf line = BUF_INIT;

	explain_json(&line, e);
	puts(line.data);
	buf_free(&line);
}

static int
run(struct arguments *args)
{
	struct showing s = { .show = explain_show };
	struct explainer x = { .each = show, .arg = &s };
	const struct argument *a;
	const char *value;
	bool lines = false;
	int status = 0;

	while ((a = arguments_next(args, &value)) != NULL)
		if (strcmp(a->name, "json") == 0)
			s.show = show_json;
		else if (strcmp(a->name, "short") == 0)
			s.show = explain_short;
		else if (strcmp(a->name, "lines") == 0)
			lines = true;
	if (args->argc > 0 && strcmp(args->argv[0], "-") != 0)
		take_words(&x, args);
	else if (lines)
		take_each_line(&x);
	else
		status = take_input(&x);
	explainer_end(&x);
	if (x.count == 0 && !lines) {
		fputs("saywhy explain: nothing to explain\n", stderr);
		return EX_NOINPUT;
	}
	return status;
}

const struct command command_explain = {
	.name = "explain",
	.words = "[--short | --json] [--lines] [CODE | STATUS | REPLY]...",
	.max_words = COMMAND_ANY,
	.summary = "Tells what a reply, a log line or a bounce means",
	.arguments = arguments,
	.run = run
};
