/*
 * auth_spf - may the client send for this domain? (RFC 7208)
 *
 * Of the sender, and of the HELO name. A HELO name whose lookup fails does not
 * count against the mail; a sender whose lookup fails is deferred.
 */

#include <stdlib.h>

#include "auth/spf_note.h"
#include "base/mem.h"
#include "checks/check.h"
#include "words/reason.h"

#define RECORD_MAX 1000
#define TEXT_MAX 200

struct options {
	bool spf_helo;
};

static const struct option options[] = {
	{ .name = "spf-helo",
	    .type = OPTION_BOOL, .offset = offsetof(struct options, spf_helo),
	    .default_value = "yes",
	    .help = "ask the domain of the HELO name, too" },
	{ .name = NULL }
};

static const enum reason_id meaning[] = {
	[SPF_NONE] = REASON_NONE,
	[SPF_NEUTRAL] = REASON_SPF_NEUTRAL,
	[SPF_PASS] = REASON_NONE,
	[SPF_FAIL] = REASON_SPF_FAIL,
	[SPF_SOFTFAIL] = REASON_SPF_SOFTFAIL,
	[SPF_TEMPERROR] = REASON_SPF_TEMPERROR,
	[SPF_PERMERROR] = REASON_SPF_PERMERROR
};

static bool
active(const void *opt, const struct site *site)
{
	(void)opt;
	return site->spf;
}

static void
add_excerpt(struct finding *f, enum evidence_key key, const char *text,
    size_t max)
{
	char *excerpt = mem_ndup(text, max);

	finding_say(f, key, excerpt);
	free(excerpt);
}

static void
report(const struct check_ctx *ctx, struct findings *found,
    const struct spf *spf, const char *identity)
{
	struct finding *f = check_found(ctx, found, meaning[spf->result]);

	finding_say(f, EVIDENCE_DOMAIN, spf->domain);
	finding_say(f, EVIDENCE_IDENTITY, identity);
	add_excerpt(f, EVIDENCE_RECORD, spf->record, RECORD_MAX);
	finding_say(f, EVIDENCE_MECHANISM, spf->mechanism);
	if (spf->record != NULL)
		finding_say_int(f, EVIDENCE_LOOKUPS, spf->lookups);
	finding_say(f, EVIDENCE_DETAIL, spf->detail);
	add_excerpt(f, EVIDENCE_TEXT, spf->explanation, TEXT_MAX);
}

static void
run(const struct check_ctx *ctx, struct findings *found)
{
	const struct options *o = ctx->options;
	const struct session *s = ctx->session;
	const struct spf *spf;

	if (site_trusts(ctx->site, s))
		return;
	spf = spf_of_sender(ctx->slots, s, ctx->site, ctx->deadline);
	if (spf != NULL && meaning[spf->result] != REASON_NONE)
		report(ctx, found, spf, s->sender.null ? "helo" : "mailfrom");
	if (!o->spf_helo || s->sender.null)
		return;
	spf = spf_of_helo(ctx->slots, s, ctx->site, ctx->deadline);
	if (spf != NULL && spf->result != SPF_TEMPERROR &&
	    meaning[spf->result] != REASON_NONE)
		report(ctx, found, spf, "helo");
}

static const int reasons[] = { REASON_SPF_FAIL, REASON_SPF_SOFTFAIL,
	REASON_SPF_NEUTRAL, REASON_SPF_PERMERROR, REASON_SPF_TEMPERROR,
	REASON_NONE };

const struct check check_auth_spf = {
	.name = "auth_spf",
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
