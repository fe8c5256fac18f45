/* spf_names - names of the client, and macros (RFC 7208 sections 5.5 and 7) */

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "auth/spf_macro.h"
#include "auth/spf_state.h"
#include "base/mem.h"

bool
spf_is_below(const char *name, const char *domain)
{
	size_t n = strlen(name), m = strlen(domain);

	return n >= m && strcasecmp(name + n - m, domain) == 0 &&
	    (n == m || name[n - m - 1] == '.');
}

enum dns_type
spf_address_type(const struct spf_state *s)
{
	return ip_is_v4(&s->q->client) ? DNS_A : DNS_AAAA;
}

bool
spf_same_network(const struct spf_state *s, const struct ip *ip,
    const struct spf_term *t)
{
	unsigned bits = ip_is_v4(&s->q->client) ? 96 + t->prefix4 :
	    t->prefix6, whole = bits / 8, rest = bits % 8;

	return ip_is_v4(ip) == ip_is_v4(&s->q->client) &&
	    memcmp(ip->b, s->q->client.b, whole) == 0 &&
	    (rest == 0 || ((ip->b[whole] ^ s->q->client.b[whole]) >>
	    (8 - rest)) == 0);
}

bool
spf_has_address(const struct spf_state *s, const struct dns_answer *a,
    const struct spf_term *t)
{
	size_t i;

	for (i = 0; i < a->n; i++)
		if (spf_same_network(s, &a->v[i].ip, t))
			return true;
	return false;
}

/* Which of the names leads back to the client? `found` gets each. */
void
spf_confirm_names(struct spf_state *s, const struct dns_answer *ptr,
    void (*found)(void *arg, const char *name), void *arg)
{
	const struct spf_term whole = { .prefix4 = 32, .prefix6 = 128 };
	size_t i, n = ptr->n < SPF_PTR_MAX ? ptr->n : SPF_PTR_MAX;
	struct dns_question q[SPF_PTR_MAX];

	for (i = 0; i < n; i++)
		q[i] = (struct dns_question){ .type = spf_address_type(s),
			.name = ptr->v[i].text };
	dns_ask(q, n, s->q->deadline);
	for (i = 0; i < n; i++)
		if (spf_has_address(s, q[i].answer, &whole))
			found(arg, ptr->v[i].text);
	dns_forget(q, n);
}

const struct dns_answer *
spf_ask_ptr(struct spf_state *s)
{
	struct buf name = BUF_INIT;
	const struct dns_answer *ptr;

	dns_put_reverse(&name, &s->q->client, NULL);
	ptr = dns_lookup(DNS_PTR, name.data, s->q->deadline);
	buf_free(&name);
	return ptr;
}

/* Section 7.3: best the domain itself, else a name in it, else any. */
struct best {
	const char *domain;
	char *name;
	int rank;
};

static void
keep_best(void *arg, const char *name)
{
	struct best *b = arg;
	int rank = strcasecmp(name, b->domain) == 0 ? 3 :
	    spf_is_below(name, b->domain) ? 2 : 1;

	if (rank > b->rank) {
		b->rank = rank;
		mem_replace(&b->name, name);
	}
}

/* The p of macros; looked up once. */
struct naming {
	struct spf_state *s;
	const char *domain;
};

static void
put_name(void *arg, struct buf *out)
{
	struct naming *n = arg;
	struct best best = { .domain = n->domain };
	const struct dns_answer *ptr;

	if (n->s->name.len == 0) {
		ptr = spf_ask_ptr(n->s);
		if (ptr->status == DNS_FOUND)
			spf_confirm_names(n->s, ptr, keep_best, &best);
		dns_drop(ptr);
		buf_puts(&n->s->name, best.name != NULL ? best.name :
		    "unknown");
		free(best.name);
	}
	buf_puts(out, n->s->name.data);
}

void
spf_expand(struct spf_state *s, const char *current, const char *text,
    bool domain, struct buf *out)
{
	struct naming naming = { .s = s, .domain = current };
	const char *local = s->q->local;
	const struct spf_macro m = {
		.local = local != NULL && *local != '\0' ? local :
		    "postmaster",
		.domain = s->q->domain, .current = current,
		.helo = s->q->helo != NULL ? s->q->helo : "",
		.receiver = s->q->receiver, .client = s->q->client,
		.put_name = put_name, .arg = &naming };

	(domain ? spf_macro_put_domain : spf_macro_put)(&m, text, out);
}
