/*
 * helo_resolves - the HELO name is in DNS (RFC 5321 sections 2.3.5, 4.1.4)
 *
 * A name without an address that has an MX record is there, too.
 * Other addresses than the client's are only noted; nothing may be refused for
 * them (section 4.1.4). helo_syntax finds what is no name.
 */

#include "checks/check.h"
#include "dns/dns.h"
#include "model/mailbox.h"
#include "words/reason.h"

struct options {
	bool helo_lookup;
};

static const struct option options[] = {
	{ .name = "helo-lookup", .type = OPTION_BOOL,
	    .offset = offsetof(struct options, helo_lookup),
	    .default_value = "yes", .help = "look the HELO name up in DNS" },
	{ .name = NULL }
};

static bool
active(const void *opt, const struct site *site)
{
	const struct options *o = opt;

	(void)site;
	return o->helo_lookup;
}

/* True: it has one, of whatever host, or it is not known whether. */
static bool
has_mx(const struct check_ctx *ctx)
{
	const struct dns_answer *mx = dns_lookup(DNS_MX, ctx->session->helo,
	    ctx->deadline);
	bool has = mx->n > 0 || mx->status == DNS_TEMPFAIL;

	dns_drop(mx);
	return has;
}

static void
judge(const struct check_ctx *ctx, struct findings *found,
    const struct dns_answer *a, const struct dns_answer *aaaa)
{
	const struct ip *client = &ctx->session->client;
	const char *failure = a->status == DNS_TEMPFAIL ? a->failure :
	    aaaa->failure;

	if (a->n + aaaa->n == 0 && failure != NULL)
		finding_say(check_found(ctx, found,
		    REASON_HELO_LOOKUP_FAILED), EVIDENCE_DETAIL, failure);
	else if (a->n + aaaa->n == 0 && !has_mx(ctx))
		check_found(ctx, found, REASON_HELO_UNRESOLVABLE);
	else if (a->n + aaaa->n > 0 && failure == NULL &&
	    !dns_has_address(a, client) &&
	    !dns_has_address(aaaa, client))
		check_found(ctx, found, REASON_HELO_IP_MISMATCH);
}

static void
run(const struct check_ctx *ctx, struct findings *found)
{
	const struct session *s = ctx->session;
	struct dns_question q[2] = { { .type = DNS_A, .name = s->helo },
		{ .type = DNS_AAAA, .name = s->helo } };

	if (s->helo == NULL || !mailbox_is_host_name(s->helo) ||
	    site_trusts(ctx->site, s) || site_is_submission(ctx->site, s))
		return;
	dns_ask(q, 2, ctx->deadline);
	judge(ctx, found, q[0].answer, q[1].answer);
	dns_forget(q, 2);
}

static const int reasons[] = { REASON_HELO_UNRESOLVABLE,
	REASON_HELO_LOOKUP_FAILED, REASON_HELO_IP_MISMATCH, REASON_NONE };

const struct check check_helo_resolves = {
	.name = "helo_resolves",
	.section = "auth",
	.stages = STAGE_BIT(STAGE_HELO),
	.issued_at = STAGE_RCPT,
	.identity = true,
	.reasons = reasons,
	.options = options,
	.options_size = sizeof(struct options),
	.active = active,
	.run = run
};
