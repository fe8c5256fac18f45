/*
 * auth_none - neither SPF nor DKIM nor DMARC vouches for the message
 *
 * Neither SPF nor any signature passes. Also that several of them fail: where
 * the policy refuses for more than one, the reply is that of this finding,
 * which names each (RFC 7372 section 4).
 */

#include "auth/dkim_note.h"
#include "auth/dmarc_note.h"
#include "auth/spf_note.h"
#include "base/buf.h"
#include "checks/check.h"
#include "words/reason.h"

struct proofs {
	const struct spf *spf;
	bool dkim_passes, dkim_fails, doubt;
	const struct dmarc_note *dmarc;
};

static bool
active(const void *opt, const struct site *site)
{
	(void)opt;
	return site->spf && site->dkim;
}

static void
body(const struct check_ctx *ctx, const char *bytes, size_t n)
{
	dkim_note_body(ctx->slots, ctx->session, bytes, n);
}

static void
gather(const struct check_ctx *ctx, struct proofs *p)
{
	const struct dkim_result *r = dkim_note_result(ctx->slots);
	size_t i;

	*p = (struct proofs){ .spf = spf_of_sender(ctx->slots,
	    ctx->session, ctx->site, ctx->deadline),
		.dmarc = dmarc_note_known(ctx->slots) };
	for (i = 0; r != NULL && i < r->n; i++) {
		p->dkim_passes |= r->v[i].verdict == DKIM_VERDICT_PASS;
		p->doubt |= r->v[i].verdict == DKIM_VERDICT_TEMPERROR;
	}
	p->dkim_fails = r != NULL && r->n > 0 && !p->dkim_passes;
	p->doubt |= p->spf != NULL && p->spf->result == SPF_TEMPERROR;
}

static bool
spf_fails(const struct proofs *p)
{
	return p->spf != NULL && (p->spf->result == SPF_FAIL ||
	    p->spf->result == SPF_SOFTFAIL ||
	    p->spf->result == SPF_PERMERROR);
}

static bool
dmarc_fails(const struct proofs *p)
{
	return p->dmarc != NULL &&
	    p->dmarc->dmarc.result == DMARC_RESULT_FAIL;
}

static const char *
spf_word(const struct proofs *p)
{
	return spf_result_name(p->spf != NULL ? p->spf->result : SPF_NONE);
}

static void
say_author(struct finding *f, const struct proofs *p)
{
	finding_say(f, EVIDENCE_SPF, spf_word(p));
	finding_say(f, EVIDENCE_DKIM, p->dkim_passes ? "pass" :
	    p->dkim_fails ? "fail" : "none");
	if (p->dmarc != NULL)
		finding_say(f, EVIDENCE_AUTHOR, p->dmarc->domain);
}

static void
report_several(const struct check_ctx *ctx, struct findings *found,
    const struct proofs *p)
{
	struct finding *f = check_found(ctx, found,
	    REASON_SEVERAL_AUTH_FAILED);
	struct buf names = BUF_INIT;

	if (spf_fails(p))
		buf_printf(&names, "SPF (%s)", spf_word(p));
	if (p->dkim_fails)
		buf_printf(&names, "%sDKIM", names.len > 0 ? ", " : "");
	if (dmarc_fails(p))
		buf_printf(&names, "%sDMARC", names.len > 0 ? ", " : "");
	say_author(f, p);
	finding_say(f, EVIDENCE_DMARC, p->dmarc != NULL ?
	    dmarc_result_name(p->dmarc->dmarc.result) : NULL);
	finding_say(f, EVIDENCE_DETAIL, names.data);
	buf_free(&names);
}

static void
run(const struct check_ctx *ctx, struct findings *found)
{
	struct proofs p;

	if (site_trusts(ctx->site, ctx->session))
		return;
	if (ctx->stage == STAGE_HEADERS) {
		dkim_note_headers(ctx->slots, ctx->session, ctx->site,
		    ctx->deadline);
		return;
	}
	gather(ctx, &p);
	if (!p.doubt && !p.dkim_passes &&
	    (p.spf == NULL || p.spf->result != SPF_PASS))
		say_author(check_found(ctx, found, REASON_NO_AUTH), &p);
	if (spf_fails(&p) + p.dkim_fails + dmarc_fails(&p) > 1)
		report_several(ctx, found, &p);
}

static const int reasons[] = { REASON_NO_AUTH, REASON_SEVERAL_AUTH_FAILED,
	REASON_NONE };

const struct check check_auth_none = {
	.name = "auth_none",
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
