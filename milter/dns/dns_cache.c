/* dns_cache - queries in progress and their answers */

#include "dns/dns_cache.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/siphash.h"

#define BUCKETS 65536		/* a power of two */
#define LABEL_MAX 63

/* Copies in lower case; false for an empty or too long label. */
static bool
copy_name(struct dns_key *key, const char *name)
{
	size_t label = 0;
	char c;

	for (key->n = 0; (c = name[key->n]) != '\0'; key->n++) {
		if (key->n == DNS_NAME_MAX)
			return c == '.' && name[key->n + 1] == '\0';
		if (c == '.' && name[key->n + 1] == '\0' && label > 0)
			break;
		if (c == '.' ? label == 0 : ++label > LABEL_MAX)
			return false;
		if (c == '.')
			label = 0;
		else if (c >= 'A' && c <= 'Z')
			c = (char)(c - 'A' + 'a');
		key->name[key->n] = c;
	}
	return true;
}

/* Names come from strangers, so the hash needs a secret. */
bool
dns_key_set(struct dns_key *key, const struct dns_cache *c,
    enum dns_type type, const char *name)
{
	key->type = type;
	if (!copy_name(key, name))
		return false;
	key->name[key->n] = '\0';
	key->hash = siphash(c->secret, key->name, key->n) + type;
	return true;
}

void
dns_cache_open(struct dns_cache *c, size_t max)
{
	memset(c, 0, sizeof *c);
	c->max = max;
	c->buckets = mem_array(BUCKETS, sizeof *c->buckets);
	if (getrandom(c->secret, sizeof c->secret, 0) != sizeof c->secret)
		BUG("getrandom(2) gave too little");
}

static size_t
bytes_of(const struct dns_entry *e)
{
	return sizeof *e + e->shared->bytes;
}

static void
unlink_age(struct dns_cache *c, struct dns_entry *e)
{
	*(e->newer != NULL ? &e->newer->older : &c->newest) = e->older;
	*(e->older != NULL ? &e->older->newer : &c->oldest) = e->newer;
	e->newer = e->older = NULL;
}

static void
link_newest(struct dns_cache *c, struct dns_entry *e)
{
	e->older = c->newest;
	*(c->newest != NULL ? &c->newest->newer : &c->oldest) = e;
	c->newest = e;
}

static struct dns_entry **
bucket_of(struct dns_cache *c, const struct dns_key *key)
{
	return &c->buckets[key->hash & (BUCKETS - 1)];
}

struct dns_entry *
dns_cache_find(struct dns_cache *c, const struct dns_key *key)
{
	struct dns_entry *e = *bucket_of(c, key);

	while (e != NULL && (e->key.hash != key->hash ||
	    e->key.type != key->type || e->key.n != key->n ||
	    memcmp(e->key.name, key->name, key->n) != 0))
		e = e->chain;
	if (e != NULL && e->shared != NULL && e != c->newest) {
		unlink_age(c, e);
		link_newest(c, e);
	}
	return e;
}

struct dns_entry *
dns_cache_add(struct dns_cache *c, const struct dns_key *key, int64_t now)
{
	struct dns_entry **bucket = bucket_of(c, key);
	struct dns_entry *e = mem_alloc(sizeof *e);

	e->key = *key;
	e->born = now;
	e->chain = *bucket;
	*bucket = e;
	c->waiting++;
	return e;
}

/* Takes back what dns_cache_answer() counted. */
static void
take_out(struct dns_cache *c, struct dns_entry *e)
{
	c->bytes -= bytes_of(e);
	c->kept--;
	unlink_age(c, e);
	dns_drop(&e->shared->answer);
	e->shared = NULL;
}

static void
drop_oldest(struct dns_cache *c)
{
	struct dns_entry *e = c->oldest, **at = bucket_of(c, &e->key);

	while (*at != e)
		at = &(*at)->chain;
	*at = e->chain;
	take_out(c, e);
	free(e);
}

void
dns_cache_answer(struct dns_cache *c, struct dns_entry *e,
    struct dns_shared_answer *shared, int64_t until)
{
	e->shared = shared;
	e->until = until;
	c->waiting--;
	c->kept++;
	c->bytes += bytes_of(e);
	link_newest(c, e);
	while (c->bytes + dns_parsed_bytes() > c->max && c->oldest != e) {
		drop_oldest(c);
		c->dropped++;
	}
}

void
dns_cache_renew(struct dns_cache *c, struct dns_entry *e, int64_t now)
{
	take_out(c, e);
	c->waiting++;
	e->born = now;
	e->again = 0;
}

void
dns_cache_close(struct dns_cache *c)
{
	while (c->oldest != NULL)
		drop_oldest(c);
	free(c->buckets);
	memset(c, 0, sizeof *c);
}
