/*
 * auth_dkim - signatures of the message (RFC 6376, codes of RFC 7372)
 *
 * A failed signature is as if it were not there (RFC 6376 section 6.1), so
 * nothing is refused for one alone unless the admin says so.
 */

#include <string.h>
#include <strings.h>

#include "auth/author.h"
#include "auth/dkim_note.h"
#include "checks/check.h"
#include "words/reason.h"

static bool
active(const void *opt, const struct site *site)
{
	(void)opt;
	return site->dkim;
}

static void
body(const struct check_ctx *ctx, const char *bytes, size_t n)
{
	dkim_note_body(ctx->slots, ctx->session, bytes, n);
}

/* The first one with this verdict, or NULL. */
static const struct dkim_signed *
first_with(const struct dkim_result *r, enum dkim_verdict verdict)
{
	size_t i;

	for (i = 0; i < r->n; i++)
		if (r->v[i].verdict == verdict)
			return &r->v[i];
	return NULL;
}

static void
report(const struct check_ctx *ctx, struct findings *found,
    enum reason_id reason, const struct dkim_signed *s, const char *detail)
{
	struct finding *f = check_found(ctx, found, reason);

	if (s != NULL) {
		finding_say(f, EVIDENCE_DOMAIN, s->domain);
		finding_say(f, EVIDENCE_SELECTOR, s->selector);
	}
	finding_say(f, EVIDENCE_DETAIL, detail);
}

static void
report_none(const struct check_ctx *ctx, struct findings *found,
    const struct dkim_result *r)
{
	const struct dkim_signed *weak = first_with(r, DKIM_VERDICT_POLICY);
	const struct dkim_signed *late = first_with(r, DKIM_VERDICT_TEMPERROR);

	if (late != NULL)
		report(ctx, found, REASON_DKIM_TEMPERROR, late, late->detail);
	else if (weak != NULL)
		report(ctx, found, REASON_DKIM_UNACCEPTABLE, weak,
		    weak->detail);
	else if (r->n > 0)
		report(ctx, found, REASON_DKIM_NONE_VALID, &r->v[0],
		    r->v[0].detail);
	else
		report(ctx, found, REASON_DKIM_NONE_VALID, NULL,
		    r->failure != NULL ? r->failure : "there is none");
}

/* The same domain, or one below the other. */
static bool
are_kin(const char *a, const char *b)
{
	size_t n = strlen(a), m = strlen(b);
	const char *tail = n > m ? a + n - m : b + m - n;

	return strcasecmp(tail, n > m ? b : a) == 0 &&
	    (n == m || tail[-1] == '.');
}

/* A signature that passes must be of the author's domain. */
static void
match_author(const struct check_ctx *ctx, struct findings *found,
    const struct dkim_result *r)
{
	struct author author;
	bool kin = false;
	size_t i;

	author_of_session(&author, ctx->session);
	for (i = 0; author.status == AUTHOR_ONE && i < r->n; i++)
		kin |= r->v[i].verdict == DKIM_VERDICT_PASS &&
		    are_kin(r->v[i].domain, author.domain);
	if (author.status == AUTHOR_ONE && !kin) {
		report(ctx, found, REASON_DKIM_AUTHOR_MISMATCH,
		    first_with(r, DKIM_VERDICT_PASS), NULL);
		finding_say(&found->v[found->n - 1], EVIDENCE_AUTHOR,
		    author.domain);
	}
	author_clear(&author);
}

static void
run(const struct check_ctx *ctx, struct findings *found)
{
	const struct dkim_result *r;

	if (site_trusts(ctx->site, ctx->session))
		return;
	if (ctx->stage == STAGE_HEADERS) {
		dkim_note_headers(ctx->slots, ctx->session, ctx->site,
		    ctx->deadline);
		return;
	}
	r = dkim_note_result(ctx->slots);
	if (r == NULL)
		return;
	if (first_with(r, DKIM_VERDICT_PASS) == NULL)
		report_none(ctx, found, r);
	else
		match_author(ctx, found, r);
}

static const int reasons[] = { REASON_DKIM_NONE_VALID,
	REASON_DKIM_UNACCEPTABLE, REASON_DKIM_AUTHOR_MISMATCH,
	REASON_DKIM_TEMPERROR, REASON_NONE };

const struct check check_auth_dkim = {
	.name = "auth_dkim",
	.section = "auth",
	.stages = STAGE_BIT(STAGE_HEADERS) | STAGE_BIT(STAGE_MESSAGE),
	.issued_at = STAGE_RCPT,
	.identity = true,
	.needs = CHECK_NEEDS_HEADERS | CHECK_NEEDS_BODY,
	.reasons = reasons,
	.active = active,
	.run = run,
	.body = body
};
