/* relay_denied - a recipient neither ours nor allowed (RFC 5321 section 7.9) */

#include "base/net.h"
#include "checks/check.h"
#include "model/mailset.h"
#include "words/reason.h"

static bool
active(const void *opt, const struct site *site)
{
	(void)opt;
	return !mailset_is_empty(&site->domains);
}

/* This host itself: its own name and addresses have a postmaster at least. */
static bool
is_this_host(const struct check_ctx *ctx, const struct mailbox *rcpt)
{
	struct ip ip;

	if (rcpt->literal)
		return mailbox_literal(rcpt->domain, &ip) &&
		    (ip_equal(&ip, &ctx->session->server) ||
		    ip_is_this_host(&ip));
	return site_is_this_host(ctx->site, rcpt->domain);
}

/* A recipient that is no mailbox, or has no domain, is left to the MTA. */
static void
run(const struct check_ctx *ctx, struct findings *found)
{
	const struct session *s = ctx->session;
	const struct mailbox *rcpt = &s->rcpt->mailbox;

	if (rcpt->domain == NULL || site_relays(ctx->site, s) ||
	    mailset_find_mailbox(&ctx->site->domains, rcpt) != NULL ||
	    is_this_host(ctx, rcpt))
		return;
	check_found(ctx, found, REASON_RELAY_DENIED);
}

static const int reasons[] = { REASON_RELAY_DENIED, REASON_NONE };

const struct check check_relay_denied = {
	.name = "relay_denied",
	.section = "relay",
	.stages = STAGE_BIT(STAGE_RCPT),
	.issued_at = STAGE_RCPT,
	.reasons = reasons,
	.active = active,
	.run = run
};
