/*
 * dns_queue.h - questions to be sent, in turn and when their time has come;
 * for dns_ares.c, in its thread
 */
#ifndef DNS_DNS_QUEUE_H
#define DNS_DNS_QUEUE_H

#include <stdbool.h>
#include <stdint.h>

struct dns_entry;

/* Zeroed is empty. The entries are linked by their `next`. */
struct dns_queue {
	struct dns_entry *ready, *last;
	struct dns_entry *later;
};

/* Puts a list behind what is ready; the newest is its first. */
void dns_queue_put(struct dns_queue *q, struct dns_entry *list);

/* To be ready at `when`, a clock_ms() above 0. */
void dns_queue_later(struct dns_queue *q, struct dns_entry *e, int64_t when);

/* Makes those ready whose time has come; `all`: every one. */
void dns_queue_due(struct dns_queue *q, bool all);

/* The next one that is ready, removed from the queue; or NULL. */
struct dns_entry *dns_queue_take(struct dns_queue *q);

#endif
