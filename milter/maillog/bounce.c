/* bounce - the replies in a bounce message */

#include "maillog/bounce.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "maillog/bounce_part.h"
#include "maillog/bounce_status.h"
#include "maillog/bounce_text.h"
#include "words/recognise.h"

/* Fields of a message: a name, a colon, and not many words before it. */
static bool
is_field(const char *p, const char *end)
{
	const char *from = p;

	while (p < end && (isalnum((unsigned char)*p) || *p == '-'))
		p++;
	return p > from && p < end && *p == ':' && p - from < 60;
}

/* Blank lines that got before the header when somebody copied it. */
static size_t
leading_blanks(const char *text, size_t n)
{
	size_t i, last = 0;

	for (i = 0; i < n && strchr(" \t\r\n", text[i]) != NULL &&
	    text[i] != '\0'; i++)
		if (text[i] == '\n')
			last = i + 1;
	return last;
}

/* What nothing begins with but a message; the lines behind it may have lost
   their shape. */
static bool
is_trace(const char *line, const char *end)
{
	static const char *const names[] = { "Received:", "Return-Path:",
		"Delivered-To:", "X-Original-To:", "ARC-Seal:",
		"DKIM-Signature:", "Authentication-Results:", "Message-ID:" };
	size_t i, n;

	for (i = 0; i < sizeof names / sizeof names[0]; i++) {
		n = strlen(names[i]);
		if ((size_t)(end - line) > n &&
		    strncasecmp(line, names[i], n) == 0)
			return true;
	}
	return false;
}

bool
bounce_is_message(const char *text, size_t n)
{
	size_t blank = leading_blanks(text, n);
	const char *end = text + n, *line = text + blank, *next;
	int fields = 0;

	text += blank;
	n -= blank;
	if ((n > 5 && memcmp(text, "From ", 5) == 0) || is_trace(text, end))
		return true;
	for (; line < end && fields < 2; line = next + 1) {
		for (next = line; next < end && *next != '\n' &&
		    *next != '\r'; next++)
			;
		if (next == end)
			break;
		if (next == line && *next == '\n' && line > text &&
		    line[-1] == '\r')
			continue;
		if (*line == ' ' || *line == '\t')
			continue;
		if (!is_field(line, next))
			break;
		fields++;
	}
	return fields == 2 || bounce_text_begins(text, n);
}

/* Whom to tell, and how often that was done. */
struct teller {
	bounce_fn *each;
	void *arg;
	size_t stated;
	bool delivered;		/* somebody is reported to have got it */
};

static void
tell(struct teller *t, const char *recipient, const char *reply,
    const char *server, bool own)
{
	if (t->stated == BOUNCE_MAX || *reply == '\0')
		return;
	t->each(t->arg, &(struct bounce_reply){ recipient, reply, server,
	    own ? TOPIC_SERVER : TOPIC_NONE });
	t->stated++;
}

static enum confidence
how_sure(const char *reply)
{
	struct recognised r;

	recognise(reply, strlen(reply), &r);
	return r.confidence;
}

/* Sendmail gives the first of several lines: all are in its transcript. */
static const char *
whole_of(const char *diagnostic, const struct bounce_words *words)
{
	size_t n = strlen(diagnostic), i;
	const char *longest = diagnostic;

	for (i = 0; n > 3 && diagnostic[3] == '-' && i < words->n; i++)
		if (words->list[i].quoted &&
		    strncmp(words->list[i].reply, diagnostic, n) == 0 &&
		    strlen(words->list[i].reply) > strlen(longest))
			longest = words->list[i].reply;
	return longest;
}

/* The diagnostic with its status; where that says less, the other words. */
static void
tell_status(struct teller *t, const struct bounce_status *s,
    const struct bounce_words *words)
{
	const struct bounce_text_reply *found;
	struct buf reply = BUF_INIT;
	enum confidence sure;
	bool own = false;

	if (*s->diagnostic != '\0' && *s->status != '\0' &&
	    strstr(s->diagnostic, s->status) == NULL &&
	    !isdigit((unsigned char)s->diagnostic[0]))
		buf_printf(&reply, "%s ", s->status);
	buf_puts(&reply, *s->diagnostic != '\0' ?
	    whole_of(s->diagnostic, words) : s->status);
	sure = how_sure(reply.data);
	if (sure < RECOGNISED_LIKELY || *s->diagnostic == '\0') {
		found = bounce_words_of(words, s->recipient);
		if (found != NULL && (found->confidence > sure ||
		    (reply.len == 0 && *found->reply != '\0'))) {
			buf_clear(&reply);
			buf_puts(&reply, found->reply);
			own = !found->quoted;
		}
	}
	tell(t, s->recipient, reply.data, s->server, own);
	buf_free(&reply);
}

