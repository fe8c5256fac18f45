/* bounce_text - what a bounce says to people */

#include "maillog/bounce_text.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/mem.h"
#include "maillog/bounce_line.h"

#define REPLIES_MAX 400
#define RECIPIENTS_MAX 100
#define REPLY_MAX 8000

/* A text for people, as it is read line by line. */
struct reader {
	struct bounce_words *words;
	struct buf recipient, reply;
	struct buf mentioned;	/* whom a sentence names, if no line does */
	bool quoted;		/* a reply has begun in this paragraph */
	bool known;		/* something was read already */
	bool behind_empty;	/* the line before was empty */
	bool ended;		/* what came back may begin */
	bool to_sender;		/* what comes answers MAIL FROM */
};

void
bounce_words_add(struct bounce_words *w, const char *recipient, size_t n)
{
	size_t i;

	for (i = 0; i < w->nrecipients; i++)
		if (strlen(w->recipients[i]) == n &&
		    strncasecmp(w->recipients[i], recipient, n) == 0)
			return;
	if (n == 0 || w->nrecipients == RECIPIENTS_MAX)
		return;
	w->recipients = mem_room(w->recipients, w->nrecipients,
	    &w->recipients_cap, sizeof *w->recipients);
	w->recipients[w->nrecipients] = mem_alloc(n + 1);
	memcpy(w->recipients[w->nrecipients], recipient, n);
	w->recipients[w->nrecipients++][n] = '\0';
}

static enum confidence
how_sure(const char *reply)
{
	struct recognised r;

	recognise(reply, strlen(reply), &r);
	return r.confidence;
}

/* The end of a paragraph: its reply is kept. */
static void
keep(struct reader *r)
{
	struct bounce_words *w = r->words;

	if (r->reply.len > 0 && w->n < REPLIES_MAX) {
		w->list = mem_room(w->list, w->n, &w->cap, sizeof *w->list);
		w->list[w->n++] = (struct bounce_text_reply){
			.recipient = mem_dup(r->recipient.data),
			.reply = mem_dup(r->reply.data),
			.quoted = r->quoted,
			.confidence = how_sure(r->reply.data) };
		r->known = r->known || r->quoted;
	}
	buf_clear(&r->reply);
	r->quoted = false;
}

static void
add(struct reader *r, const char *p, const char *end)
{
	while (p < end && isspace((unsigned char)*p))
		p++;
	if (r->reply.len > REPLY_MAX || p >= end)
		return;
	if (r->reply.len > 0)
		buf_putc(&r->reply, ' ');
	buf_put(&r->reply, p, (size_t)(end - p));
}

/* A server's reply begins; the words before it are a text of their own. */
static void
take_quoted(struct reader *r, const char *reply, const char *end)
{
	if (!r->quoted) {
		if (bounce_line_answers_sender(r->reply.data,
		    r->reply.data + r->reply.len))
			r->to_sender = true;
		buf_clear(&r->reply);
	} else if (!bounce_line_goes_on(r->reply.data, reply, end)) {
		keep(r);
	}
	while (end > reply && strchr("'\"#>", end[-1]) != NULL)
		end--;
	if (r->to_sender && !r->quoted)
		buf_puts(&r->reply, "error after MAIL FROM:");
	r->quoted = true;
	add(r, reply, end);
}

static void
take_words(struct reader *r, const char *p, const char *end)
{
	const char *reply = bounce_line_reply(p, end);
	struct bounce_line_address a;

	if (r->mentioned.len == 0 && reply == NULL && !r->known &&
	    bounce_line_mention(p, end, &a))
		buf_put(&r->mentioned, a.address, a.n);
	if (bounce_line_answers_sender(p, reply != NULL ? reply : end))
		r->to_sender = true;
	if (reply != NULL)
		take_quoted(r, reply, end);
	else
		add(r, p, end);
}

