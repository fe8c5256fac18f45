/*
 * limiter.h - limits the requests a minute of one client
 *
 * A client is an IPv4 address or an IPv6 /64. Each has a bucket that fills
 * steadily; clients that share a slot of the table share a bucket, so memory is
 * fixed. One thread.
 */
#ifndef PAGES_LIMITER_H
#define PAGES_LIMITER_H

#include <stdbool.h>
#include <stdint.h>

struct limiter;

/* 0 a minute: no limit. */
struct limiter *limiter_new(long long a_minute);
void limiter_free(struct limiter *l);	/* NULL: nothing */

/* `client` is text, NULL or no address: all such share one bucket. */
bool limiter_allows(struct limiter *l, const char *client, int64_t now_ms);

#endif
