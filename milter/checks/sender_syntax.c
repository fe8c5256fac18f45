/* sender_syntax - an envelope sender that is no mailbox (RFC 5321 4.1.2) */

#include <string.h>

#include "checks/check.h"
#include "words/reason.h"

/* A trusted host may leave its domain out: the MTA adds it. */
static void
run(const struct check_ctx *ctx, struct findings *found)
{
	const struct session *s = ctx->session;
	const struct mailbox *m = &s->sender;
	enum reason_id reason;

	if (m->null)
		return;
	if (m->local == NULL)
		reason = REASON_SENDER_SYNTAX;
	else if (m->domain == NULL ||
	    (!m->literal && strchr(m->domain, '.') == NULL))
		reason = REASON_SENDER_NOT_FQDN;
	else
		return;
	if (reason == REASON_SENDER_SYNTAX || !site_trusts(ctx->site, s))
		finding_say(check_found(ctx, found, reason), EVIDENCE_ADDRESS,
		    m->text);
}

static const int reasons[] = { REASON_SENDER_SYNTAX, REASON_SENDER_NOT_FQDN,
	REASON_NONE };

const struct check check_sender_syntax = {
	.name = "sender_syntax",
	.section = "auth",
	.stages = STAGE_BIT(STAGE_MAIL),
	.issued_at = STAGE_RCPT,
	.reasons = reasons,
	.run = run
};
