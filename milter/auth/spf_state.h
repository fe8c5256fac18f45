/*
 * spf_state.h - one check_host() on its way; for spf_saywhy.c and its parts
 */
#ifndef AUTH_SPF_STATE_H
#define AUTH_SPF_STATE_H

#include <stdbool.h>

#include "auth/spf.h"
#include "auth/spf_record.h"
#include "base/buf.h"
#include "dns/dns.h"

/* RFC 7208 section 4.6.4 */
#define SPF_TERMS_MAX 10
#define SPF_MX_MAX 10
#define SPF_PTR_MAX 10
#define SPF_VOIDS_MAX 2

/* One query, through all includes and redirects. */
struct spf_state {
	const struct spf_query *q;
	struct spf *out;
	unsigned terms, voids;
	struct buf name;	/* of the client, confirmed; "": not queried */
	/* check_host() of section 4, for the domain of an include. */
	enum spf_result (*check_host)(struct spf_state *s, const char *domain,
	    bool decides);
};

/* What a mechanism says. ERROR: out->result holds which. */
enum spf_match { SPF_MATCH_NO, SPF_MATCH_YES, SPF_MATCH_ERROR };

/* spf_terms.c: section 5. Both errors keep the first words only. */
enum spf_match spf_match_term(struct spf_state *s, const struct spf_term *t,
    const char *current);
enum spf_match spf_fail_for_good(struct spf_state *s, const char *errmsg);
enum spf_match spf_fail_for_now(struct spf_state *s,
    const struct dns_answer *a);

/* spf_names.c: the client's address and names, and the macros that need one. */
/* Is the address in the network of the client that the term names? */
bool spf_same_network(const struct spf_state *s, const struct ip *ip,
    const struct spf_term *t);
enum dns_type spf_address_type(const struct spf_state *s);
bool spf_has_address(const struct spf_state *s, const struct dns_answer *a,
    const struct spf_term *t);
bool spf_is_below(const char *name, const char *domain);
/* The caller releases it. */
const struct dns_answer *spf_ask_ptr(struct spf_state *s);
/* Calls `found` for each name that leads back to the client. */
void spf_confirm_names(struct spf_state *s, const struct dns_answer *ptr,
    void (*found)(void *arg, const char *name), void *arg);
/* `domain`: as a domain, cut from the left when it is too long. */
void spf_expand(struct spf_state *s, const char *current, const char *text,
    bool domain, struct buf *out);

#endif
