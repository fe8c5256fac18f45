/* dmarc - does the message come from its author's domain? (RFC 9989) */

#include "auth/dmarc.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "auth/dkim.h"
#include "auth/dmarc_walk.h"
#include "auth/spf.h"
#include "base/buf.h"
#include "base/mem.h"
#include "dns/dns.h"
#include "model/mailbox.h"

const char *
dmarc_result_name(enum dmarc_result result)
{
	static const char *const names[] = { [DMARC_RESULT_NONE] = "none",
		[DMARC_RESULT_PASS] = "pass", [DMARC_RESULT_FAIL] = "fail",
		[DMARC_RESULT_TEMPERROR] = "temperror" };

	return names[result];
}

/* Lower case and A-labels, as `author` is; "" when it is no domain. */
static void
put_plain(struct buf *out, const char *domain)
{
	if (domain != NULL)
		mailbox_put_domain(out, domain);
}

/*
 * A domain's organization is the domain or one above it: so no tree walk makes
 * a domain part of one that it is not below. Nor is the DNS of such a domain
 * asked, which may be anybody's.
 */
static bool
is_below(const char *domain, const char *organization)
{
	size_t n = strlen(domain), m = strlen(organization);

	return n >= m && strcmp(domain + n - m, organization) == 0 &&
	    (n == m || domain[n - m - 1] == '.');
}

/* Section 4.5. *failure is set when the result is not known. */
static bool
is_aligned(const struct dmarc_walk *author, const char *domain, bool strict,
    int64_t deadline, const char **failure)
{
	struct buf plain = BUF_INIT;
	struct dmarc_walk w;
	bool aligned;

	put_plain(&plain, domain);
	aligned = strcmp(plain.data, author->from) == 0;
	if (!aligned && !strict && plain.len > 0 &&
	    is_below(plain.data, author->organization)) {
		dmarc_walk(&w, plain.data, deadline);
		if (w.failure != NULL)
			*failure = w.failure;
		else
			aligned = strcmp(w.organization,
			    author->organization) == 0;
		dmarc_walk_free(&w);
	}
	buf_free(&plain);
	return aligned;
}

static void
judge_spf(struct dmarc *out, const struct dmarc_walk *author,
    const struct spf *spf, int64_t deadline, const char **failure)
{
	if (spf == NULL)
		return;
	if (spf->result == SPF_PASS)
		out->by_spf = is_aligned(author, spf->domain,
		    out->strict_spf, deadline, failure);
	else if (spf->result == SPF_TEMPERROR && is_aligned(author,
	    spf->domain, out->strict_spf, deadline, failure))
		*failure = "the SPF result is not known";
}

static void
judge_dkim(struct dmarc *out, const struct dmarc_walk *author,
    const struct dkim_result *dkim, int64_t deadline, const char **failure)
{
	size_t i;

	for (i = 0; dkim != NULL && !out->by_dkim && i < dkim->n; i++)
		if (dkim->v[i].verdict == DKIM_VERDICT_PASS)
			out->by_dkim = is_aligned(author, dkim->v[i].domain,
			    out->strict_dkim, deadline, failure);
		else if (dkim->v[i].verdict == DKIM_VERDICT_TEMPERROR &&
		    is_aligned(author, dkim->v[i].domain, out->strict_dkim,
		    deadline, failure))
			*failure = "the DKIM result is not known";
}

/* np= applies only to names that are known not to exist (section 4.7, "np"). */
static bool
exists(const char *domain, int64_t deadline)
{
	struct dns_question q[] = { { .type = DNS_A, .name = domain },
		{ .type = DNS_AAAA, .name = domain },
		{ .type = DNS_MX, .name = domain } };
	bool found = false;
	size_t i;

	dns_ask(q, 3, deadline);
	for (i = 0; i < 3; i++)
		found |= q[i].answer->status != DNS_NONE;
	dns_forget(q, 3);
	return found;
}

/* Section 4.10.1: of the author's domain, or of the organization, or of the
 * public suffix above it. */
static const struct dmarc_step *
policy_step(const struct dmarc_walk *w)
{
	const struct dmarc_step *step = dmarc_walk_at(w, w->from);

	if (step == NULL)
		step = dmarc_walk_at(w, w->organization);
	if (step == NULL && w->n > 0 &&
	    w->v[w->n - 1].record.psd == DMARC_PSD_YES)
		step = &w->v[w->n - 1];
	return step;
}

static void
take_policy(struct dmarc *out, const struct dmarc_walk *w,
    const struct dmarc_step *step, int64_t deadline)
{
	const struct dmarc_record *r = &step->record;

	out->record_domain = mem_dup(step->domain);
	out->record = mem_dup(step->text);
	out->rua = mem_dup(r->rua);
	out->ruf = mem_dup(r->ruf);
	out->strict_spf = r->strict_spf;
	out->strict_dkim = r->strict_dkim;
	if (strcmp(step->domain, w->from) == 0)
		out->requested = r->p;
	else if (r->np == r->sp || exists(w->from, deadline))
		out->requested = r->sp;
	else
		out->requested = r->np;
	out->policy = r->test && out->requested != DMARC_NONE ?
	    (enum dmarc_policy)(out->requested - 1) : out->requested;
}

static void
judge(struct dmarc *out, const struct dmarc_walk *w, const struct spf *spf,
    const struct dkim_result *dkim, int64_t deadline)
{
	const char *failure = w->failure;

	judge_dkim(out, w, dkim, deadline, &failure);
	judge_spf(out, w, spf, deadline, &failure);
	if (out->by_spf || out->by_dkim) {
		out->result = DMARC_RESULT_PASS;
	} else if (failure != NULL) {
		out->result = DMARC_RESULT_TEMPERROR;
		out->failure = failure;
	} else
		out->result = DMARC_RESULT_FAIL;
}

void
dmarc_check(const char *author, const struct spf *spf,
    const struct dkim_result *dkim, int64_t deadline, struct dmarc *out)
{
	const struct dmarc_step *step;
	struct dmarc_walk w;

	memset(out, 0, sizeof *out);
	dmarc_walk(&w, author, deadline);
	step = policy_step(&w);
	if (w.failure != NULL && (step == NULL || step->domain != w.from)) {
		out->result = DMARC_RESULT_TEMPERROR;
		out->failure = w.failure;
	} else if (step != NULL) {
		take_policy(out, &w, step, deadline);
		judge(out, &w, spf, dkim, deadline);
	}
	dmarc_walk_free(&w);
}

void
dmarc_clear(struct dmarc *d)
{
	free(d->record_domain);
	free(d->record);
	free(d->rua);
	free(d->ruf);
	memset(d, 0, sizeof *d);
}
