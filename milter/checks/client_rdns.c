/* client_rdns - the client's name in reverse DNS, as the MTA saw it */

#include "checks/check.h"

/* What each answer of the MTA means. */
static const enum reason_id meaning[] = {
	[RESOLVE_UNTOLD] = REASON_NONE,
	[RESOLVE_OK] = REASON_NONE,
	[RESOLVE_FAIL] = REASON_RDNS_MISSING,
	[RESOLVE_FORGED] = REASON_RDNS_MISMATCH,
	[RESOLVE_TEMP] = REASON_RDNS_LOOKUP_FAILED
};

/*
 * The MTA may not have looked at all (Postfix: smtpd_peername_lookup = no) and
 * says "unknown" then too, hence hearsay.
 */
static void
run(const struct check_ctx *ctx, struct findings *found)
{
	const struct session *s = ctx->session;
	enum reason_id reason = meaning[s->resolve];

	if (reason != REASON_NONE)
		finding_say(check_found(ctx, found, reason), EVIDENCE_PTR,
		    s->client_ptr);
}

static const int reasons[] = { REASON_RDNS_MISSING, REASON_RDNS_MISMATCH,
	REASON_RDNS_LOOKUP_FAILED, REASON_NONE };

const struct check check_client_rdns = {
	.name = "client_rdns",
	.section = "auth",
	.stages = STAGE_BIT(STAGE_CONNECT),
	.speaks = STAGE_RCPT,
	.identity = true,
	.hearsay = true,
	.reasons = reasons,
	.run = run
};
