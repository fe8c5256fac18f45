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

/* `servers` as in dns_options.h. False, words in errmsg: it cannot. */
bool dns_ares_start(const char *servers, struct buf *errmsg);

/* Other servers, or resolv.conf again. */
void dns_ares_servers(const char *servers);

/* There is something to send; any thread. */
void dns_ares_wake(void);

/* Waits for the end of the thread; queries in progress get a temporary failure.
   */
void dns_ares_stop(void);

/* Of dns.c: the list of entries to be sent, linked by `next`. */
struct dns_entry *dns_take_unsent(void);

/* Of dns.c: owns the reference from then on. ttl in seconds. */
void dns_sent_answered(struct dns_entry *e, struct dns_shared_answer *shared,
    unsigned ttl);

#endif
