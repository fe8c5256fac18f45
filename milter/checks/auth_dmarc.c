/*
 * auth_dmarc - what the author's domain asks for unauthenticated mail (RFC
 * 9989)
 *
 * p=reject alone is no ground to refuse (section 7.4): mailing lists break both
 * SPF and DKIM. So by default such mail is marked.
 */

#include "auth/dkim_note.h"
#include "auth/dmarc_note.h"
#include "auth/spf_note.h"
#include "base/buf.h"
#include "base/mem.h"
#include "checks/check.h"
#include "words/reason.h"

#include <stdlib.h>

#define RECORD_MAX 1000

static bool
active(const void *opt, const struct site *site)
{
	(void)opt;
	return site->dmarc && site->spf && site->dkim;
}

static void
body(const struct check_ctx *ctx, const char *bytes, size_t n)
{
	dkim_note_body(ctx->slots, ctx->session, bytes, n);
}

/* "pass example.org, fail example.net", the first few. */
static void
say_dkim(const struct check_ctx *ctx, struct finding *f)
{
	const struct dkim_result *r = dkim_note_result(ctx->slots);
	struct buf text = BUF_INIT;
	size_t i;

	for (i = 0; r != NULL && i < r->n && i < 3; i++)
		buf_printf(&text, "%s%s %s", i > 0 ? ", " : "",
		    dkim_verdict_name(r->v[i].verdict),
		    r->v[i].domain != NULL ? r->v[i].domain : "");
	finding_say(f, EVIDENCE_DKIM, text.len > 0 ? text.data : "none");
	buf_free(&text);
}

static void
say_spf(const struct check_ctx *ctx, struct finding *f)
{
	const struct spf *spf = spf_of_sender(ctx->slots, ctx->session,
	    ctx->site, ctx->deadline);
	struct buf text = BUF_INIT;

	if (spf != NULL)
		buf_printf(&text, "%s %s", spf_result_name(spf->result),
		    spf->domain);
	finding_say(f, EVIDENCE_SPF, text.len > 0 ? text.data : "none");
	buf_free(&text);
}

static void
report_fail(const struct check_ctx *ctx, struct findings *found,
    const struct dmarc_note *note)
{
	const struct dmarc *d = &note->dmarc;
	struct finding *f = check_found(ctx, found,
	    d->policy == DMARC_REJECT ? REASON_DMARC_REJECT :
	    REASON_DMARC_QUARANTINE);
	char *record = mem_ndup(d->record, RECORD_MAX);

	finding_say(f, EVIDENCE_AUTHOR, note->domain);
	finding_say(f, EVIDENCE_POLICY, dmarc_policy_name(d->policy));
	finding_say(f, EVIDENCE_ALIGNMENT, d->strict_spf ?
	    d->strict_dkim ? "strict" : "strict SPF, relaxed DKIM" :
	    d->strict_dkim ? "relaxed SPF, strict DKIM" : "relaxed");
	say_spf(ctx, f);
	say_dkim(ctx, f);
	finding_say(f, EVIDENCE_RECORD, record);
	finding_say(f, EVIDENCE_REPORTS, d->rua);
	free(record);
}

static struct finding *
report_other(const struct check_ctx *ctx, struct findings *found,
    enum reason_id reason, const char *author, const char *detail)
{
	struct finding *f = check_found(ctx, found, reason);

	finding_say(f, EVIDENCE_AUTHOR, author);
	finding_say(f, EVIDENCE_DETAIL, detail);
	return f;
}

/*
 * Some mail program might show an author whose domain asks that unauthenticated
 * mail be rejected. With more domains than are asked, nobody knows.
 */
static bool
is_ambiguous(const struct dmarc_note *note)
{
	return note->author.more || ((note->author.lines > 1 ||
	    note->author.status == AUTHOR_BROKEN) &&
	    note->dmarc.result == DMARC_RESULT_FAIL &&
	    note->dmarc.policy == DMARC_REJECT);
}

static void
report_author(const struct check_ctx *ctx, struct findings *found,
    const struct dmarc_note *note)
{
	const char *words = author_words(note->author.status);
	struct finding *f;

	report_other(ctx, found, REASON_DMARC_PERMERROR, NULL, words);
	if (note->author.lines > 1) {
		f = check_found(ctx, found, REASON_MESSAGE_MALFORMED);
		finding_say(f, EVIDENCE_DETAIL, "it has several From lines");
		finding_say(f, EVIDENCE_HEADER, "From");
	}
	if (is_ambiguous(note))
		finding_say(report_other(ctx, found, REASON_AUTHOR_AMBIGUOUS,
		    note->domain, words), EVIDENCE_POLICY,
		    dmarc_policy_name(note->dmarc.policy));
}

static void
judge(const struct check_ctx *ctx, struct findings *found)
{
	const struct dmarc_note *note = dmarc_note_result(ctx->slots,
	    ctx->session, ctx->site, ctx->deadline);
	const struct dmarc *d = &note->dmarc;

	if (note->author.status != AUTHOR_ONE)
		report_author(ctx, found, note);
	if (d->result == DMARC_RESULT_TEMPERROR)
		report_other(ctx, found, REASON_DMARC_TEMPERROR,
		    note->domain, d->failure);
	else if (d->result == DMARC_RESULT_FAIL && d->policy != DMARC_NONE)
		report_fail(ctx, found, note);
}

static void
run(const struct check_ctx *ctx, struct findings *found)
{
	if (site_trusts(ctx->site, ctx->session))
		return;
	if (ctx->stage == STAGE_HEADERS)
		dkim_note_headers(ctx->slots, ctx->session, ctx->site,
		    ctx->deadline);
	else
		judge(ctx, found);
}

static const int reasons[] = { REASON_DMARC_REJECT, REASON_DMARC_QUARANTINE,
	REASON_DMARC_TEMPERROR, REASON_DMARC_PERMERROR,
	REASON_AUTHOR_AMBIGUOUS, REASON_MESSAGE_MALFORMED, REASON_NONE };

const struct check check_auth_dmarc = {
	.name = "auth_dmarc",
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
