/*
 * rcpt_domain - the recipient's domain is a full one, exists and accepts mail
 *
 * Sendmail asks about "<>" before it refuses it itself.
 *
 * Where strangers may send anywhere, or the domains taken are not known to
 * saywhy: what reject_non_fqdn_recipient and reject_unknown_recipient_domain
 * of Postfix refuse. RFC 7505 section 4.1: null MX.
 */

#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "checks/check.h"
#include "checks/mail_domain.h"
#include "model/mailset.h"
#include "words/reason.h"

struct options {
	bool fqdn, domain;
	struct mailset except;
};

#define AT(member) offsetof(struct options, member)

static const struct option options[] = {
	{ .name = "rcpt-fqdn", .type = OPTION_BOOL, .offset = AT(fqdn),
	    .default_value = "no",
	    .help = "a recipient must have a domain with a dot in it" },
	{ .name = "rcpt-domain", .type = OPTION_BOOL, .offset = AT(domain),
	    .default_value = "no",
	    .help = "look in DNS whether the recipient's domain exists" },
	{ .name = "rcpt-domain-except", .type = OPTION_LIST,
	    .offset = AT(except), .parse = mailset_parse_host,
	    .free = mailset_free_option,
	    .help = "domains that rcpt-domain does not look up; those of "
	    "relay.domains never are" },
	{ .name = NULL }
};

static bool
is_full(const struct mailbox *rcpt)
{
	return rcpt->literal || (rcpt->domain != NULL &&
	    strchr(rcpt->domain, '.') != NULL);
}

/* RFC 5321 section 4.5.1: it may stand alone. */
static bool
is_postmaster(const struct mailbox *rcpt)
{
	return rcpt->domain == NULL && rcpt->local != NULL &&
	    strcasecmp(rcpt->local, "postmaster") == 0;
}

static bool
is_ours(const struct check_ctx *ctx, const char *domain)
{
	const struct options *o = ctx->options;

	return mailset_find_name(&ctx->site->domains, domain) != NULL ||
	    mailset_find_name(&o->except, domain) != NULL ||
	    site_is_this_host(ctx->site, domain);
}

static void
find_domain(const struct check_ctx *ctx, struct findings *found,
    const char *domain)
{
	static const enum reason_id reason[] = {
		[MAIL_DOMAIN_NONE] = REASON_RCPT_DOMAIN_NONEXISTENT,
		[MAIL_DOMAIN_NULL_MX] = REASON_NULL_MX_RECIPIENT,
		[MAIL_DOMAIN_TEMPFAIL] = REASON_RCPT_DOMAIN_LOOKUP_FAILED
	};
	struct buf failure = BUF_INIT;
	enum mail_domain is = mail_domain_ask(domain, ctx->deadline,
	    &failure);
	struct finding *f;

	if (is != MAIL_DOMAIN_GOOD) {
		f = check_found(ctx, found, reason[is]);
		finding_say(f, EVIDENCE_DOMAIN, domain);
		if (failure.len > 0)
			finding_say(f, EVIDENCE_DETAIL, failure.data);
	}
	buf_free(&failure);
}

/* What else is no mailbox is left to the MTA; "<>" is none for anybody. */
static void
run(const struct check_ctx *ctx, struct findings *found)
{
	const struct options *o = ctx->options;
	const struct session *s = ctx->session;
	const struct mailbox *rcpt = &s->rcpt->mailbox;

	if (rcpt->null) {
		check_found(ctx, found, REASON_RCPT_SYNTAX);
		return;
	}
	if (rcpt->local == NULL || is_postmaster(rcpt) ||
	    site_trusts(ctx->site, s))
		return;
	if (!is_full(rcpt)) {
		if (o->fqdn)
			finding_say(check_found(ctx, found,
			    REASON_RCPT_SYNTAX), EVIDENCE_ADDRESS,
			    rcpt->text);
	} else if (o->domain && !rcpt->literal && !is_ours(ctx, rcpt->domain))
		find_domain(ctx, found, rcpt->domain);
}

static const int reasons[] = { REASON_RCPT_SYNTAX,
	REASON_RCPT_DOMAIN_NONEXISTENT, REASON_RCPT_DOMAIN_LOOKUP_FAILED,
	REASON_NULL_MX_RECIPIENT, REASON_NONE };

const struct check check_rcpt_domain = {
	.name = "rcpt_domain",
	.section = "relay",
	.stages = STAGE_BIT(STAGE_RCPT),
	.issued_at = STAGE_RCPT,
	.reasons = reasons,
	.options = options,
	.options_size = sizeof(struct options),
	.run = run
};
