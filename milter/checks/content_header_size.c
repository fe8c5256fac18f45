/*
 * content_header_size - a header longer than we keep: what lies beyond would
 * be seen by no rule
 */

#include "checks/check.h"

static void
run(const struct check_ctx *ctx, struct findings *found)
{
	const struct session *s = ctx->session;
	struct finding *f;

	if (!s->headers_cut)
		return;
	f = check_found(ctx, found, REASON_HEADER_TOO_LARGE);
	finding_say_int(f, EVIDENCE_SIZE, (long long)s->header_bytes);
	finding_say_int(f, EVIDENCE_LIMIT, SESSION_HEADER_BYTES);
}

static const int reasons[] = { REASON_HEADER_TOO_LARGE, REASON_NONE };

const struct check check_content_header_size = {
	.name = "content_header_size",
	.section = "content",
	.stages = STAGE_BIT(STAGE_HEADERS),
	.issued_at = STAGE_RCPT,
	.reasons = reasons,
	.run = run
};
