/*
 * dns_cache.h - queries in progress and their answers; for the files of dns.h
 *
 * A table of entries by name and type. An entry is answered (then it lives
 * until its time is over or the room is needed) or in progress (then it stays,
 * with the queries that wait for it). No lock of its own: dns.c has it.
 */
#ifndef DNS_DNS_CACHE_H
#define DNS_DNS_CACHE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dns/dns_answer.h"

/* RFC 1035 section 2.3.4, as text without the last dot. */
#define DNS_NAME_MAX 253

/* A name in lower case without the dot at its end, and its hash. */
struct dns_key {
	enum dns_type type;
	uint64_t hash;
	size_t n;
	char name[DNS_NAME_MAX + 1];
};

struct dns_entry {
	struct dns_entry *chain;		/* of the bucket */
	struct dns_entry *newer, *older;	/* of those answered */
	struct dns_shared_answer *shared;		/* NULL: on its way */
	int64_t until;			/* answered: good till then, clock_ms() */
	int64_t born;			/* on its way: since then */
	int64_t again;			/* on its way: to be sent then */
	struct dns_question *waiting;
	struct dns_entry *next;		/* of the list it is in, to be sent */
	struct dns_key key;
};

struct dns_cache {
	struct dns_entry **buckets;	/* NULL: nothing was kept yet */
	struct dns_entry *newest, *oldest;
	size_t max;			/* bytes */
	size_t bytes, kept, waiting;
	uint64_t dropped;
	uint64_t secret[2];
};

/* False: no such name can be. An empty name is the root. */
bool dns_key_set(struct dns_key *key, const struct dns_cache *c,
    enum dns_type type, const char *name);

/* Ready for entries; before it the secret is zero. */
void dns_cache_open(struct dns_cache *c, size_t max);
/* Frees every entry that is answered; those on their way must be none. */
void dns_cache_close(struct dns_cache *c);

/* The entry, or NULL. One that is answered becomes the newest. */
struct dns_entry *dns_cache_find(struct dns_cache *c,
    const struct dns_key *key);

/* A new entry, on its way. */
struct dns_entry *dns_cache_add(struct dns_cache *c,
    const struct dns_key *key, int64_t now);

/* Answered, and the oldest make room for it. Takes the hold. */
void dns_cache_answer(struct dns_cache *c, struct dns_entry *e,
    struct dns_shared_answer *shared, int64_t until);

/* In progress again; its answer is released. */
void dns_cache_renew(struct dns_cache *c, struct dns_entry *e, int64_t now);

#endif
