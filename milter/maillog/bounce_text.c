/* bounce_text - bounces without a machine part */

#include "maillog/bounce_text.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/mem.h"

static const char *const beginnings[] = {
	"Hi. This is the",
	"This message was created automatically by mail delivery",
	"Your message did not reach some or all",
	"Delivery has failed to these recipients",
	"Your message could not be delivered",
	"Your message couldn't be delivered",
	"This is the mail system at host",
	"The following addresses had permanent",
	"   ----- The following addresses",
	"A message that you sent could not be delivered",
	"I'm sorry to have to inform you",
	"Undeliverable:",
};

/* What begins the message that came back. */
static const char *const endings[] = {
	"Content-Type: message/rfc822",
	"Content-Type: text/rfc822-headers",
	"--- Below this line is a copy of the message",
	"------ This is a copy of the message",
	"------ This is a copy of your message",
	"   ----- Original message follows",
	"   ----- Message header follows",
	"--- Enclosed are the original headers",
	"Original message headers:",
};

static bool
starts(const char *p, const char *end, const char *with)
{
	size_t n = strlen(with);

	return (size_t)(end - p) >= n && strncasecmp(p, with, n) == 0;
}

static bool
starts_one(const char *p, const char *end, const char *const *list, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (starts(p, end, list[i]))
			return true;
	return false;
}

bool
bounce_text_begins(const char *text, size_t n)
{
	return starts_one(text, text + n, beginnings,
	    sizeof beginnings / sizeof beginnings[0]);
}

static int
hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/* One line of quoted-printable; true: it goes on with the next. */
static bool
put_quoted(struct buf *out, const char *p, const char *end)
{
	while (end > p && (end[-1] == ' ' || end[-1] == '\r'))
		end--;
	for (; p < end; p++) {
		if (*p != '=')
			buf_putc(out, *p);
		else if (p + 1 == end)
			return true;
		else if (end - p > 2 && hex(p[1]) >= 0 && hex(p[2]) >= 0) {
			buf_putc(out, (char)(hex(p[1]) * 16 + hex(p[2])));
			p += 2;
		} else
			buf_putc(out, *p);
	}
	return false;
}

void
bounce_text_own(const char *text, size_t n, struct buf *out)
{
	const char *end = text + n, *line = text, *next;
	bool quoted = false;

	for (; line < end; line = next + 1) {
		next = memchr(line, '\n', (size_t)(end - line));
		if (next == NULL)
			next = end;
		if (starts_one(line, next, endings,
		    sizeof endings / sizeof endings[0]))
			return;
		if (starts(line, next, "Content-Transfer-Encoding:"))
			quoted = memmem(line, (size_t)(next - line),
			    "uoted-", 6) != NULL;
		else if (starts(line, next, "Content-Type:"))
			quoted = false;
		if (quoted) {
			if (put_quoted(out, line, next))
				continue;
		} else
			buf_put(out, line, (size_t)(next - line));
		buf_putc(out, '\n');
	}
}

/* What is known of one recipient; both belong to it. */
struct parsed_record {
	char *recipient, *reply;
	bool quoted;		/* the words of a server, not of the writer */
};

/* A bounce in plain words, as it is read line by line. */
struct reader {
	struct buf recipient, reply;
	bool quoted;
	struct parsed_record stated[BOUNCE_MAX];
	size_t n;
};

/* The end of a paragraph: its reply is kept. */
static void
keep(struct reader *r)
{
	if (r->reply.len > 0 && r->n < BOUNCE_MAX) {
		r->stated[r->n].recipient = mem_dup(r->recipient.data);
		r->stated[r->n].quoted = r->quoted;
		r->stated[r->n++].reply = buf_steal(&r->reply);
		if (r->quoted)
			buf_clear(&r->recipient);
	}
	buf_clear(&r->reply);
	r->quoted = false;
}

static void
add(struct reader *r, const char *p, const char *end)
{
	if (r->reply.len > 8000)
		return;
	if (r->reply.len > 0)
		buf_putc(&r->reply, ' ');
	buf_put(&r->reply, p, (size_t)(end - p));
}

