/* author - who the From line says wrote the message */

#include "auth/author.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/mem.h"
#include "model/mailbox.h"
#include "model/session.h"

#define COMMENTS_MAX 100	/* inside each other */

struct reader {
	const char *at;
	struct author *author;
	struct buf text;	/* of the mailbox that is read, no blanks */
	bool angle;		/* text is what stood in < > */
	bool bad;
};

const char *
author_words(enum author_status status)
{
	static const char *const words[] = { [AUTHOR_ONE] = "",
		[AUTHOR_MISSING] = "there is no From line",
		[AUTHOR_SEVERAL] = "it has several authors",
		[AUTHOR_NONE] = "the From line has no address",
		[AUTHOR_BROKEN] = "the From line cannot be read" };

	return words[status];
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Past a comment, which may hold others (RFC 5322 section 3.2.2). */
static void
skip_comment(struct reader *r)
{
	int depth = 0;

	do {
		if (*r->at == '(')
			depth++;
		else if (*r->at == ')')
			depth--;
		else if (*r->at == '\\' && r->at[1] != '\0')
			r->at++;
		r->at++;
	} while (depth > 0 && depth < COMMENTS_MAX && *r->at != '\0');
	r->bad |= depth > 0;
}

/* A quoted string with its quotes; blanks and all of it count. */
static void
take_quoted(struct reader *r)
{
	buf_putc(&r->text, *r->at++);
	while (*r->at != '\0' && *r->at != '"') {
		if (*r->at == '\\' && r->at[1] != '\0')
			buf_putc(&r->text, *r->at++);
		if (*r->at != '\r' && *r->at != '\n')
			buf_putc(&r->text, *r->at);
		r->at++;
	}
	if (*r->at == '"')
		buf_putc(&r->text, *r->at++);
	else
		r->bad = true;
}

/* A literal in brackets, so that what is inside ends nothing. */
static void
take_literal(struct reader *r)
{
	while (*r->at != '\0' && *r->at != ']')
		buf_putc(&r->text, *r->at++);
	if (*r->at == ']')
		buf_putc(&r->text, *r->at++);
	else
		r->bad = true;
}

static void
keep_domain(struct reader *r, const char *domain)
{
	struct author *a = r->author;

	a->mailboxes++;
	if (a->domain == NULL) {
		a->domain = mem_dup(domain);
		a->status = AUTHOR_ONE;
	} else if (strcmp(a->domain, domain) != 0) {
		a->status = AUTHOR_SEVERAL;
	}
}

/*
 * What stood between two commas, or in < >. Bare words are part of a name that
 * should have been in quotes ("Doe, Ann <ann@example.org>") and count for
 * nothing.
 */
static void
end_mailbox(struct reader *r)
{
	struct mailbox m = { .text = NULL };

	if (r->angle || strchr(r->text.data, '@') != NULL) {
		if (mailbox_set(&m, r->text.data) && m.domain != NULL)
			keep_domain(r, m.domain);
		else
			r->bad = true;
		mailbox_clear(&m);
	}
	buf_clear(&r->text);
	r->angle = false;
}

/* "<" opens the address; the words before it were a name. */
static void
open_angle(struct reader *r)
{
	r->bad |= r->angle;
	r->angle = true;
	buf_clear(&r->text);
	r->at++;
}

static void
close_angle(struct reader *r)
{
	r->bad |= !r->angle;
	end_mailbox(r);
	r->at++;
}

/* One step; false at the end. */
static bool
step(struct reader *r)
{
	switch (*r->at) {
	case '\0':
		end_mailbox(r);
		return false;
	case '(':
		skip_comment(r);
		return true;
	case '"':
		take_quoted(r);
		return true;
	case '[':
		take_literal(r);
		return true;
	case '<':
		open_angle(r);
		return true;
	case '>':
		close_angle(r);
		return true;
	case ':':
		/* A route ends in a colon, and so does a group's name. */
		buf_clear(&r->text);
		r->at++;
		return true;
	case ',':
	case ';':
		/* In a route (RFC 5322 section 4.4) commas divide domains. */
		if (r->angle && *r->text.data == '@')
			buf_clear(&r->text);
		else
			end_mailbox(r);
		r->at++;
		return true;
	}
	if (!is_blank(*r->at))
		buf_putc(&r->text, *r->at);
	r->at++;
	return true;
}

void
author_of_text(struct author *a, const char *value)
{
	struct reader r = { .at = value, .author = a, .text = BUF_INIT };

	memset(a, 0, sizeof *a);
	a->status = AUTHOR_NONE;
	while (!r.bad && step(&r))
		;
	if (r.bad)
		a->status = AUTHOR_BROKEN;
	buf_free(&r.text);
}

void
author_of_session(struct author *a, const struct session *s)
{
	const char *value = NULL;
	size_t i, lines = 0;

	for (i = 0; i < s->nheaders; i++)
		if (strcasecmp(s->headers[i].name, "From") == 0) {
			value = s->headers[i].value;
			lines++;
		}
	memset(a, 0, sizeof *a);
	if (lines == 1)
		author_of_text(a, value);
	else
		a->status = lines == 0 ? AUTHOR_MISSING : AUTHOR_SEVERAL;
}

void
author_clear(struct author *a)
{
	free(a->domain);
	memset(a, 0, sizeof *a);
}
