/* explain - a number, a reply, lines of a mail log, a bounce: what they mean */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/escape.h"
#include "explain/explain.h"
#include "maillog/bounce.h"
#include "maillog/maillog.h"
#include "maillog/quote.h"
#include "words/reason.h"

static void
put_answer(struct explainer *x, const struct explained *e)
{
	x->each(x->arg, e);
	x->count++;
}

/* A reply, and whom it is about; the recipient may be NULL. */
static void
take_reply(struct explainer *x, const char *text, enum topic about,
    const char *recipient)
{
	struct explained e = { .text = text, .recipient = recipient };

	recognise_about(text, strlen(text), about, &e.r);
	put_answer(x, &e);
}

/* "550", "5xx" and "5yz": one word that is a code, or is taken for one. */
static bool
take_code(struct explainer *x, const char *word)
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
	put_answer(x, &e);
	return true;
}

/* "5.7.23", "X.7.23", "#5.1.1", "5.x.x" */
static bool
take_status(struct explainer *x, const char *word)
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
	if (status_nearest(name) == NULL)
		return false;
	e.text = name;
	put_answer(x, &e);
	return true;
}

/* A reply, with the status that a log gave apart from it put in its place. */
static void
put_reply(struct buf *to, struct slice reply, struct slice status)
{
	if (status.n > 0 && memmem(reply.text, reply.n, status.text,
	    status.n) == NULL && (reply.n < 3 || *reply.text < '4' ||
	    *reply.text > '5')) {
		buf_put(to, status.text, status.n);
		buf_putc(to, ' ');
	}
	buf_put(to, reply.text, reply.n);
}

static void
take_quote(struct explainer *x, const struct quote *q)
{
	struct buf reply = BUF_INIT, recipient = BUF_INIT;
	struct explained e = { .text = NULL };

	put_reply(&reply, (struct slice){ q->reply, q->n },
	    (struct slice){ q->status, q->status_n });
	buf_put(&recipient, q->recipient != NULL ? q->recipient : "",
	    q->recipient_n);
	e.text = reply.data;
	e.recipient = recipient.len > 0 ? recipient.data : NULL;
	recognise_about(reply.data, reply.len, q->about, &e.r);
	put_answer(x, &e);
	buf_free(&reply);
	buf_free(&recipient);
}

/* A line that is read by maillog.h, and whether it was a log event. */
struct log_text {
	struct explainer *x;
	const char *text;
	size_t n;
	bool stated;
};

/* As `saywhy watch` records it, so both tell the same. */
static void
take_event(void *arg, const struct log_event *h)
{
	struct buf reply = BUF_INIT, recipient = BUF_INIT;
	struct log_text *line = *(struct log_text **)arg;
	struct explained e = { .text = NULL };

	if (line == NULL || line->stated || h->reply.n == 0 || h->accepted ||
	    h->reply.text < line->text || h->reply.text > line->text + line->n)
		return;
	put_reply(&reply, h->reply, h->status);
	if (h->recipient.n > 0)
		buf_put(&recipient, h->recipient.text, h->recipient.n);
	e.text = reply.data;
	e.recipient = recipient.len > 0 ? recipient.data : NULL;
	recognise_about(reply.data, reply.len, log_event_about(h), &e.r);
	if (h->reason != REASON_NONE || (h->otherwise != REASON_NONE &&
	    e.r.confidence < RECOGNISED_LIKELY)) {
		e.r.reason = h->reason != REASON_NONE ? h->reason :
		    h->otherwise;
		e.r.confidence = h->reason != REASON_NONE ? RECOGNISED_SURE :
		    RECOGNISED_LIKELY;
	}
	put_answer(line->x, &e);
	line->stated = true;
	buf_free(&reply);
	buf_free(&recipient);
}

static bool
take_log_line(struct explainer *x, const char *text)
{
	struct log_text line = { x, text, strlen(text), false };

	if (x->log == NULL)
		x->log = maillog_new(take_event, &x->log_text);
	x->log_text = &line;
	maillog_line(x->log, text, line.n);
	x->log_text = NULL;
	return line.stated;
}

/* A line of a log that quotes a reply, or tells why by itself. */
static bool
take_log(struct explainer *x, const char *text)
{
	struct quote q;

	if (quote_is_log(text, strlen(text)) && take_log_line(x, text))
		return true;
	if (!quote_find(text, strlen(text), &q))
		return false;
	take_quote(x, &q);
	return true;
}

void
explainer_line(struct explainer *x, char *text, size_t n)
{
	escape_nul(text, n);
	explain_unescape(text);
	text = explain_trimmed(text);
	if (!take_log(x, text))
		take_reply(x, text, TOPIC_NONE, NULL);
}

void
explainer_text(struct explainer *x, const char *text)
{
	if (*text == '\0' || take_code(x, text) || take_status(x, text))
		return;
	if (!take_log(x, text) && !quote_is_log(text, strlen(text)))
		take_reply(x, text, TOPIC_NONE, NULL);
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
		line = explain_trimmed(line);
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
	take_reply(arg, b->reply, b->about, *b->recipient != '\0' ?
	    b->recipient : NULL);
}

/* A bounce message: its replies, or a sentence that it has none. */
static void
take_message(struct explainer *x, const char *text, size_t n)
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

	if (bounce_read(text, n, take_bounce, x, &news) > 0)
		return;
	e.nothing = sentences[news];
	put_answer(x, &e);
}

void
explainer_input(struct explainer *x, char *text, size_t n)
{
	escape_nul(text, n);
	if (bounce_is_message(text, n))
		take_message(x, text, n);
	else
		take_lines(x, text);
}

void
explainer_end(struct explainer *x)
{
	maillog_free(x->log);
	x->log = NULL;
}

void
explain_unescape(char *text)
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

char *
explain_trimmed(char *text)
{
	size_t n;

	text += strspn(text, " \t\r\n");
	n = strlen(text);
	while (n > 0 && strchr(" \t\r\n", text[n - 1]) != NULL)
		text[--n] = '\0';
	return text;
}