/* "<a@b>:", "a@b", "a@b<mailto:a@b>": a line that names who is meant. */
static bool
take_recipient(struct reader *r, const char *p, const char *end)
{
	const char *from, *at = memchr(p, '@', (size_t)(end - p));
	bool bracket;

	if (at == NULL)
		return false;
	bracket = *p == '<';
	p += bracket;
	from = p;
	while (p < end && !isspace((unsigned char)*p) && *p != '>' &&
	    *p != '<' && *p != '(' && (*p != ':' || p + 1 < end))
		p++;
	if (p > from && p[-1] == ':')
		p--;
	if (at < from || at >= p)
		return false;
	while (p < end && (*p == '>' || *p == ':'))
		p++;
	if (p < end && *p != '<' && *p != '(' && *p != ' ')
		return false;
	if (p < end && *p == ' ' && !bracket)
		return false;
	keep(r);
	buf_clear(&r->recipient);
	buf_put(&r->recipient, from, strcspn(from, ">:<( \r\n"));
	return true;
}

static bool
is_code(const char *p, const char *end)
{
	return end - p >= 3 && (*p == '4' || *p == '5') &&
	    isdigit((unsigned char)p[1]) && isdigit((unsigned char)p[2]) &&
	    (end - p == 3 || p[3] == ' ' || p[3] == '-');
}

/* "Remote Server returned '550 5.1.1 …'", "#550 5.1.1 …##", "said: 550 …" */
static const char *
find_quoted(const char *p, const char *end)
{
	static const char *const signs[] = { " returned '", "said: ",
		" returned \"", "#< #", "<<< ", "error was: ", "#" };
	const char *at;
	size_t i;

	for (i = 0; i < sizeof signs / sizeof signs[0]; i++) {
		at = memmem(p, (size_t)(end - p), signs[i], strlen(signs[i]));
		if (at == NULL)
			continue;
		at += strlen(signs[i]);
		if (is_code(at, end) || (*signs[i] == '#' && signs[i][1] !=
		    '\0' && end - at > 4 && at[1] == '.'))
			return at;
	}
	return is_code(p, end) ? p : NULL;
}

static void
take_line(struct reader *r, const char *p, const char *end)
{
	const char *reply;

	while (p < end && isspace((unsigned char)*p))
		p++;
	while (end > p && isspace((unsigned char)end[-1]))
		end--;
	if (p == end || starts(p, end, "Giving up on")) {
		keep(r);
		return;
	}
	if (take_recipient(r, p, end))
		return;
	reply = find_quoted(p, end);
	if (reply != NULL) {
		if (!r->quoted)
			buf_clear(&r->reply);
		while (end > reply && strchr("'\"#>", end[-1]) != NULL)
			end--;
		r->quoted = true;
		add(r, reply, end);
	} else if (r->quoted || r->recipient.len > 0)
		add(r, p, end);
}

/* Is there something better of the same recipient, or the same before? */
static bool
is_spare(const struct reader *r, size_t i)
{
	size_t k;

	for (k = 0; k < r->n; k++)
		if (k != i && strcasecmp(r->stated[k].recipient,
		    r->stated[i].recipient) == 0 && (r->stated[k].quoted >
		    r->stated[i].quoted || (r->stated[k].quoted ==
		    r->stated[i].quoted && k < i)))
			return true;
	return false;
}

static size_t
tell(struct reader *r, bounce_fn *each, void *arg)
{
	size_t i, stated = 0;

	for (i = 0; i < r->n; i++) {
		if (is_spare(r, i))
			continue;
		each(arg, &(struct bounce_reply){ r->stated[i].recipient,
		    r->stated[i].reply, "" });
		stated++;
	}
	for (i = 0; i < r->n; i++) {
		free(r->stated[i].recipient);
		free(r->stated[i].reply);
	}
	buf_free(&r->recipient);
	buf_free(&r->reply);
	return stated;
}

size_t
bounce_text_read(const char *text, size_t n, bounce_fn *each, void *arg)
{
	struct reader r = { .recipient = BUF_INIT, .reply = BUF_INIT };
	const char *body = memmem(text, n, "\n\n", 2);
	const char *line = text, *end = text + n, *next;

	/* The header of the bounce itself says nothing. */
	if (body != NULL && !bounce_text_begins(text, n))
		line = body + 2;
	for (; line < end; line = next + 1) {
		next = memchr(line, '\n', (size_t)(end - line));
		if (next == NULL)
			next = end;
		take_line(&r, line, next);
	}
	keep(&r);
	return tell(&r, each, arg);
}
