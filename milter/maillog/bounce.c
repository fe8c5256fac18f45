/* bounce - the replies in a bounce message */

#include "maillog/bounce.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "maillog/bounce_text.h"

/* Fields of a message: a name, a colon, and not many words before it. */
static bool
is_field(const char *p, const char *end)
{
	const char *from = p;

	while (p < end && (isalnum((unsigned char)*p) || *p == '-'))
		p++;
	return p > from && p < end && *p == ':' && p - from < 60;
}

bool
bounce_is_message(const char *text, size_t n)
{
	const char *end = text + n, *line = text, *next;
	int fields = 0;

	if (n > 5 && memcmp(text, "From ", 5) == 0)
		return true;
	for (; line < end && fields < 2; line = next + 1) {
		next = memchr(line, '\n', (size_t)(end - line));
		if (next == NULL)
			break;
		if (*line == ' ' || *line == '\t')
			continue;
		if (!is_field(line, next))
			break;
		fields++;
	}
	return fields == 2 || bounce_text_begins(text, n);
}

/* What is gathered of one recipient. */
struct group {
	struct buf recipient, status, diagnostic, server;
	struct buf *open;	/* the field that a folded line goes on with */
	bounce_fn *each;
	void *arg;
	size_t stated;
};

static void
clear(struct group *g)
{
	buf_clear(&g->recipient);
	buf_clear(&g->status);
	buf_clear(&g->diagnostic);
	buf_clear(&g->server);
	g->open = NULL;
}

/* Passes on what was gathered; a group without a failure is skipped. */
static void
tell(struct group *g)
{
	struct buf reply = BUF_INIT;

	if (g->recipient.len > 0 && g->stated < BOUNCE_MAX &&
	    (g->diagnostic.len > 0 || (g->status.len > 0 &&
	    g->status.data[0] != '2'))) {
		if (g->diagnostic.len > 0 && g->status.len > 0 &&
		    strstr(g->diagnostic.data, g->status.data) == NULL &&
		    !isdigit((unsigned char)g->diagnostic.data[0]))
			buf_printf(&reply, "%s ", g->status.data);
		buf_puts(&reply, g->diagnostic.len > 0 ? g->diagnostic.data :
		    g->status.data);
		g->each(g->arg, &(struct bounce_reply){ g->recipient.data,
		    reply.data, g->server.data });
		g->stated++;
	}
	buf_free(&reply);
	clear(g);
}

/* "rfc822; a@b" is "a@b". */
static void
put_value(struct buf *to, const char *p, const char *end)
{
	const char *type = memchr(p, ';', (size_t)(end - p));

	if (type != NULL && type - p < 20 &&
	    memchr(p, '@', (size_t)(type - p)) == NULL)
		p = type + 1;
	while (p < end && isspace((unsigned char)*p))
		p++;
	while (end > p && isspace((unsigned char)end[-1]))
		end--;
	buf_clear(to);
	buf_put(to, p, (size_t)(end - p));
}

static bool
is_named(const char *line, const char *end, const char *name)
{
	size_t n = strlen(name);

	return (size_t)(end - line) > n && strncasecmp(line, name, n) == 0 &&
	    line[n] == ':';
}

static void
take_field(struct group *g, const char *line, const char *end)
{
	static const char *const names[] = { "Final-Recipient", "Status",
		"Diagnostic-Code", "Remote-MTA" };
	struct buf *const into[] = { &g->recipient, &g->status, &g->diagnostic,
		&g->server };
	size_t i;

	g->open = NULL;
	for (i = 0; i < sizeof names / sizeof names[0]; i++)
		if (is_named(line, end, names[i])) {
			put_value(into[i], line + strlen(names[i]) + 1, end);
			g->open = into[i];
		}
}

/* A folded line goes on with the field before it. */
static void
go_on(struct group *g, const char *line, const char *end)
{
	while (line < end && isspace((unsigned char)*line))
		line++;
	while (end > line && isspace((unsigned char)end[-1]))
		end--;
	if (g->open == NULL || g->open->len > 8000)
		return;
	buf_putc(g->open, ' ');
	buf_put(g->open, line, (size_t)(end - line));
}

/* The fields of a delivery status (RFC 3464 2.3), wherever they stand. */
static size_t
read_status(const char *text, const char *end, bounce_fn *each, void *arg)
{
	struct group g = { BUF_INIT, BUF_INIT, BUF_INIT, BUF_INIT, NULL, each,
		arg, 0 };
	const char *line = text, *next;

	for (; line < end; line = next + 1) {
		next = memchr(line, '\n', (size_t)(end - line));
		if (next == NULL)
			next = end;
		if (next == line || *line == '\r')
			tell(&g);
		else if (*line == ' ' || *line == '\t')
			go_on(&g, line, next);
		else
			take_field(&g, line, next);
	}
	tell(&g);
	buf_free(&g.recipient);
	buf_free(&g.status);
	buf_free(&g.diagnostic);
	buf_free(&g.server);
	return g.stated;
}

size_t
bounce_read(const char *text, size_t n, bounce_fn *each, void *arg)
{
	struct buf plain = BUF_INIT;
	size_t stated, i;

	bounce_text_own(text, n, &plain);
	for (i = 0; i < plain.len; i++)
		if (plain.data[i] == '\0')
			plain.data[i] = ' ';
	stated = read_status(plain.data, plain.data + plain.len, each, arg);
	if (stated == 0)
		stated = bounce_text_read(plain.data, plain.len, each, arg);
	buf_free(&plain);
	return stated;
}
