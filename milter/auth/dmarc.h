/*
 * dmarc.h - does the message come from its author's domain? (RFC 9989)
 *
 * Of May 2026, which replaced RFC 7489: the organizational domain is found by a
 * walk up the tree of DNS, in at most eight queries (section 4.10), not by a
 * list of public suffixes. Any thread; it waits only for DNS, until the
 * deadline.
 */
#ifndef AUTH_DMARC_H
#define AUTH_DMARC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "auth/dmarc_record.h"

struct dkim_result;
struct spf;

/* RFC 8601 section 2.7.1 and RFC 9989: none is "there is no record". */
enum dmarc_result { DMARC_RESULT_NONE, DMARC_RESULT_PASS, DMARC_RESULT_FAIL,
	DMARC_RESULT_TEMPERROR };

const char *dmarc_result_name(enum dmarc_result result);

struct dmarc {
	enum dmarc_result result;
	enum dmarc_policy requested;	/* what the owner wants done */
	enum dmarc_policy policy;	/* the same after t=y */
	char *record_domain;	/* where the record is; or NULL */
	char *record;		/* raw; or NULL */
	char *rua, *ruf;	/* where reports are wanted; or NULL */
	bool strict_spf, strict_dkim;
	bool by_spf, by_dkim;	/* passed and aligned */
	const char *failure;	/* of TEMPERROR; lives on */
};

/*
 * `author` is lower case, A-labels. spf or dkim NULL: not evaluated. Fills
 * *out, which the caller clears.
 */
void dmarc_check(const char *author, const struct spf *spf,
    const struct dkim_result *dkim, int64_t deadline, struct dmarc *out);
void dmarc_clear(struct dmarc *d);

#endif
