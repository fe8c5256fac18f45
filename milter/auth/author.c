/* author - who the From line says wrote the message */

#include "auth/author.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "mime/encoded.h"
#include "model/mailbox.h"
#include "model/session.h"

#define COMMENTS_MAX 100	/* inside each other */
#define DOMAIN_BYTES 255

struct reader {
	const char *at;
	struct author *author;
	struct buf text;	/* of the mailbox that is read, no blanks */
	bool angle;		/* text is what stood in < > */
	const char *at_sign;	/* in a name without quotes, or NULL */
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
keep_domain(struct author *a, const char *domain)
{
	size_t i;

	for (i = 0; i < a->ndomains; i++)
		if (strcmp(a->domains[i], domain) == 0)
			return;
	if (a->status != AUTHOR_BROKEN)
		a->status = a->ndomains == 0 ? AUTHOR_ONE : AUTHOR_SEVERAL;
	a->more = a->ndomains == AUTHOR_DOMAINS;
	if (a->more)
		return;
	a->domains[a->ndomains++] = mem_dup(domain);
	a->domain = a->domains[0];
}

/* Has a name characters that nobody sees? What is left looks like it. */
static bool
put_visible(struct buf *out, const char *name, size_t n)
{
	size_t i, used, before = out->len;
	uint32_t c;

	for (i = 0; i < n; i += used > 0 ? used : 1) {
		used = utf8_decode(name + i, n - i, &c);
		if (used > 0 && !(c >= 0x80 && utf8_is_invisible(c)))
			buf_put(out, name + i, used);
	}
	return out->len - before < n;
}

/*
 * The domain after an @ in text that is no address: some programs stop there.
 */
static void
keep_behind(struct author *a, const char *p)
{
	struct buf raw = BUF_INIT, domain = BUF_INIT;
	size_t n;

	while (is_blank(*p))
		p++;
	for (n = 0; p[n] != '\0' && n < DOMAIN_BYTES && ((unsigned char)p[n] >=
	    0x80 || isalnum((unsigned char)p[n]) ||
	    strchr("-._", p[n]) != NULL); n++)
		;
	put_visible(&raw, p, n);
	if (raw.len > 0 && mailbox_put_domain(&domain, raw.data) &&
	    strchr(domain.data, '.') != NULL)
		keep_domain(a, domain.data);
	buf_free(&raw);
	buf_free(&domain);
}

/*
 * The field cannot be parsed, so a program may take any of the domains in it
 * for the author's.
 */
static void
keep_all(struct author *a, const char *value)
{
	const char *p = value;

	for (; (p = strchr(p, '@')) != NULL && !a->more; p++)
		keep_behind(a, p + 1);
}

/* "=?utf-8?Q?<a@b>?=": some decode first and read then. Where there is no other
   address they show "=?utf-8?Q?a=40b?=", too. */
static void
keep_encoded(struct author *a, const char *value, bool alone)
{
	struct buf decoded = BUF_INIT;
	const char *open, *at, *close;

	if (strstr(value, "=?") != NULL)
		encoded_put(&decoded, value, strlen(value));
	if (alone && strchr(decoded.data, '@') != NULL) {
		a->status = AUTHOR_BROKEN;
		keep_all(a, decoded.data);
	}
	for (open = decoded.data; (open = strchr(open, '<')) != NULL; open++) {
		at = strpbrk(open + 1, "<@");
		close = strpbrk(open + 1, "<>");
		if (at != NULL && *at == '@' && (close == NULL || at < close))
			keep_behind(a, at + 1);
	}
	buf_free(&decoded);
}

/* "example.org" with a blank of another script behind it, that IDNA does not
   take: no other domain to the eye. */
static bool
has_invisible(const char *domain)
{
	struct buf visible = BUF_INIT;
	bool does = put_visible(&visible, domain, strlen(domain));

	buf_free(&visible);
	return does;
}

/* "=?utf-8?Q?a=40b?=" between two commas is shown as an address. */
static void
keep_word(struct author *a, const char *text)
{
	struct buf decoded = BUF_INIT;

	encoded_put(&decoded, text, strlen(text));
	keep_all(a, decoded.data);
	buf_free(&decoded);
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
		if (mailbox_set(&m, r->text.data) && m.domain != NULL &&
		    !has_invisible(m.domain)) {
			r->author->mailboxes++;
			keep_domain(r->author, m.domain);
		} else {
			r->bad = true;
		}
		mailbox_clear(&m);
	} else if (strstr(r->text.data, "=?") != NULL) {
		keep_word(r->author, r->text.data);
	}
	buf_clear(&r->text);
	r->angle = false;
	r->at_sign = NULL;
}

/* "<" opens the address; the words before it were a name, or should be: an
   address without quotes is shown by some instead. */
static void
open_angle(struct reader *r)
{
	r->bad |= r->angle;
	if (r->at_sign != NULL)
		keep_behind(r->author, r->at_sign + 1);
	r->at_sign = NULL;
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
	if (*r->at == '@' && !r->angle)
		r->at_sign = r->at;
	if (!is_blank(*r->at))
		buf_putc(&r->text, *r->at);
	r->at++;
	return true;
}

/* One From line more. */
static void
read_line(struct author *a, const char *value)
{
	struct reader r = { .at = value, .author = a, .text = BUF_INIT };
	size_t before = a->mailboxes;

	a->lines++;
	while (!r.bad && step(&r))
		;
	if (r.bad) {
		a->status = AUTHOR_BROKEN;
		keep_all(a, value);
		keep_encoded(a, value, true);
	} else {
		keep_encoded(a, value, a->mailboxes == before);
	}
	buf_free(&r.text);
}

/* From lines within another field, for who takes a CR alone for a line end. */
static void
read_hidden(struct author *a, const char *value)
{
	const char *at = value, *colon;
	char *line;

	while ((at = strchr(at, '\r')) != NULL) {
		if (strncasecmp(++at, "From", 4) != 0)
			continue;
		colon = at + 4 + strspn(at + 4, " \t");
		if (*colon != ':')
			continue;
		line = mem_ndup(colon + 1, strcspn(colon + 1, "\r\n"));
		read_line(a, line);
		free(line);
	}
}

void
author_of_text(struct author *a, const char *value)
{
	memset(a, 0, sizeof *a);
	a->status = AUTHOR_NONE;
	read_line(a, value);
}

void
author_of_session(struct author *a, const struct session *s)
{
	size_t i;

	memset(a, 0, sizeof *a);
	a->status = AUTHOR_NONE;
	for (i = 0; i < s->nheaders; i++) {
		if (strcasecmp(s->headers[i].name, "From") == 0)
			read_line(a, s->headers[i].value);
		read_hidden(a, s->headers[i].value);
	}
	if (a->lines != 1)
		a->status = a->lines == 0 ? AUTHOR_MISSING : AUTHOR_SEVERAL;
}

void
author_clear(struct author *a)
{
	size_t i;

	for (i = 0; i < a->ndomains; i++)
		free(a->domains[i]);
	memset(a, 0, sizeof *a);
}
