/*
 * adopt_relay.h - for whom Postfix takes mail, and whom it trusts
 *
 * Domains are taken over only where all of them are known, and everybody who
 * may relay: else good mail would be refused, for good.
 */
#ifndef SETUP_ADOPT_RELAY_H
#define SETUP_ADOPT_RELAY_H

#include "setup/adopt.h"

/*
 * Domains that are ours need stand in no DNS: rcpt-domain-except. False, which
 * is listed: not all of them are known.
 */
bool adopt_own_domains(struct adopt *a, const struct mta_source *source,
    const char *list);

void adopt_relay(struct adopt *a, const struct mta_source *source);

#endif
