/* spf_terms - does a mechanism match? (RFC 7208 section 5) */

#include <string.h>

#include "auth/spf_state.h"
#include "base/mem.h"

enum spf_match
spf_fail_for_good(struct spf_state *s, const char *errmsg)
{
	if (s->out->detail == NULL)
		s->out->detail = mem_dup(errmsg);
	s->out->result = SPF_PERMERROR;
	return SPF_MATCH_ERROR;
}

enum spf_match
spf_fail_for_now(struct spf_state *s, const struct dns_answer *a)
{
	if (s->out->detail == NULL)
		s->out->detail = mem_dup(a->failure);
	s->out->result = SPF_TEMPERROR;
	return SPF_MATCH_ERROR;
}

/* False: too many void lookups (section 4.6.4). */
static bool
count_void(struct spf_state *s, const struct dns_answer *a)
{
	if (a->status == DNS_NONE && !a->unasked)
		s->out->voids = ++s->voids;
	return s->voids <= SPF_VOIDS_MAX;
}

/* Section 5.3 */
static enum spf_match
match_a(struct spf_state *s, const struct spf_term *t, const char *domain)
{
	const struct dns_answer *a = dns_lookup(spf_address_type(s), domain,
	    s->q->deadline);
	enum spf_match match = SPF_MATCH_NO;

	if (a->status == DNS_TEMPFAIL)
		match = spf_fail_for_now(s, a);
	else if (!count_void(s, a))
		match = spf_fail_for_good(s,
		    "too many names without an answer");
	else if (spf_has_address(s, a, t))
		match = SPF_MATCH_YES;
	dns_drop(a);
	return match;
}

/* The addresses of the exchangers, all queried at once, matched in turn. */
static enum spf_match
match_exchangers(struct spf_state *s, const struct spf_term *t,
    const struct dns_answer *mx)
{
	struct dns_question q[SPF_MX_MAX];
	enum spf_match match = SPF_MATCH_NO;
	size_t i;

	for (i = 0; i < mx->n; i++)
		q[i] = (struct dns_question){ .type = spf_address_type(s),
			.name = mx->v[i].text };
	dns_ask(q, mx->n, s->q->deadline);
	for (i = 0; match == SPF_MATCH_NO && i < mx->n; i++)
		if (q[i].answer->status == DNS_TEMPFAIL)
			match = spf_fail_for_now(s, q[i].answer);
		else if (!count_void(s, q[i].answer))
			match = spf_fail_for_good(s,
			    "too many names without an answer");
		else if (spf_has_address(s, q[i].answer, t))
			match = SPF_MATCH_YES;
	dns_forget(q, mx->n);
	return match;
}

/* Section 5.4 */
static enum spf_match
match_mx(struct spf_state *s, const struct spf_term *t, const char *domain)
{
	const struct dns_answer *mx = dns_lookup(DNS_MX, domain,
	    s->q->deadline);
	enum spf_match match = SPF_MATCH_NO;

	if (mx->status == DNS_TEMPFAIL)
		match = spf_fail_for_now(s, mx);
	else if (!count_void(s, mx))
		match = spf_fail_for_good(s,
		    "too many names without an answer");
	else if (mx->n > SPF_MX_MAX)
		match = spf_fail_for_good(s, "more than 10 MX records");
	else
		match = match_exchangers(s, t, mx);
	dns_drop(mx);
	return match;
}

/* Section 5.7: always A, whatever the client's address is. */
static enum spf_match
match_exists(struct spf_state *s, const char *domain)
{
	const struct dns_answer *a = dns_lookup(DNS_A, domain,
	    s->q->deadline);
	enum spf_match match = a->status == DNS_FOUND ? SPF_MATCH_YES :
	    SPF_MATCH_NO;

	if (a->status == DNS_TEMPFAIL)
		match = spf_fail_for_now(s, a);
	else if (!count_void(s, a))
		match = spf_fail_for_good(s,
		    "too many names without an answer");
	dns_drop(a);
	return match;
}

struct below {
	const char *domain;
	bool found;
};

static void
lookup_below(void *arg, const char *name)
{
	struct below *b = arg;

	b->found |= spf_is_below(name, b->domain);
}

/* Section 5.5: a temporary failure is no match. */
static enum spf_match
match_ptr(struct spf_state *s, const char *domain)
{
	const struct dns_answer *ptr = spf_ask_ptr(s);
	struct below below = { .domain = domain };
	enum spf_match match = SPF_MATCH_NO;

	if (!count_void(s, ptr))
		match = spf_fail_for_good(s,
		    "too many names without an answer");
	else if (ptr->status == DNS_FOUND)
		spf_confirm_names(s, ptr, lookup_below, &below);
	dns_drop(ptr);
	return below.found ? SPF_MATCH_YES : match;
}

/* Section 5.2 */
static enum spf_match
match_include(struct spf_state *s, const char *domain)
{
	switch (s->check_host(s, domain, false)) {
	case SPF_PASS:
		return SPF_MATCH_YES;
	case SPF_FAIL:
	case SPF_SOFTFAIL:
	case SPF_NEUTRAL:
		return SPF_MATCH_NO;
	case SPF_TEMPERROR:
		s->out->result = SPF_TEMPERROR;
		return SPF_MATCH_ERROR;
	case SPF_NONE:
		return spf_fail_for_good(s, "an included domain has no record");
	case SPF_PERMERROR:
		break;
	}
	return spf_fail_for_good(s, "an included record is wrong");
}

static enum spf_match
match_asking(struct spf_state *s, const struct spf_term *t, const char *current)
{
	struct buf domain = BUF_INIT;
	enum spf_match match = SPF_MATCH_NO;

	if (++s->terms > SPF_TERMS_MAX)
		return spf_fail_for_good(s,
		    "it takes more than 10 DNS lookups");
	s->out->lookups = s->terms;
	if (t->domain != NULL)
		spf_expand(s, current, t->domain, true, &domain);
	else
		buf_puts(&domain, current);
	switch (t->kind) {
	case SPF_INCLUDE:
		match = match_include(s, domain.data);
		break;
	case SPF_A:
		match = match_a(s, t, domain.data);
		break;
	case SPF_MX:
		match = match_mx(s, t, domain.data);
		break;
	case SPF_PTR:
		match = match_ptr(s, domain.data);
		break;
	case SPF_EXISTS:
		match = match_exists(s, domain.data);
		break;
	case SPF_ALL:
	case SPF_IP4:
	case SPF_IP6:
		break;
	}
	buf_free(&domain);
	return match;
}

enum spf_match
spf_match_term(struct spf_state *s, const struct spf_term *t,
    const char *current)
{
	switch (t->kind) {
	case SPF_ALL:
		return SPF_MATCH_YES;
	case SPF_IP4:
	case SPF_IP6:
		/* Section 5.6: of its own family only, mapped or not. */
		return ip_is_v4(&s->q->client) == (t->kind == SPF_IP4) &&
		    spf_same_network(s, &t->ip, t) ? SPF_MATCH_YES :
		    SPF_MATCH_NO;
	case SPF_INCLUDE:
	case SPF_A:
	case SPF_MX:
	case SPF_PTR:
	case SPF_EXISTS:
		break;
	}
	return match_asking(s, t, current);
}
