/*
 * dnsbl_query.h - queries of one session to lists in DNS, all at once
 *
 * A check starts its queries as soon as it can (dns_prefetch()), and at RCPT
 * waits for all of them together; most answers have arrived by then. The
 * weights of all lists that have the client or a name of it are added up over
 * the checks of a message; a sum that reaches the threshold of the section is a
 * finding.
 */
#ifndef CHECKS_DNSBL_QUERY_H
#define CHECKS_DNSBL_QUERY_H

#include "checks/dns_block.h"

struct dns_ask;
struct dns_question;

struct dnsbl_query {
	const struct check_ctx *ctx;
	struct dns_ask *asks;
	struct dns_question *questions;	/* one for each ask */
	size_t n, cap;
	long long certain;	/* weights found so far, each list once */
};

/* Is it this check's turn? Once a message, and not for those exempt. */
bool dnsbl_query_wanted(const struct check_ctx *ctx);

void dnsbl_query_begin(struct dnsbl_query *r, const struct check_ctx *ctx);

/*
 * Adds a query about the client (domain NULL), or about this domain or address.
 * Lists that are disabled are not queried.
 */
void dnsbl_query_add(struct dnsbl_query *r, const struct dns_block *block,
    const char *domain);

/*
 * Waits for the answers and adds the findings: one for each list that has it
 * when the threshold is reached, with the reason of that number in `reasons`
 * (the block's `reason`), and dnsbl-unavailable for each list that fails.
 */
void dnsbl_query_end(struct dnsbl_query *r, struct findings *found,
    const int *reasons);

/* The same for lists of those who are let pass: one finding is enough. */
void dnsbl_query_end_allow(struct dnsbl_query *r, struct findings *found);

/* Begins the same question without waiting for it. */
void dnsbl_query_prefetch(const struct check_ctx *ctx,
    const struct dns_block *block, const char *domain);

#endif
