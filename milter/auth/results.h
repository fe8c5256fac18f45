/*
 * results.h - Authentication-Results (RFC 8601)
 *
 * Writes one field with the results of SPF, DKIM and DMARC for programs behind
 * us, and recognises fields that claim to be ours. Whatever a stranger chose is
 * reduced to letters, digits and . - _ before it stands in it.
 */
#ifndef AUTH_RESULTS_H
#define AUTH_RESULTS_H

#include <stdbool.h>

struct buf;
struct slots;
struct session;
struct site;

#define RESULTS_FIELD "Authentication-Results"

/*
 * Appends the value, folded by "\n\t", of the results that are known already;
 * queries nothing. False, nothing appended: there are none.
 */
bool results_put(struct buf *out, const struct slots *slots,
    const struct session *s, const struct site *site);

/*
 * Does the value begin with `name` as its author (authserv-id, section 2.2),
 * past comments, in quotes or not, in any case?
 */
bool results_claims(const char *value, const char *name);

#endif
