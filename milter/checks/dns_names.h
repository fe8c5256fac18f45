/* dns_names.h - the names of a session that are queried in lists of names */
#ifndef CHECKS_DNS_NAMES_H
#define CHECKS_DNS_NAMES_H

#include "checks/check.h"
#include "checks/dns_block.h"

struct buf;

/*
 * Appends the domain of this kind, in lower case and as A-labels. False,
 * nothing appended: the session has none (yet), or it is no domain that lists
 * can know, as an address literal or a name without a dot.
 */
bool dns_names_put(struct buf *out, const struct session *s,
    enum dns_match match);

/* The kinds that become known at this stage; bits. */
unsigned dns_names_at(enum stage stage);

#endif
