/* content_clamd - harmful software, by clamd */

#include "checks/scanners.h"
#include "scanners/clamd.h"
#include "words/reason.h"

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

static void
begin(const struct check_ctx *ctx, struct scan *scan)
{
	const struct options *o = ctx->options;
	struct buf header = BUF_INIT;

	clamd_begin(scan, o->clamd.scanner, o->clamd.timeout, ctx->deadline);
	scanners_put_header(&header, ctx->session);
	clamd_put(scan, header.data, header.len, ctx->deadline);
	buf_free(&header);
}

static enum scan_status
verdict(const struct check_ctx *ctx, struct findings *found,
    struct scan *scan)
{
	struct buf text = BUF_INIT;
	enum scan_status status = clamd_verdict(scan, &text);
	struct finding *f;

	if (status == SCAN_FOUND) {
		f = check_found(ctx, found, REASON_VIRUS_FOUND);
		finding_say(f, EVIDENCE_SIGNATURE, text.data);
		finding_say(f, EVIDENCE_SCANNER, kind_name);
	} else if (status == SCAN_UNSCANNABLE) {
		f = check_found(ctx, found, REASON_NOT_SCANNABLE);
		finding_say(f, EVIDENCE_DETAIL, text.data);
		finding_say(f, EVIDENCE_SCANNER, kind_name);
	}
	buf_free(&text);
	return status;
}

static const struct scanner_kind kind = {
	.name = kind_name,
	.slot = SCANNER_SLOT("clamd"),
	.begin = begin,
	.put = clamd_put,
	.end = clamd_end,
	.verdict = verdict
};

static const int reasons[] = { REASON_VIRUS_FOUND, REASON_NOT_SCANNABLE,
	REASON_SCANNER_UNAVAILABLE, REASON_NONE };

const struct check check_content_clamd = {
	.name = "content_clamd",
	.reasons = reasons,
	.options = options,
	SCANNER_CHECK(kind, ready, struct options)
};