static void
take_recipient(struct reader *r, const char *p,
    const struct bounce_line_address *a, const char *end)
{
	keep(r);
	r->known = true;
	r->to_sender = false;
	buf_clear(&r->recipient);
	buf_put(&r->recipient, a->address, a->n);
	bounce_words_add(r->words, a->address, a->n);
	if (a->lead > p) {
		take_words(r, p, a->lead);
		keep(r);
	}
	take_words(r, a->rest, end);
}

/* False: the message that came back begins. */
static bool
take_line(struct reader *r, const char *p, const char *end)
{
	bool header, behind_empty = r->behind_empty;
	struct bounce_line_address a;

	while (end - p > 1 && p[0] == '>' && p[1] == ' ')
		p += 2;
	header = bounce_line_is_header(p, end, behind_empty);
	if (bounce_line_ends(p, end) || (r->known && header)) {
		keep(r);
		r->ended = true;
		return !r->known;
	}
	/* Nobody was named, and what came back has the header of any mail. */
	if (r->ended && bounce_line_is_header(p, end, false))
		return false;
	while (p < end && isspace((unsigned char)*p))
		p++;
	while (end > p && isspace((unsigned char)end[-1]))
		end--;
	r->behind_empty = p == end;
	if (p == end || bounce_line_is_idle(p, end))
		keep(r);
	else if (bounce_line_address(p, end, &a))
		take_recipient(r, p, &a, end);
	else if (!header)
		take_words(r, p, end);
	return true;
}

void
bounce_words_read(struct bounce_words *w, const char *text, size_t n)
{
	struct reader r = { .words = w, .recipient = BUF_INIT,
		.reply = BUF_INIT, .mentioned = BUF_INIT };
	const char *line = text, *end = text + n, *next;
	struct buf clean = BUF_INIT;

	for (; line < end; line = next < end ? next + 1 : end) {
		next = memchr(line, '\n', (size_t)(end - line));
		if (next == NULL)
			next = end;
		buf_clear(&clean);
		bounce_line_clean(line, next, &clean);
		if (!take_line(&r, clean.data, clean.data + clean.len))
			break;
	}
	keep(&r);
	if (w->nrecipients == 0 && r.mentioned.len > 0 && r.known)
		bounce_words_add(w, r.mentioned.data, r.mentioned.len);
	buf_free(&r.mentioned);
	buf_free(&r.recipient);
	buf_free(&r.reply);
	buf_free(&clean);
}

void
bounce_words_free(struct bounce_words *w)
{
	size_t i;

	for (i = 0; i < w->n; i++) {
		free(w->list[i].recipient);
		free(w->list[i].reply);
	}
	for (i = 0; i < w->nrecipients; i++)
		free(w->recipients[i]);
	free(w->list);
	free(w->recipients);
}

/*
 * Of two texts about one recipient the one that says more; of equal ones the
 * first.
 */
static bool
is_better(const struct bounce_text_reply *a,
    const struct bounce_text_reply *b)
{
	bool known_a = a->confidence >= RECOGNISED_LIKELY;
	bool known_b = b->confidence >= RECOGNISED_LIKELY;

	if (known_a != known_b)
		return known_a;
	if (a->quoted != b->quoted)
		return a->quoted;
	return !known_a && a->confidence > b->confidence;
}

const struct bounce_text_reply *
bounce_words_of(const struct bounce_words *w, const char *recipient)
{
	const struct bounce_text_reply *own = NULL, *common = NULL, **best;
	size_t i;

	for (i = 0; i < w->n; i++) {
		const struct bounce_text_reply *found = &w->list[i];

		if (*found->recipient == '\0')
			best = &common;
		else if (strcasecmp(found->recipient, recipient) == 0 ||
		    w->nrecipients == 1)
			best = &own;
		else
			continue;
		if (*best == NULL || is_better(found, *best))
			*best = found;
	}
	if (own == NULL || (common != NULL && is_better(common, own)))
		return common != NULL && (common->quoted || own == NULL) ?
		    common : own;
	return own;
}
