/* explain - saywhy explain: what a code, a status, a reply, a line of a mail
   log or a bounce message means */

#include "commands/explain.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/buf.h"
#include "commands/command.h"
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

/* "\r\n" that stands for what it means becomes a newline. */
static void
unescape(char *text)
{
	char *to = text;

	while (*text != '\0')
		if (strncmp(text, "\\r\\n", 4) == 0) {
			*to++ = '\n';
			text += 4;
		} else
			*to++ = *text++;
	*to = '\0';
}

/* Text without the blanks and line ends around it, in place. */
static char *
trimmed(char *text)
{
	size_t n;

	text += strspn(text, " \t\r\n");
	n = strlen(text);
	while (n > 0 && strchr(" \t\r\n", text[n - 1]) != NULL)
		text[--n] = '\0';
	return text;
}

/* The line goes on with the next one: "550-first", "550 second". */
static bool
goes_on(const char *line)
{
	return strlen(line) > 3 && strspn(line, "0123456789") == 3 &&
	    line[3] == '-';
}

/* Line after line; the lines of one reply together. */
static void
take_lines(struct explainer *x, char *text)
{
	struct buf reply = BUF_INIT;
	char *line, *rest = text;

	while ((line = strsep(&rest, "\n")) != NULL) {
		line = trimmed(line);
		if (reply.len > 0)
			buf_putc(&reply, '\n');
		buf_puts(&reply, line);
		if (goes_on(line) && rest != NULL)
			continue;
		explainer_text(x, reply.data);
		buf_clear(&reply);
	}
	if (reply.len > 0)
		explainer_text(x, reply.data);
	buf_free(&reply);
}

static void
take_bounce(void *arg, const struct bounce_reply *b)
{
	explainer_reply(arg, b->reply, b->about, *b->recipient != '\0' ?
	    b->recipient : NULL);
}

/* A bounce message: its replies, or a sentence that it has none. */
static void
take_message(struct explainer *x, const struct buf *text)
{
	static const char *const sentences[] = {
		[BOUNCE_NOTHING] = "This message tells of no refusal.",
		[BOUNCE_DELIVERED] = "Nothing was refused: this message "
		    "reports that mail was passed on or delivered.",
		[BOUNCE_FEEDBACK] = "Nothing was refused: this is a report "
		    "that a recipient called a message unwanted.",
	};
	struct explained e = { .text = "" };
	enum bounce_news news;

	if (bounce_read(text->data, text->len, take_bounce, x, &news) > 0)
		return;
	e.nothing = sentences[news];
	explainer_show(x, &e);
}

/* A NUL ends no text here. */
static void
put_blanks(char *text, size_t n)
{
	char *at;

	while ((at = memchr(text, '\0', n)) != NULL)
		*at = ' ';
}

/* False: there is more than INPUT_MAX. */
static bool
read_input(struct buf *in)
{
	char bytes[65536];
	size_t n;

	while (in->len < INPUT_MAX &&
	    (n = fread(bytes, 1, sizeof bytes, stdin)) > 0)
		buf_put(in, bytes, n);
	put_blanks(in->data, in->len);
	return in->len < INPUT_MAX || getchar() == EOF;
}

static int
take_input(struct explainer *x)
{
	struct buf in = BUF_INIT;
	bool whole = read_input(&in);
	size_t n = in.len;

	if (bounce_is_message(in.data, in.len))
		take_message(x, &in);
	else
		take_lines(x, in.data);
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
	while ((n = getline(&line, &size, stdin)) >= 0) {
		put_blanks(line, (size_t)n);
		unescape(line);
		explainer_line(x, trimmed(line));
	}
	free(line);
}

static void
take_words(struct explainer *x, const struct arguments *args)
{
	struct buf text = BUF_INIT;
	int i;

	for (i = 0; i < args->argc; i++)
		buf_printf(&text, "%s%s", i > 0 ? " " : "", args->argv[i]);
	unescape(text.data);
	if (strchr(text.data, '\n') != NULL &&
	    bounce_is_message(text.data, strlen(text.data)))
		take_message(x, &text);
	else
		explainer_text(x, trimmed(text.data));
	buf_free(&text);
}

static int
run(struct arguments *args)
{
	struct explainer x = { .show = explain_show };
	const struct argument *a;
	const char *value;
	bool lines = false;
	int status = 0;

	while ((a = arguments_next(args, &value)) != NULL)
		if (strcmp(a->name, "json") == 0)
			x.show = explain_json;
		else if (strcmp(a->name, "short") == 0)
			x.show = explain_short;
		else if (strcmp(a->name, "lines") == 0)
			lines = true;
	if (args->argc > 0 && strcmp(args->argv[0], "-") != 0)
		take_words(&x, args);
	else if (lines)
		take_each_line(&x);
	else
		status = take_input(&x);
	explainer_end(&x);
	if (x.shown == 0 && !lines) {
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