/* The last group of a recipient counts: qmail and others repeat them. */
static bool
is_repeated(const struct bounce_statuses *all, size_t i)
{
	size_t k;

	for (k = 0; k < i; k++)
		if (strcasecmp(all->list[k].recipient,
		    all->list[i].recipient) == 0)
			return true;
	return false;
}

static void
tell_statuses(struct teller *t, const struct bounce_statuses *all,
    const struct bounce_words *words)
{
	size_t i;

	for (i = 0; i < all->n; i++)
		if (bounce_status_delivered(&all->list[i]))
			t->delivered = true;
		else if (!is_repeated(all, i))
			tell_status(t, &all->list[i], words);
}

/*
 * Each recipient gets the reply about it, or the one about nobody in
 * particular.
 */
static void
tell_words(struct teller *t, const struct bounce_words *words, bool report)
{
	enum confidence least = report ? RECOGNISED_UNKNOWN :
	    RECOGNISED_LIKELY;
	const struct bounce_text_reply *found;
	size_t i;

	for (i = 0; i < words->nrecipients; i++) {
		found = bounce_words_of(words, words->recipients[i]);
		if (found != NULL && found->confidence >= least &&
		    (found->quoted || (report && (found->confidence >
		    RECOGNISED_UNKNOWN || words->nrecipients == 1))))
			tell(t, words->recipients[i], found->reply, "",
			    !found->quoted);
	}
	if (t->stated > 0 || words->nrecipients > 0)
		return;
	found = bounce_words_of(words, "");
	if (found != NULL && (found->quoted ? found->confidence >= least :
	    report && found->confidence >= RECOGNISED_LIKELY))
		tell(t, "", found->reply, "", !found->quoted);
}

/* Names of X-Failed-Recipients, by commas. */
static void
add_failed(struct bounce_words *words, const char *list)
{
	size_t n;

	for (list += strspn(list, " ,\r\n\t"); *list != '\0';
	    list += n, list += strspn(list, " ,\r\n\t")) {
		n = strcspn(list, " ,\r\n\t");
		bounce_words_add(words, list, n);
	}
}

static void
read_layer(struct teller *t, const struct bounce_layer *layer,
    const char *failed, bool report)
{
	struct bounce_statuses statuses = { .list = NULL };
	struct bounce_words words = { .list = NULL };

	bounce_words_read(&words, layer->text.data, layer->text.len);
	if (!bounce_statuses_read(&statuses, layer->status.data,
	    layer->status.len, BOUNCE_MAX))
		bounce_statuses_read(&statuses, layer->text.data,
		    layer->text.len, BOUNCE_MAX);
	if (words.nrecipients == 0)
		add_failed(&words, failed);
	if (statuses.n > 0)
		tell_statuses(t, &statuses, &words);
	else
		tell_words(t, &words, report);
	bounce_statuses_free(&statuses);
	bounce_words_free(&words);
}

/* An attached message is read only where it is surely a bounce itself. */
static bool
is_bounce(const struct bounce_layer *layer)
{
	return layer->status.len > 0 || bounce_text_begins(layer->text.data,
	    layer->text.len);
}

size_t
bounce_read(const char *text, size_t n, bounce_fn *each, void *arg,
    enum bounce_news *news)
{
	struct teller t = { .each = each, .arg = arg };
	struct bounce_parts parts = { .report = false };
	size_t blank = leading_blanks(text, n);

	bounce_parts_read(&parts, text + blank, n - blank);
	if (!parts.feedback)
		read_layer(&t, &parts.own, parts.failed.data, parts.report);
	if (t.stated == 0 && !t.delivered && !parts.report &&
	    is_bounce(&parts.inner))
		read_layer(&t, &parts.inner, "", true);
	if (news != NULL)
		*news = parts.feedback ? BOUNCE_FEEDBACK : t.delivered ?
		    BOUNCE_DELIVERED : BOUNCE_NOTHING;
	bounce_parts_free(&parts);
	return t.stated;
}
