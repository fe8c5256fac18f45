/* auth_required - a submission port without a login (RFC 6409 section 4.3) */

#include "checks/check.h"
#include "words/reason.h"

static void
run(const struct check_ctx *ctx, struct findings *found)
{
	const struct session *s = ctx->session;

	if (site_is_submission(ctx->site, s) && !site_trusts(ctx->site, s))
		finding_say_int(check_found(ctx, found, REASON_AUTH_REQUIRED),
		    EVIDENCE_PORT, s->server_port);
}

static const int reasons[] = { REASON_AUTH_REQUIRED, REASON_NONE };

/* At RCPT an unchanged Postfix would refuse first, with fewer words. */
const struct check check_auth_required = {
	.name = "auth_required",
	.section = "auth",
	.stages = STAGE_BIT(STAGE_MAIL),
	.issued_at = STAGE_MAIL,
	.reasons = reasons,
	.run = run
};
