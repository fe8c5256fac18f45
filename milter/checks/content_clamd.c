/* content_clamd - harmful software, by clamd */

#include "checks/scanners.h"
#include "scanners/clamd.h"

static const char kind_name[] = "clamd";

struct options {
	struct scanner_options clamd;	/* first: scanners_*() */
};

#define AT(member) offsetof(struct options, clamd.member)

static const struct option options[] = {
	SCANNER_OPTIONS("clamd", AT),
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
	struct scan scan;
};

static void
clear_note(void *note)
{
	scan_close(&((struct note *)note)->scan);
}

static const struct slot_kind kind = { "content_clamd",
	sizeof(struct note), SCOPE_MESSAGE, clear_note };

/* The scan of this message, its header sent. */
static struct scan *
scan_of(const struct check_ctx *ctx)
{
	const struct options *o = ctx->options;
	struct note *note = slots_get(ctx->slots, &kind);
	struct buf header = BUF_INIT;

	if (note->begun)
		return &note->scan;
	note->begun = true;
	note->scan.errmsg = (struct buf)BUF_INIT;
	clamd_begin(&note->scan, o->clamd.scanner, o->clamd.timeout,
	    ctx->deadline);
	scanners_put_header(&header, ctx->session);
	clamd_put(&note->scan, header.data, header.len, ctx->deadline);
	buf_free(&header);
	return &note->scan;
}

static void
body(const struct check_ctx *ctx, const char *bytes, size_t n)
{
	clamd_put(scan_of(ctx), bytes, n, ctx->deadline);
}

static void
end(const struct check_ctx *ctx)
{
	clamd_end(scan_of(ctx), ctx->deadline);
}

static void
run(const struct check_ctx *ctx, struct findings *found)
{
	const struct options *o = ctx->options;
	struct buf text = BUF_INIT;
	struct finding *f;

	switch (clamd_verdict(scan_of(ctx), &text)) {
	case SCAN_CLEAN:
		break;
	case SCAN_FOUND:
		f = check_found(ctx, found, REASON_VIRUS_FOUND);
		finding_say(f, EVIDENCE_SIGNATURE, text.data);
		finding_say(f, EVIDENCE_SCANNER, kind_name);
		break;
	case SCAN_UNSCANNABLE:
		f = check_found(ctx, found, REASON_NOT_SCANNABLE);
		finding_say(f, EVIDENCE_DETAIL, text.data);
		finding_say(f, EVIDENCE_SCANNER, kind_name);
		break;
	case SCAN_TEMPFAIL:
		scanners_unavailable(ctx, found, &o->clamd, kind_name,
		    text.data);
		break;
	}
	buf_free(&text);
}

static const int reasons[] = { REASON_VIRUS_FOUND, REASON_NOT_SCANNABLE,
	REASON_SCANNER_UNAVAILABLE, REASON_NONE };

const struct check check_content_clamd = {
	.name = "content_clamd",
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
