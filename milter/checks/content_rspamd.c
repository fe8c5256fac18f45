/* content_rspamd - unwanted mail, by rspamd */

#include <string.h>

#include "base/diag.h"
#include "checks/scanners.h"
#include "scanners/rspamd.h"

#define PROXY_PORT 11332	/* of rspamd as shipped */

static const char kind_name[] = "rspamd";

/* More recipients make no difference to it. */
#define RECIPIENTS_MAX 100

struct options {
	struct scanner_options rspamd;	/* first: scanners_*() */
};

#define AT(member) offsetof(struct options, rspamd.member)

static const struct option options[] = {
	SCANNER_OPTIONS("rspamd", AT),
	{ .name = NULL }
};

static void
ready(void *opt, const struct site *site, struct diags *d)
{
	const struct options *o = opt;
	size_t i;

	(void)site;
	for (i = 0; i < o->rspamd.servers.n; i++)
		if (o->rspamd.servers.servers[i].port == PROXY_PORT)
			diags_warn(d, NULL, 0, "content.rspamd: port %d is "
			    "rspamd's proxy, which speaks the milter "
			    "protocol; the worker that scans is at 11333",
			    PROXY_PORT);
	scanners_ready(opt, kind_name);
}

struct note {
	bool begun;
	struct scan scan;
};

static void
clear_note(void *note)
{
	scan_close(&((struct note *)note)->scan);
}

static const struct slot_kind kind = { "content_rspamd",
	sizeof(struct note), SCOPE_MESSAGE, clear_note };

/* A line of HTTP, without what would end it. */
static void
put_field(struct buf *out, const char *name, const char *value)
{
	if (value == NULL)
		return;
	buf_printf(out, "%s: ", name);
	for (; *value != '\0'; value++)
		if ((unsigned char)*value >= ' ' && *value != 127)
			buf_putc(out, *value);
	buf_puts(out, "\r\n");
}

static void
put_envelope(struct buf *out, const struct check_ctx *ctx)
{
	const struct session *s = ctx->session;
	char address[IP_TEXT];
	size_t i, n = 0;

	put_field(out, "IP", ip_format(&s->client, address));
	put_field(out, "Helo", s->helo);
	put_field(out, "Hostname", s->client_name != NULL ? s->client_name :
	    "unknown");
	put_field(out, "From", s->sender.text);
	for (i = 0; i < s->nrecipients && n < RECIPIENTS_MAX; i++)
		if (s->recipients[i].accepted) {
			put_field(out, "Rcpt", s->recipients[i].mailbox.text);
			n++;
		}
	put_field(out, "User", s->login);
	put_field(out, "Queue-Id", s->queue_id);
	put_field(out, "MTA-Name", ctx->site->name);
}

static struct scan *
scan_of(const struct check_ctx *ctx)
{
	const struct options *o = ctx->options;
	struct note *note = slots_get(ctx->slots, &kind);
	struct buf text = BUF_INIT;

	if (note->begun)
		return &note->scan;
	note->begun = true;
	note->scan.errmsg = (struct buf)BUF_INIT;
	put_envelope(&text, ctx);
	rspamd_begin(&note->scan, o->rspamd.scanner, text.data,
	    o->rspamd.timeout, ctx->deadline);
	buf_clear(&text);
	scanners_put_header(&text, ctx->session);
	rspamd_put(&note->scan, text.data, text.len, ctx->deadline);
	buf_free(&text);
	return &note->scan;
}

static void
body(const struct check_ctx *ctx, const char *bytes, size_t n)
{
	rspamd_put(scan_of(ctx), bytes, n, ctx->deadline);
}

static void
end(const struct check_ctx *ctx)
{
	rspamd_end(scan_of(ctx), ctx->deadline);
}

/*
 * A soft reject says with its text what it is about: its greylisting and its
 * rate limits have reasons of their own.
 */
static enum reason_id
reason_of(const struct rspamd_verdict *v)
{
	if (v->action == RSPAMD_GREYLIST ||
	    strcasestr(v->message.data, "greylist") != NULL)
		return REASON_GREYLISTED;
	if (strcasestr(v->message.data, "ratelimit") != NULL ||
	    strcasestr(v->message.data, "rate limit") != NULL)
		return REASON_RATE_LIMITED;
	return REASON_SPAM_CONTENT;
}

static void
report(const struct check_ctx *ctx, struct findings *found,
    const struct rspamd_verdict *v)
{
	static const enum action max[] = {
		[RSPAMD_GREYLIST] = ACTION_TEMPFAIL,
		[RSPAMD_MARK] = ACTION_MARK,
		[RSPAMD_SOFT_REJECT] = ACTION_TEMPFAIL,
		[RSPAMD_REJECT] = ACTION_REJECT,
	};
	enum reason_id reason = v->action == RSPAMD_SOFT_REJECT ||
	    v->action == RSPAMD_GREYLIST ? reason_of(v) :
	    REASON_SPAM_CONTENT;
	struct finding *f = check_found(ctx, found, reason);

	f->max = max[v->action];
	scanners_say_score(f, EVIDENCE_SCORE, v->score);
	scanners_say_score(f, EVIDENCE_LIMIT, v->limit);
	finding_say(f, EVIDENCE_SCANNER, kind_name);
	finding_say(f, EVIDENCE_DETAIL, v->symbols.data);
	if (v->message.len > 0)
		finding_say(f, EVIDENCE_TEXT, v->message.data);
}

static void
run(const struct check_ctx *ctx, struct findings *found)
{
	const struct options *o = ctx->options;
	struct rspamd_verdict v = { .symbols = BUF_INIT, .message = BUF_INIT };
	struct scan *scan = scan_of(ctx);

	switch (rspamd_verdict(scan, &v)) {
	case SCAN_CLEAN:
	case SCAN_UNSCANNABLE:
		break;
	case SCAN_FOUND:
		report(ctx, found, &v);
		break;
	case SCAN_TEMPFAIL:
		scanners_unavailable(ctx, found, &o->rspamd, kind_name,
		    scan->errmsg.data);
		break;
	}
	buf_free(&v.symbols);
	buf_free(&v.message);
}

static const int reasons[] = { REASON_SPAM_CONTENT, REASON_GREYLISTED,
	REASON_RATE_LIMITED, REASON_SCANNER_UNAVAILABLE, REASON_NONE };

const struct check check_content_rspamd = {
	.name = "content_rspamd",
	.section = "content",
	.stages = STAGE_BIT(STAGE_MESSAGE),
	.issued_at = STAGE_RCPT,
	.softens = true,
	.needs = CHECK_NEEDS_HEADERS | CHECK_NEEDS_BODY,
	.reasons = reasons,
	.options = options,
	.options_size = sizeof(struct options),
	.ready = ready,
	.done = scanners_done,
	.active = scanners_active,
	.body = body,
	.end = end,
	.run = run
};
