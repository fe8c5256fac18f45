/* bounce_part - a bounce message taken apart */

#include "maillog/bounce_part.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "maillog/bounce_text.h"
#include "mime/mime.h"

#define PARTS_MAX 256
#define TEXT_MAX (1 << 20)	/* of a text for people that is read */

/* How deep in attached messages each part lies; what is deeper is not read. */
struct taker {
	struct bounce_parts *parts;
	unsigned char depth[PARTS_MAX];
	bool plain[2];		/* a text/plain was there */
};

static bool
is_message(const char *type)
{
	return strcmp(type, "message/rfc822") == 0 ||
	    strcmp(type, "message/global") == 0;
}

static void
begin(struct taker *t, const struct mime_part *part)
{
	unsigned char depth;

	if (part->number >= PARTS_MAX)
		return;
	depth = part->within > 0 && part->within < PARTS_MAX ?
	    t->depth[part->within] : 0;
	/* Its parts lie one deeper; a message within is such a part. */
	if (is_message(part->type) && part->number > 1 && depth < 9)
		depth++;
	t->depth[part->number] = depth;
	if (strcmp(part->type, "message/feedback-report") == 0 && depth == 0)
		t->parts->feedback = true;
	if (strcmp(part->type, "multipart/report") == 0 && depth == 0)
		t->parts->report = true;
}

static void
put(struct buf *to, const char *bytes, size_t n)
{
	if (to->len < TEXT_MAX)
		buf_put(to, bytes, n);
}

static void
take_text(struct taker *t, struct bounce_layer *layer, unsigned depth,
    const struct mime_event *e)
{
	bool plain = strcmp(e->part->type, "text/html") != 0;

	if (strcmp(e->part->type, "text/rfc822-headers") == 0 ||
	    (!plain && t->plain[depth]))
		return;
	if (plain && layer->html)
		buf_clear(&layer->text);
	layer->html = !plain;
	t->plain[depth] = t->plain[depth] || plain;
	put(&layer->text, e->bytes, e->n);
}

static void
reported(void *arg, const struct mime_event *e)
{
	const struct mime_part *part = e->part;
	struct taker *t = arg;
	struct bounce_layer *layer;
	unsigned depth;

	if (e->what == MIME_BEGIN)
		begin(t, part);
	if (part->number >= PARTS_MAX || t->depth[part->number] > 1 ||
	    part->container)
		return;
	depth = t->depth[part->number];
	layer = depth == 0 ? &t->parts->own : &t->parts->inner;
	if (e->what == MIME_TEXT)
		take_text(t, layer, depth, e);
	else if (e->what == MIME_BYTES &&
	    (strcmp(part->type, "message/delivery-status") == 0 ||
	    strcmp(part->type, "message/global-delivery-status") == 0))
		put(&layer->status, e->bytes, e->n);
	else if (e->what == MIME_END && layer->text.len > 0)
		buf_puts(&layer->text, "\n\n");
	if (e->what == MIME_END && layer->status.len > 0)
		buf_puts(&layer->status, "\n\n");
}

static bool
has(const char *text, const char *word)
{
	return strcasestr(text, word) != NULL;
}

/* Is it from a program that reports, by this field? */
static bool
is_report_field(const char *name, const char *value)
{
	static const char *const words[] = { "mailer-daemon", "postmaster",
		"mail delivery", "undeliver", "unzustellbar", "returned mail",
		"delivery status", "delivery fail", "failure notice",
		"failed delivery", "delivery has failed", "non remis",
		"couldn't be delivered", "could not be delivered",
		"delivery notification", "no se pudo entregar" };
	size_t i;

	if (strcasecmp(name, "Return-Path") == 0)
		return strstr(value, "<>") != NULL;
	if (strcasecmp(name, "Auto-Submitted") == 0)
		return has(value, "auto-replied");
	if (strcasecmp(name, "From") != 0 && strcasecmp(name, "Subject") != 0)
		return false;
	for (i = 0; i < sizeof words / sizeof words[0]; i++)
		if (has(value, words[i]))
			return true;
	return false;
}

static void
take_field(struct bounce_parts *p, struct mime *m, const char *name,
    const char *value)
{
	mime_header(m, name, value);
	p->report = p->report || is_report_field(name, value);
	if (strcasecmp(name, "X-Failed-Recipients") == 0)
		buf_puts(&p->failed, value);
}

/* Hands over the fields up to the first empty line; returns what follows. */
static const char *
read_header(struct bounce_parts *p, struct mime *m, const char *line,
    const char *end)
{
	struct buf name = BUF_INIT, value = BUF_INIT;
	const char *next, *colon;

	for (; line < end; line = next < end ? next + 1 : end) {
		next = memchr(line, '\n', (size_t)(end - line));
		if (next == NULL)
			next = end;
		if (*line == ' ' || *line == '\t') {
			if (name.len > 0)
				buf_put(&value, line, (size_t)(next - line));
			continue;
		}
		if (name.len > 0)
			take_field(p, m, name.data, value.data);
		buf_clear(&name);
		buf_clear(&value);
		if (next == line || *line == '\r')
			break;
		colon = memchr(line, ':', (size_t)(next - line));
		if (colon == NULL)
			continue;
		buf_put(&name, line, (size_t)(colon - line));
		buf_put(&value, colon + 1, (size_t)(next - colon - 1));
	}
	if (name.len > 0)
		take_field(p, m, name.data, value.data);
	buf_free(&name);
	buf_free(&value);
	return line;
}

/* Up to the message that came back. */
static void
put_raw(struct buf *out, const char *p, const char *end)
{
	static const char *const types[] = { "Content-Type: message/rfc822",
		"Content-Type: text/rfc822-headers" };
	const char *at;
	size_t i;

	for (i = 0; i < sizeof types / sizeof types[0]; i++) {
		at = memmem(p, (size_t)(end - p), types[i], strlen(types[i]));
		if (at != NULL)
			end = at;
	}
	put(out, p, (size_t)(end - p));
}

/* Lines of some end in CR alone. */
static void
put_lines(struct buf *out, const char *text, size_t n)
{
	size_t i;

	buf_put(out, text, n);
	for (i = 0; i + 1 < n; i++)
		if (text[i] == '\r' && text[i + 1] != '\n')
			out->data[i] = '\n';
}

void
bounce_parts_read(struct bounce_parts *p, const char *text, size_t n)
{
	struct taker t = { .parts = p };
	struct mime *m = mime_new(reported, &t);
	struct buf lines = BUF_INIT;
	const char *end, *body;

	put_lines(&lines, text, n);
	body = text = lines.data;
	end = text + n;

	p->own = p->inner = (struct bounce_layer){ BUF_INIT, BUF_INIT, false };
	p->failed = (struct buf)BUF_INIT;
	if (!bounce_text_begins(text, n))
		body = read_header(p, m, text, end);
	else
		p->report = true;
	mime_headers_end(m, false);
	mime_body(m, body, (size_t)(end - body));
	mime_end(m);
	mime_free(m);
	/* A multipart whose parts cannot be found is read as it stands. */
	if (p->own.text.len == 0 && p->own.status.len == 0)
		put_raw(&p->own.text, body, end);
	buf_free(&lines);
}

void
bounce_parts_free(struct bounce_parts *p)
{
	buf_free(&p->own.status);
	buf_free(&p->own.text);
	buf_free(&p->inner.status);
	buf_free(&p->inner.text);
	buf_free(&p->failed);
}
