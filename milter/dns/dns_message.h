/*
 * dns_message.h - an answer of the wire, read (RFC 1035 section 4)
 *
 * For dns_ares.c; touches nothing but its arguments. The bytes are those of
 * a server that may lie: every length is looked at, every pointer goes
 * backwards, and what is read is bounded by the message.
 */
#ifndef DNS_DNS_MESSAGE_H
#define DNS_DNS_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dns/dns_answer.h"

/* How long answers are kept, in seconds, whatever their TTL says. */
#define DNS_TTL_LEAST 1
#define DNS_TTL_MAX 86400
#define DNS_TTL_NONE_MAX 900
#define DNS_TTL_NONE 60		/* the server does not say (no SOA) */
#define DNS_TTL_TEMPFAIL 1

/*
 * The answer to the query for `name` (as it was sent) and type. CNAMEs are
 * followed, at most 16. *ttl: how long it is good, in seconds, within the
 * bounds above. Never NULL; a message that cannot be read is a temporary
 * failure.
 */
struct dns_shared_answer *dns_message_read(const uint8_t *bytes, size_t n,
    enum dns_type type, const char *name, uint32_t *ttl);

/*
 * Is there room for this name on the wire? Labels of 1 to 63 bytes of any kind
 * and 255 in all; a dot may end it.
 */
bool dns_message_can_ask(const char *name);

/* The number of a type on the wire. */
unsigned dns_message_type(enum dns_type type);

#endif
