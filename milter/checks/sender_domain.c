/*
 * sender_domain - the sender's domain exists and accepts mail
 *
 * One that accepts none sends none (RFC 7505 section 4.1).
 */

#include "base/buf.h"
#include "checks/check.h"
#include "checks/mail_domain.h"
#include "model/mailset.h"
#include "words/reason.h"

struct options {
	bool sender_domain;
};

static const struct option options[] = {
	{ .name = "sender-domain", .type = OPTION_BOOL,
	    .offset = offsetof(struct options, sender_domain),
	    .default_value = "yes",
	    .help = "look in DNS whether the sender's domain exists" },
	{ .name = NULL }
};

static bool
active(const void *opt, const struct site *site)
{
	const struct options *o = opt;

	(void)site;
	return o->sender_domain;
}

static void
run(const struct check_ctx *ctx, struct findings *found)
{
	static const enum reason_id reason[] = {
		[MAIL_DOMAIN_NONE] = REASON_SENDER_DOMAIN_NONEXISTENT,
		[MAIL_DOMAIN_NULL_MX] = REASON_NULL_MX_SENDER,
		[MAIL_DOMAIN_TEMPFAIL] = REASON_SENDER_DOMAIN_LOOKUP_FAILED
	};
	const struct session *s = ctx->session;
	const char *domain = s->sender.domain;
	struct buf failure = BUF_INIT;
	enum mail_domain is;
	struct finding *f;

	if (domain == NULL || s->sender.literal ||
	    site_trusts(ctx->site, s) ||
	    mailset_find_name(&ctx->site->domains, domain) != NULL)
		return;
	is = mail_domain_ask(domain, ctx->deadline, &failure);
	if (is != MAIL_DOMAIN_GOOD) {
		f = check_found(ctx, found, reason[is]);
		finding_say(f, EVIDENCE_DOMAIN, domain);
		if (failure.len > 0)
			finding_say(f, EVIDENCE_DETAIL, failure.data);
	}
	buf_free(&failure);
}

static const int reasons[] = { REASON_SENDER_DOMAIN_NONEXISTENT,
	REASON_SENDER_DOMAIN_LOOKUP_FAILED, REASON_NULL_MX_SENDER,
	REASON_NONE };

const struct check check_sender_domain = {
	.name = "sender_domain",
	.section = "auth",
	.stages = STAGE_BIT(STAGE_MAIL),
	.issued_at = STAGE_RCPT,
	.identity = true,
	.reasons = reasons,
	.options = options,
	.options_size = sizeof(struct options),
	.active = active,
	.run = run
};
