/* spf_saywhy - check_host() by ourselves (RFC 7208 sections 4 and 6) */

#include <string.h>

#include "auth/spf_engine.h"
#include "auth/spf_macro.h"
#include "auth/spf_state.h"
#include "base/mem.h"

static enum spf_result
result_of(char qualifier)
{
	switch (qualifier) {
	case '-':
		return SPF_FAIL;
	case '~':
		return SPF_SOFTFAIL;
	case '?':
		return SPF_NEUTRAL;
	}
	return SPF_PASS;
}

/*
 * Section 4.5: the one record among all TXT. 0: there is none, 2: there are
 * more.
 */
static int
select_record(const struct dns_answer *txt, const struct dns_record **record)
{
	int records = 0;
	size_t i;

	for (i = 0; records < 2 && i < txt->n; i++)
		if (spf_record_is(txt->v[i].text, txt->v[i].n)) {
			*record = &txt->v[i];
			records++;
		}
	return records;
}

/* Starts queries early that are sure to be needed. */
static void
prefetch(const struct spf_record *r)
{
	size_t i;

	for (i = 0; i < r->n && i < SPF_TERMS_MAX; i++)
		if (r->v[i].kind == SPF_INCLUDE &&
		    strchr(r->v[i].domain, '%') == NULL)
			dns_prefetch(DNS_TXT, r->v[i].domain);
}

/* Section 6.2: on any error there is no explanation. */
static void
explain(struct spf_state *s, const char *current, const char *exp)
{
	struct buf domain = BUF_INIT, text = BUF_INIT;
	const struct dns_answer *txt;

	spf_expand(s, current, exp, true, &domain);
	txt = dns_lookup(DNS_TXT, domain.data, s->q->deadline);
	if (txt->n == 1 && strlen(txt->v[0].text) == txt->v[0].n &&
	    spf_macro_is_explanation(txt->v[0].text)) {
		spf_expand(s, current, txt->v[0].text, false, &text);
		mem_replace(&s->out->explanation, text.data);
	}
	dns_drop(txt);
	buf_free(&domain);
	buf_free(&text);
}

/* Section 6.1: the other record in place of this one. */
static enum spf_result
redirect(struct spf_state *s, const char *current, const char *to,
    bool decides)
{
	struct buf domain = BUF_INIT;
	enum spf_result result;

	if (++s->terms > SPF_TERMS_MAX) {
		spf_fail_for_good(s, "it takes more than 10 DNS lookups");
		return SPF_PERMERROR;
	}
	s->out->lookups = s->terms;
	spf_expand(s, current, to, true, &domain);
	result = s->check_host(s, domain.data, decides);
	buf_free(&domain);
	if (result != SPF_NONE)
		return result;
	spf_fail_for_good(s, "the domain it redirects to has no record");
	return SPF_PERMERROR;
}

/* Section 4.6: the first term that matches decides. */
static enum spf_result
evaluate(struct spf_state *s, const char *current,
    const struct spf_record *r, bool decides)
{
	enum spf_result result = SPF_NEUTRAL;
	enum spf_match match = SPF_MATCH_NO;
	const char *mechanism = "default";
	size_t i;

	prefetch(r);
	for (i = 0; match == SPF_MATCH_NO && i < r->n; i++)
		match = spf_match_term(s, &r->v[i], current);
	if (match == SPF_MATCH_NO && r->redirect != NULL)
		return redirect(s, current, r->redirect, decides);
	if (match != SPF_MATCH_NO)
		mechanism = r->v[i - 1].text;
	if (match == SPF_MATCH_YES)
		result = result_of(r->v[i - 1].qualifier);
	else if (match == SPF_MATCH_ERROR)
		result = s->out->result;
	if (decides)
		mem_replace(&s->out->mechanism, mechanism);
	if (decides && result == SPF_FAIL && r->exp != NULL && s->q->explain)
		explain(s, current, r->exp);
	return result;
}

static enum spf_result
read_and_evaluate(struct spf_state *s, const char *domain,
    const struct dns_record *text, bool decides)
{
	struct buf errmsg = BUF_INIT;
	struct spf_record record;
	enum spf_result result = SPF_PERMERROR;

	if (decides)
		mem_replace(&s->out->record, text->text);
	if (spf_record_read(&record, text->text, text->n, &errmsg))
		result = evaluate(s, domain, &record, decides);
	else
		spf_fail_for_good(s, errmsg.data);
	spf_record_clear(&record);
	buf_free(&errmsg);
	return result;
}

static enum spf_result
check_host(struct spf_state *s, const char *domain, bool decides)
{
	const struct dns_answer *txt = dns_lookup(DNS_TXT, domain,
	    s->q->deadline);
	const struct dns_record *text = NULL;
	enum spf_result result = SPF_NONE;
	int records = select_record(txt, &text);

	if (txt->status == DNS_TEMPFAIL) {
		spf_fail_for_now(s, txt);
		result = SPF_TEMPERROR;
	} else if (records == 1) {
		result = read_and_evaluate(s, domain, text, decides);
	} else if (records > 1) {
		spf_fail_for_good(s, "there is more than one record");
		result = SPF_PERMERROR;
	}
	dns_drop(txt);
	return result;
}

void
spf_saywhy(const struct spf_query *q, struct spf *out)
{
	struct spf_state s = { .q = q, .out = out, .name = BUF_INIT,
		.check_host = check_host };

	out->result = check_host(&s, q->domain, true);
	buf_free(&s.name);
}
