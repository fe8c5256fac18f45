/*
 * dns_ares.h - c-ares in a thread of its own; for dns.c only
 *
 * dns.c has the lock over entries; this thread locks it for moments through the
 * functions given at the start. c-ares is not thread-safe: only this thread
 * calls it.
 */
#ifndef DNS_DNS_ARES_H
#define DNS_DNS_ARES_H

#include <stdbool.h>

struct buf;
struct dns_entry;
struct dns_shared_answer;

/* What the thread calls in dns.c. */
struct dns_ares_calls {
	/* The list of entries to be sent, linked by `next`. */
	struct dns_entry *(*take_unsent)(void);
	/* Owns the reference from then on. ttl in seconds. */
	void (*answered)(struct dns_entry *e,
	    struct dns_shared_answer *shared, unsigned ttl);
};

/*
 * `servers` as in dns_options.h; `calls` must live as long as the thread. False
 * with words in errmsg when it cannot start.
 */
bool dns_ares_start(const char *servers, const struct dns_ares_calls *calls,
    struct buf *errmsg);

/* Other servers, or resolv.conf again. */
void dns_ares_servers(const char *servers);

/* There is something to send; any thread. */
void dns_ares_wake(void);

/* Waits for the end of the thread; queries in progress fail temporarily. */
void dns_ares_stop(void);

#endif
