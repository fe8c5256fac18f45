/* content_spamd - unwanted mail, by SpamAssassin's spamd */

#include "checks/scanners.h"
#include "scanners/spamd.h"

static const char kind_name[] = "spamd";

struct options {
	struct scanner_options spamd;	/* first: scanners_*() */
	char *user;
	long long max_size;	/* larger messages are not shown to it */
	long long reject;	/* a lower score only marks */
};

#define AT(member) offsetof(struct options, spamd.member)

static const struct option options[] = {
	SCANNER_OPTIONS("spamd", AT),
	{ .name = "spamd-user", .type = OPTION_TEXT,
	    .offset = offsetof(struct options, user),
	    .help = "whose settings spamd takes; unset: its own" },
	{ .name = "spamd-max-size", .type = OPTION_SIZE,
	    .offset = offsetof(struct options, max_size),
	    .default_value = "512k", .min = 1024, .max = 1LL << 40,
	    .help = "larger messages pass without it" },
	{ .name = "spamd-reject", .type = OPTION_INT,
	    .offset = offsetof(struct options, reject),
	    .default_value = "15", .min = 1, .max = 10000,
	    .help = "spam below this score only gets a mark" },
	{ .name = NULL }
};

static void
ready(void *opt, const struct site *site, struct diags *d)
{
	(void)site;
	(void)d;
	scanners_ready(opt, kind_name);
}

struct note {
	bool begun;
	bool large;		/* it was ended: larger than spamd shall see */
	struct scan scan;
};

static void
clear_note(void *note)
{
	scan_close(&((struct note *)note)->scan);
}

static const struct slot_kind kind = { "content_spamd",
	sizeof(struct note), SCOPE_MESSAGE, clear_note };

static void
begin(const struct check_ctx *ctx, struct note *note)
{
	const struct options *o = ctx->options;
	struct buf header = BUF_INIT;

	note->begun = true;
	note->scan.errmsg = (struct buf)BUF_INIT;
	note->large = ctx->session->declared_size > o->max_size;
	if (note->large)
		return;
	spamd_begin(&note->scan, o->spamd.scanner, o->user, o->spamd.timeout,
	    ctx->deadline);
	scanners_put_received(&header, ctx->session, ctx->site);
	scanners_put_header(&header, ctx->session);
	scan_write(&note->scan, header.data, header.len, ctx->deadline);
	buf_free(&header);
}

static struct note *
note_of(const struct check_ctx *ctx)
{
	struct note *note = slots_get(ctx->slots, &kind);

	if (!note->begun)
		begin(ctx, note);
	return note;
}

static void
body(const struct check_ctx *ctx, const char *bytes, size_t n)
{
	const struct options *o = ctx->options;
	struct note *note = note_of(ctx);

	if (!note->large && session_size(ctx->session) > o->max_size) {
		note->large = true;
		scan_close(&note->scan);
	}
	if (!note->large)
		scan_write(&note->scan, bytes, n, ctx->deadline);
}

static void
end(const struct check_ctx *ctx)
{
	struct note *note = note_of(ctx);

	if (!note->large)
		spamd_end(&note->scan);
}

static void
report(const struct check_ctx *ctx, struct findings *found,
    const struct spamd_verdict *v)
{
	const struct options *o = ctx->options;
	struct finding *f = check_found(ctx, found, REASON_SPAM_CONTENT);

	if (v->score < (double)o->reject)
		f->max = ACTION_MARK;
	scanners_say_score(f, EVIDENCE_SCORE, v->score);
	scanners_say_score(f, EVIDENCE_LIMIT, v->limit);
	finding_say(f, EVIDENCE_SCANNER, kind_name);
	finding_say(f, EVIDENCE_DETAIL, v->symbols.data);
}

static void
run(const struct check_ctx *ctx, struct findings *found)
{
	const struct options *o = ctx->options;
	struct note *note = note_of(ctx);
	struct spamd_verdict v = { .symbols = BUF_INIT };

	if (note->large)
		return;
	switch (spamd_verdict(&note->scan, &v)) {
	case SCAN_CLEAN:
	case SCAN_UNSCANNABLE:
		break;
	case SCAN_FOUND:
		report(ctx, found, &v);
		break;
	case SCAN_TEMPFAIL:
		scanners_unavailable(ctx, found, &o->spamd, kind_name,
		    note->scan.errmsg.data);
		break;
	}
	buf_free(&v.symbols);
}

static const int reasons[] = { REASON_SPAM_CONTENT, REASON_SCANNER_UNAVAILABLE,
	REASON_NONE };

const struct check check_content_spamd = {
	.name = "content_spamd",
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
