/* scanners - what content_clamd, content_spamd and content_rspamd share */

#include "checks/scanners.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/mem.h"
#include "words/reason.h"

const char *const scanners_failure_words[] = { "defer", "mark", "pass", NULL };

bool
scanners_parse(void *base, void *slot, const char *value, struct buf *errmsg)
{
	struct scanners *list = slot;
	struct sock_spec spec;

	(void)base;
	if (!sock_spec_parse(value, &spec, errmsg))
		return false;
	if (spec.kind == SOCK_KIND_FD) {
		buf_printf(errmsg, "\"%.60s\" is no socket to connect to",
		    value);
		return false;
	}
	list->servers = mem_room(list->servers, list->n, &list->cap,
	    sizeof *list->servers);
	list->servers[list->n++] = spec;
	return true;
}

void
scanners_free(void *slot)
{
	struct scanners *list = slot;

	free(list->servers);
	memset(list, 0, sizeof *list);
}

void
scanners_ready(void *options, const char *kind)
{
	struct scanner_options *o = options;

	if (o->servers.n > 0)
		o->scanner = scanner_new(kind, o->servers.servers,
		    o->servers.n);
}

void
scanners_done(void *options)
{
	const struct scanner_options *o = options;

	scanner_free(o->scanner);
}

bool
scanners_active(const void *options, const struct site *site)
{
	const struct scanner_options *o = options;

	(void)site;
	return o->scanner != NULL;
}

void
scanners_put_header(struct buf *out, const struct session *s)
{
	size_t i;

	for (i = 0; i < s->nheaders; i++) {
		buf_puts(out, s->headers[i].name);
		buf_puts(out, ": ");
		buf_puts(out, s->headers[i].value);
		buf_puts(out, "\r\n");
	}
	buf_puts(out, "\r\n");
}

/* One word: nothing that would end the field or the comment. */
static void
put_word(struct buf *out, const char *text)
{
	if (text == NULL || *text == '\0')
		text = "unknown";
	for (; *text != '\0'; text++)
		buf_putc(out, *text > ' ' && *text < 127 &&
		    strchr("()[];\\\"", *text) == NULL ? *text : '_');
}

void
scanners_put_received(struct buf *out, const struct session *s,
    const struct site *site)
{
	char address[IP_TEXT], date[64];
	time_t now = time(NULL);
	struct tm tm;

	gmtime_r(&now, &tm);
	strftime(date, sizeof date, "%a, %d %b %Y %H:%M:%S +0000", &tm);
	buf_puts(out, "Received: from ");
	put_word(out, s->helo);
	buf_puts(out, " (");
	put_word(out, s->client_name);
	buf_printf(out, " [%s%s])", ip_is_v4(&s->client) ? "" : "IPv6:",
	    ip_format(&s->client, address));
	buf_puts(out, "\r\n\tby ");
	put_word(out, site->name);
	buf_printf(out, " with %s", s->login != NULL ? "ESMTPSA" : "ESMTP");
	if (s->queue_id != NULL) {
		buf_puts(out, " id ");
		put_word(out, s->queue_id);
	}
	buf_printf(out, ";\r\n\t%s\r\n", date);
}

/* None answered: a deferral, or what the options make of it. */
static void
unavailable(const struct check_ctx *ctx, struct findings *found,
    const char *kind, const char *errmsg)
{
	const struct scanner_options *o = ctx->options;
	struct finding *f = check_found(ctx, found,
	    REASON_SCANNER_UNAVAILABLE);

	finding_say(f, EVIDENCE_SCANNER, kind);
	finding_say(f, EVIDENCE_DETAIL, errmsg);
	switch ((enum scanners_failure)o->failure) {
	case SCANNERS_DEFER:
		break;
	case SCANNERS_MARK:
		f->max = ACTION_MARK;
		break;
	case SCANNERS_PASS:
		f->max = ACTION_NOTE;
		break;
	}
}

void
scanners_clear_note(void *note)
{
	scan_close(&((struct scanner_note *)note)->scan);
}

static struct scanner_note *
note_of(const struct check_ctx *ctx)
{
	const struct scanner_kind *kind = ctx->check->variant;
	struct scanner_note *note = slots_get(ctx->slots, &kind->slot);

	if (note->begun)
		return note;
	note->begun = true;
	note->scan.errmsg = (struct buf)BUF_INIT;
	note->skipped = kind->may_scan != NULL && !kind->may_scan(ctx);
	if (!note->skipped)
		kind->begin(ctx, &note->scan);
	return note;
}

void
scanners_body(const struct check_ctx *ctx, const char *bytes, size_t n)
{
	const struct scanner_kind *kind = ctx->check->variant;
	struct scanner_note *note = note_of(ctx);

	if (!note->skipped && kind->may_scan != NULL && !kind->may_scan(ctx)) {
		note->skipped = true;
		scan_close(&note->scan);
	}
	if (!note->skipped)
		kind->put(&note->scan, bytes, n, ctx->deadline);
}

void
scanners_end(const struct check_ctx *ctx)
{
	const struct scanner_kind *kind = ctx->check->variant;
	struct scanner_note *note = note_of(ctx);

	if (!note->skipped)
		kind->end(&note->scan, ctx->deadline);
}

void
scanners_run(const struct check_ctx *ctx, struct findings *found)
{
	const struct scanner_kind *kind = ctx->check->variant;
	struct scanner_note *note = note_of(ctx);

	if (!note->skipped &&
	    kind->verdict(ctx, found, &note->scan) == SCAN_TEMPFAIL)
		unavailable(ctx, found, kind->name, note->scan.errmsg.data);
}

void
scanners_say_score(struct finding *f, enum evidence_key key, double score)
{
	char text[40];

	snprintf(text, sizeof text, "%.1f", score);
	finding_say(f, key, text);
}
