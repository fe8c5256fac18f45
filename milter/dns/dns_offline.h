/*
 * dns_offline.h - the part of the cache that scenarios fill; for dns.c only
 *
 * Under dns.c's lock. Names that were given exist, and every name above them
 * (RFC 8020); all others do not.
 */
#ifndef DNS_DNS_OFFLINE_H
#define DNS_DNS_OFFLINE_H

#include <stdbool.h>

struct buf;
struct dns_cache;
struct dns_shared_answer;
struct dns_key;

/* As dns_preload(). */
bool dns_offline_add(struct dns_cache *c, const char *name, const char *type,
    const char *value, struct buf *errmsg);

/* Never NULL; the caller holds it again before it is given away. */
struct dns_shared_answer *dns_offline_find(struct dns_cache *c,
    const struct dns_key *key);

void dns_offline_begin(bool senders_exist);
void dns_offline_forget(void);

#endif
