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
#include "maillog/quote.h"
#include "words/code.h"

#define INPUT_MAX (8 << 20)

static const struct argument arguments[] = {
	{ .name = "short", .help = "one line a reply" },
	COMMAND_JSON,
	{ .name = "lines", .help = "every line of standard input is one reply; "
	    "\\r\\n in it parts its lines" },
	{ .name = NULL }
};

/* How to show, and how much there was. */
struct plan {
	void (*show)(const struct explained *e);
	size_t shown;
};

static void
show(struct plan *plan, const struct explained *e)
{
	if (plan->shown > 0 && plan->show == explain_show)
		puts("");
	plan->show(e);
	plan->shown++;
}

static void
show_reply(struct plan *plan, const char *text, const char *recipient)
{
	struct explained e = { .text = text, .recipient = recipient };

	recognise(text, strlen(text), &e.r);
	show(plan, &e);
}

/* "550", "5xx" and "5yz": one word that is a code, or looks like one. */
static bool
take_code(struct plan *plan, const char *word)
{
	struct explained e = { .text = word, .is_code = true };
	char code[4] = "";
	int i;

	if (strlen(word) != 3 || *word < '0' || *word > '9')
		return false;
	for (i = 0; i < 3; i++)
		code[i] = word[i] == 'x' || word[i] == 'X' ? (i == 1 ? 'y' :
		    'z') : word[i];
	if (strspn(code + 1, "0123456789yz") != 2)
		return false;
	e.text = code;
	e.r.code = strspn(code, "0123456789") == 3 ? atoi(code) : 0;
	show(plan, &e);
	return true;
}

/* "5.7.23", "X.7.23", "#5.1.1", "5.x.x" */
static bool
take_status(struct plan *plan, const char *word)
{
	struct explained e = { .is_status = true };
	char *name = e.r.status;
	size_t i;

	if (*word == '#')
		word++;
	if (strlen(word) >= sizeof e.r.status ||
	    strspn(word, "0123456789.xXyY") != strlen(word) ||
	    strchr(word, '.') == NULL)
		return false;
	for (i = 0; word[i] != '\0'; i++)
		name[i] = strchr("xXyY", word[i]) == NULL ? word[i] :
		    word[i + 1] == '\0' ? 'Y' : 'X';
	if (explain_status(name) == NULL)
		return false;
	e.text = name;
	show(plan, &e);
	return true;
}

/* A reply, with the status that a log gives apart put in its place. */
static void
take_quote(struct plan *plan, const struct quote *q)
{
	struct buf reply = BUF_INIT, recipient = BUF_INIT;

	if (q->status != NULL && memmem(q->reply, q->n, q->status,
	    q->status_n) == NULL && (q->n < 3 || *q->reply < '4' ||
	    *q->reply > '5')) {
		buf_put(&reply, q->status, q->status_n);
		buf_putc(&reply, ' ');
	}
	buf_put(&reply, q->reply, q->n);
	buf_put(&recipient, q->recipient != NULL ? q->recipient : "",
	    q->recipient_n);
	show_reply(plan, reply.data, recipient.len > 0 ? recipient.data : NULL);
	buf_free(&reply);
	buf_free(&recipient);
}

/* One thing to explain: a code, a status, a line of a log that quotes a reply,
   a reply. */
static void
take_text(struct plan *plan, const char *text)
{
	struct quote q;

	if (*text == '\0' || take_code(plan, text) || take_status(plan, text))
		return;
	if (quote_find(text, strlen(text), &q))
		take_quote(plan, &q);
	else if (!quote_is_log(text, strlen(text)))
		show_reply(plan, text, NULL);
}

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
take_lines(struct plan *plan, char *text, bool one_each)
{
	struct buf reply = BUF_INIT;
	char *line, *rest = text;

	while ((line = strsep(&rest, "\n")) != NULL) {
		line = trimmed(line);
		if (one_each) {
			unescape(line);
			show_reply(plan, line, NULL);
			continue;
		}
		if (reply.len > 0)
			buf_putc(&reply, '\n');
		buf_puts(&reply, line);
		if (goes_on(line) && rest != NULL)
			continue;
		take_text(plan, reply.data);
		buf_clear(&reply);
	}
	if (reply.len > 0)
		take_text(plan, reply.data);
	buf_free(&reply);
}

static void
take_bounce(void *arg, const struct bounce_reply *b)
{
	show_reply(arg, b->reply, *b->recipient != '\0' ? b->recipient : NULL);
}

static void
read_input(struct buf *in)
{
	char bytes[65536];
	size_t n;

	while (in->len < INPUT_MAX &&
	    (n = fread(bytes, 1, sizeof bytes, stdin)) > 0)
		buf_put(in, bytes, n);
}

/* A NUL ends no text here. */
static void
take_input(struct plan *plan, bool lines)
{
	struct buf in = BUF_INIT;
	size_t i;

	read_input(&in);
	for (i = 0; i < in.len; i++)
		if (in.data[i] == '\0')
			in.data[i] = ' ';
	if (lines && in.len > 0 && in.data[in.len - 1] == '\n')
		buf_cut(&in, in.len - 1);
	if (lines || !bounce_is_message(in.data, in.len) ||
	    bounce_read(in.data, in.len, take_bounce, plan) == 0)
		take_lines(plan, in.data, lines);
	buf_free(&in);
}

static void
take_words(struct plan *plan, const struct arguments *args)
{
	struct buf text = BUF_INIT;
	int i;

	for (i = 0; i < args->argc; i++)
		buf_printf(&text, "%s%s", i > 0 ? " " : "", args->argv[i]);
	unescape(text.data);
	if (bounce_is_message(text.data, text.len) && bounce_read(text.data,
	    text.len, take_bounce, plan) > 0)
		;
	else
		take_text(plan, trimmed(text.data));
	buf_free(&text);
}

static int
run(struct arguments *args)
{
	struct plan plan = { .show = explain_show };
	const struct argument *a;
	const char *value;
	bool lines = false;

	while ((a = arguments_next(args, &value)) != NULL)
		if (strcmp(a->name, "json") == 0)
			plan.show = explain_json;
		else if (strcmp(a->name, "short") == 0)
			plan.show = explain_short;
		else
			lines = true;
	if (args->argc > 0 && strcmp(args->argv[0], "-") != 0)
		take_words(&plan, args);
	else
		take_input(&plan, lines);
	if (plan.shown == 0 && !lines) {
		fputs("saywhy explain: nothing to explain\n", stderr);
		return EX_NOINPUT;
	}
	return 0;
}

const struct command command_explain = {
	.name = "explain",
	.words = "[--short | --json] [--lines] [CODE | STATUS | REPLY]...",
	.max_words = COMMAND_ANY,
	.summary = "Tells what a reply, a log line or a bounce means",
	.arguments = arguments,
	.run = run
};
