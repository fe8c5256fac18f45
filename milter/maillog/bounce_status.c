/* bounce_status - the fields of a delivery status */

#include "maillog/bounce_status.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/mem.h"

#define VALUE_MAX 8000

enum { RECIPIENT, ORIGINAL, ACTION, STATUS, DIAGNOSTIC, SERVER, FIELDS };

static const char *const names[FIELDS] = { "Final-Recipient",
	"Original-Recipient", "Action", "Status", "Diagnostic-Code",
	"Remote-MTA" };

/* What is gathered of one recipient. */
struct group {
	struct buf field[FIELDS];
	struct buf *open;	/* the field that a folded line goes on with */
};

static void
clear(struct group *g)
{
	size_t i;

	for (i = 0; i < FIELDS; i++)
		buf_clear(&g->field[i]);
	g->open = NULL;
}

static void
keep(struct bounce_statuses *s, struct group *g, size_t max)
{
	struct buf *recipient = &g->field[g->field[RECIPIENT].len > 0 ?
	    RECIPIENT : ORIGINAL];

	if (recipient->len > 0 && s->n < max && (g->field[STATUS].len > 0 ||
	    g->field[DIAGNOSTIC].len > 0 || g->field[ACTION].len > 0)) {
		s->list = mem_room(s->list, s->n, &s->cap, sizeof *s->list);
		s->list[s->n++] = (struct bounce_status){
			mem_dup(recipient->data),
			mem_dup(g->field[ACTION].data),
			mem_dup(g->field[STATUS].data),
			mem_dup(g->field[DIAGNOSTIC].data),
			mem_dup(g->field[SERVER].data) };
	}
	clear(g);
}

/* "rfc822; a@b" is "a@b", "<a@b>" too; a comment behind a status goes. */
static void
put_value(struct buf *to, size_t field, const char *p, const char *end)
{
	const char *type = memchr(p, ';', (size_t)(end - p));

	if (type != NULL && type - p < 20 &&
	    memchr(p, '@', (size_t)(type - p)) == NULL)
		p = type + 1;
	while (p < end && isspace((unsigned char)*p))
		p++;
	while (end > p && isspace((unsigned char)end[-1]))
		end--;
	if (field == STATUS)
		end = p + strspn(p, "0123456789.");
	else if (field <= ORIGINAL && end - p > 1 && *p == '<' &&
	    end[-1] == '>')
		p++, end--;
	buf_clear(to);
	buf_put(to, p, (size_t)(end - p));
}

static void
take_field(struct group *g, const char *line, const char *end)
{
	size_t i, n;

	g->open = NULL;
	for (i = 0; i < FIELDS; i++) {
		n = strlen(names[i]);
		if ((size_t)(end - line) <= n || line[n] != ':' ||
		    strncasecmp(line, names[i], n) != 0)
			continue;
		put_value(&g->field[i], i, line + n + 1, end);
		g->open = &g->field[i];
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
	if (g->open == NULL || g->open->len > VALUE_MAX)
		return;
	if (g->open->len > 0)
		buf_putc(g->open, ' ');
	buf_put(g->open, line, (size_t)(end - line));
}

static bool
is_empty(const char *line, const char *end)
{
	while (line < end && isspace((unsigned char)*line))
		line++;
	return line == end;
}

bool
bounce_statuses_read(struct bounce_statuses *s, const char *text, size_t n,
    size_t max)
{
	struct group g = { .open = NULL };
	const char *line = text, *end = text + n, *next;
	size_t before = s->n, i;

	for (i = 0; i < FIELDS; i++)
		g.field[i] = (struct buf)BUF_INIT;
	for (; line < end; line = next < end ? next + 1 : end) {
		next = memchr(line, '\n', (size_t)(end - line));
		if (next == NULL)
			next = end;
		while (next - line > 1 && line[0] == '>' && line[1] == ' ')
			line += 2;
		if (is_empty(line, next))
			keep(s, &g, max);
		else if (*line == ' ' || *line == '\t')
			go_on(&g, line, next);
		else
			take_field(&g, line, next);
	}
	keep(s, &g, max);
	for (i = 0; i < FIELDS; i++)
		buf_free(&g.field[i]);
	return s->n > before;
}

bool
bounce_status_delivered(const struct bounce_status *s)
{
	static const char *const good[] = { "delivered", "relayed",
		"expanded" };
	size_t i;

	for (i = 0; i < sizeof good / sizeof good[0]; i++)
		if (strncasecmp(s->action, good[i], strlen(good[i])) == 0)
			return true;
	return *s->action == '\0' && *s->status == '2';
}

void
bounce_statuses_free(struct bounce_statuses *s)
{
	size_t i;

	for (i = 0; i < s->n; i++) {
		free(s->list[i].recipient);
		free(s->list[i].action);
		free(s->list[i].status);
		free(s->list[i].diagnostic);
		free(s->list[i].server);
	}
	free(s->list);
	*s = (struct bounce_statuses){ .list = NULL };
}
