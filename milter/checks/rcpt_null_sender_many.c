/* rcpt_null_sender_many - a report to more than one mailbox (RFC 5321 4.5.5) */

#include "checks/check.h"
#include "words/reason.h"

static void
run(const struct check_ctx *ctx, struct findings *found)
{
	const struct session *s = ctx->session;

	if (s->sender.null && s->naccepted > 0)
		finding_say_int(check_found(ctx, found,
		    REASON_NULL_SENDER_MULTI_RCPT), EVIDENCE_COUNT,
		    (long long)s->naccepted + 1);
}

static const int reasons[] = { REASON_NULL_SENDER_MULTI_RCPT, REASON_NONE };

const struct check check_rcpt_null_sender_many = {
	.name = "rcpt_null_sender_many",
	.section = "relay",
	.stages = STAGE_BIT(STAGE_RCPT),
	.issued_at = STAGE_RCPT,
	.reasons = reasons,
	.run = run
};
