/*
 * client_rdns - the client's name in reverse DNS, and whether it leads back
 *
 * Where the MTA has confirmed a name, that is enough. Otherwise DNS is queried,
 * because the MTA may not have looked it up (Postfix: smtpd_peername_lookup =
 * no), or not completely. Clients at a submission port or in our networks may
 * have any name.
 */

#include "base/buf.h"
#include "checks/check.h"
#include "dns/dns.h"
#include "words/reason.h"

/* Of a client with more, the first ones; as SPF does (RFC 7208 section 5.5). */
#define NAMES_MAX 10

struct options {
	bool lookup;
};

static const struct option options[] = {
	{ .name = "rdns-lookup", .type = OPTION_BOOL,
	    .offset = offsetof(struct options, lookup), .default_value = "yes",
	    .help = "ask DNS ourselves for a client's name that the MTA does "
		"not confirm" },
	{ .name = NULL }
};

/* What each answer of the MTA means. */
static const enum reason_id meaning[] = {
	[RESOLVE_UNKNOWN] = REASON_NONE,
	[RESOLVE_OK] = REASON_NONE,
	[RESOLVE_FAIL] = REASON_RDNS_MISSING,
	[RESOLVE_FORGED] = REASON_RDNS_MISMATCH,
	[RESOLVE_TEMP] = REASON_RDNS_LOOKUP_FAILED
};

/* Nothing here confirms it. */
static void
repeat(const struct check_ctx *ctx, struct findings *found)
{
	const struct session *s = ctx->session;
	enum reason_id reason = meaning[s->resolve];
	struct finding *f;

	if (reason == REASON_NONE)
		return;
	f = check_found(ctx, found, reason);
	f->unverified = true;
	finding_say(f, EVIDENCE_PTR, s->client_ptr);
}

static void
report(const struct check_ctx *ctx, struct findings *found,
    enum reason_id reason, const struct dns_answer *ptr, const char *detail)
{
	struct finding *f = check_found(ctx, found, reason);

	finding_say(f, EVIDENCE_PTR, ptr->n > 0 ? ptr->v[0].text : NULL);
	finding_say(f, EVIDENCE_DETAIL, detail);
}

/* One of the names is enough. */
static void
confirm(const struct check_ctx *ctx, struct findings *found,
    const struct dns_answer *ptr)
{
	const struct ip *client = &ctx->session->client;
	struct dns_question q[NAMES_MAX];
	size_t i, n = ptr->n < NAMES_MAX ? ptr->n : NAMES_MAX;
	const char *failure = NULL;
	bool confirmed = false;

	for (i = 0; i < n; i++)
		q[i] = (struct dns_question){ .name = ptr->v[i].text,
			.type = ip_is_v4(client) ? DNS_A : DNS_AAAA };
	dns_ask(q, n, ctx->deadline);
	for (i = 0; i < n; i++) {
		confirmed |= dns_has_address(q[i].answer, client);
		if (q[i].answer->status == DNS_TEMPFAIL)
			failure = q[i].answer->failure;
	}
	if (!confirmed)
		report(ctx, found, failure != NULL ?
		    REASON_RDNS_LOOKUP_FAILED : REASON_RDNS_MISMATCH, ptr,
		    failure);
	dns_forget(q, n);
}

static void
lookup(const struct check_ctx *ctx, struct findings *found)
{
	struct buf name = BUF_INIT;
	const struct dns_answer *ptr;

	dns_put_reverse(&name, &ctx->session->client, NULL);
	ptr = dns_lookup(DNS_PTR, name.data, ctx->deadline);
	switch (ptr->status) {
	case DNS_FOUND:
		confirm(ctx, found, ptr);
		break;
	case DNS_NONE:
		report(ctx, found, REASON_RDNS_MISSING, ptr, NULL);
		break;
	case DNS_TEMPFAIL:
		report(ctx, found, REASON_RDNS_LOOKUP_FAILED, ptr,
		    ptr->failure);
		break;
	}
	dns_drop(ptr);
	buf_free(&name);
}

static void
run(const struct check_ctx *ctx, struct findings *found)
{
	const struct options *o = ctx->options;
	const struct session *s = ctx->session;

	if (s->resolve == RESOLVE_OK || site_trusts(ctx->site, s) ||
	    site_is_submission(ctx->site, s) || !s->client.known)
		return;
	if (!o->lookup)
		repeat(ctx, found);
	else if (s->client_name == NULL)
		lookup(ctx, found);
}

static const int reasons[] = { REASON_RDNS_MISSING, REASON_RDNS_MISMATCH,
	REASON_RDNS_LOOKUP_FAILED, REASON_NONE };

const struct check check_client_rdns = {
	.name = "client_rdns",
	.section = "auth",
	.stages = STAGE_BIT(STAGE_CONNECT),
	.issued_at = STAGE_RCPT,
	.identity = true,
	.reasons = reasons,
	.options = options,
	.options_size = sizeof(struct options),
	.run = run
};
