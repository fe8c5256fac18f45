/*
 * adopt_relay.h - for whom Postfix takes mail, and whom it trusts
 *
 * Domains are taken over only where all of them are known, and everybody who
 * may relay: else good mail would be refused, for good.
 */
#ifndef SETUP_ADOPT_RELAY_H
#define SETUP_ADOPT_RELAY_H

#include "setup/adopt.h"

void adopt_relay(struct adopt *a, const struct mta_source *source);

#endif
