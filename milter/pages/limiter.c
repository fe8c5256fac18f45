/* limiter - limits the requests a minute of one client */

#include "pages/limiter.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/net.h"
#include "base/siphash.h"

#define SLOTS 4096
#define MINUTE_MS 60000.0

struct bucket {
	double left;
	int64_t when;		/* 0: not used yet */
};

struct limiter {
	double a_minute;
	/* so that nobody can choose the slot of another */
	uint64_t key[2];
	struct bucket buckets[SLOTS];
};

struct limiter *
limiter_new(long long a_minute)
{
	struct limiter *l = mem_alloc(sizeof *l);

	l->a_minute = (double)a_minute;
	if (getrandom(l->key, sizeof l->key, 0) != sizeof l->key)
		BUG("getrandom(2) gave too little");
	return l;
}

void
limiter_free(struct limiter *l)
{
	free(l);
}

static struct bucket *
bucket_of(struct limiter *l, const char *client)
{
	uint8_t who[16] = { 0 };
	struct ip ip;

	if (client != NULL && ip_parse(client, &ip))
		memcpy(who, ip.b, ip_is_v4(&ip) ? 16 : 8);
	return &l->buckets[siphash(l->key, who, sizeof who) % SLOTS];
}

bool
limiter_allows(struct limiter *l, const char *client, int64_t now_ms)
{
	struct bucket *b = bucket_of(l, client);

	if (l->a_minute <= 0)
		return true;
	if (b->when == 0)
		b->left = l->a_minute;
	else
		b->left += (double)(now_ms - b->when) * l->a_minute /
		    MINUTE_MS;
	if (b->left > l->a_minute)
		b->left = l->a_minute;
	b->when = now_ms;
	if (b->left < 1)
		return false;
	b->left--;
	return true;
}
