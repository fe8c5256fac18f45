/*
 * sender_domain - the sender's domain exists and accepts mail
 *
 * RFC 5321 section 5.1: MX, or else A or AAAA. RFC 7505: one MX of "." says
 * that the domain accepts none, and so sends none (section 4.1).
 */

#include "checks/check.h"
#include "dns/dns.h"
#include "model/mailset.h"
#include "words/reason.h"

enum { ASK_MX, ASK_A, ASK_AAAA, LOOKUPS };

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

static bool
is_null_mx(const struct dns_answer *mx)
{
	return mx->n == 1 && mx->v[0].n == 0;
}

/* A definite answer anywhere goes before a failure elsewhere. */
static void
judge(const struct check_ctx *ctx, struct findings *found,
    const struct dns_question *q)
{
	enum reason_id reason = REASON_SENDER_DOMAIN_NONEXISTENT;
	const char *failure = NULL;
	struct finding *f;
	size_t i;

	for (i = 0; i < LOOKUPS; i++) {
		if (q[i].answer->status == DNS_FOUND &&
		    !is_null_mx(q[ASK_MX].answer))
			return;
		if (q[i].answer->status == DNS_TEMPFAIL)
			failure = q[i].answer->failure;
	}
	if (is_null_mx(q[ASK_MX].answer))
		reason = REASON_NULL_MX_SENDER;
	else if (failure != NULL)
		reason = REASON_SENDER_DOMAIN_LOOKUP_FAILED;
	f = check_found(ctx, found, reason);
	finding_say(f, EVIDENCE_DOMAIN, q[ASK_MX].name);
	finding_say(f, EVIDENCE_DETAIL, failure);
}

static void
run(const struct check_ctx *ctx, struct findings *found)
{
	const struct session *s = ctx->session;
	const char *domain = s->sender.domain;
	struct dns_question q[LOOKUPS] = {
		[ASK_MX] = { .type = DNS_MX, .name = domain },
		[ASK_A] = { .type = DNS_A, .name = domain },
		[ASK_AAAA] = { .type = DNS_AAAA, .name = domain } };

	if (domain == NULL || s->sender.literal ||
	    site_trusts(ctx->site, s) ||
	    mailset_find_name(&ctx->site->domains, domain) != NULL)
		return;
	dns_ask(q, LOOKUPS, ctx->deadline);
	judge(ctx, found, q);
	dns_forget(q, LOOKUPS);
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
