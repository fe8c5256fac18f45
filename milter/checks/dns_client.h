/* dns_client.h - the client's address in lists in DNS */
#ifndef CHECKS_DNS_CLIENT_H
#define CHECKS_DNS_CLIENT_H

#include "checks/dnsbl_query.h"

/*
 * For a check whose options are a struct dns_blocks, at CONNECT and RCPT. At
 * CONNECT the questions begin; at RCPT they are all in `round`, which the
 * caller ends. False: there is nothing to end, for the address is one that no
 * list can know, or it is not the check's turn (dnsbl_query_wanted()).
 */
bool dns_client_ask(struct dnsbl_query *round, const struct check_ctx *ctx);

#endif
