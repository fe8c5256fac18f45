/* recognise_kept - what texts of the same shape were found to mean */

#include "words/recognise_kept.h"

#include <stdatomic.h>
#include <string.h>
#include <sys/random.h>

#define BUCKET_BITS 12
#define WAYS 4			/* shapes of one bucket */
#define HALVES 640		/* of 32 bits: the longest shape that is kept */
#define SPARE 16		/* bytes with which halves of it are filled */
#define APART 4			/* between the keys of both prints */
#define USED 0x100000000u	/* an entry that is not free has it */

/* Both prints are mixed with what it means, so that they fit no shape where one
   of the three is another writer's. */
struct entry {
	_Atomic uint64_t print[2], means;
};

/* A shape as it is put together. */
struct parts {
	uint32_t half[HALVES];
	size_t n;
};

static struct entry buckets[1 << BUCKET_BITS][WAYS];
static uint32_t key[HALVES + APART];
static bool has_key;		/* without one nothing is kept */

void
recognise_kept_fill(void)
{
	char *at = (char *)key;
	size_t left = sizeof key, n;

	has_key = true;
	/* More than 256 bytes may come in pieces. */
	for (; left > 0 && has_key; left -= n, at += n) {
		n = left < 256 ? left : 256;
		has_key = getrandom(at, n, 0) == (ssize_t)n;
	}
}

/* There is room for them; zeros fill the last half. */
static void
put(struct parts *to, const void *bytes, size_t n)
{
	size_t halves = (n + 3) / 4;

	if (n == 0)
		return;
	to->half[to->n + halves - 1] = 0;
	memcpy(to->half + to->n, bytes, n);
	to->n += halves;
}

/* NH of both keys, of an even number of halves. */
static void
print_shape(struct shape *shape, const struct parts *of)
{
	uint64_t one = 0, other = 0;
	const uint32_t *h = of->half, *k = key;

	for (; h < of->half + of->n; h += 2, k += 2) {
		one += (uint64_t)(h[0] + k[0]) * (h[1] + k[1]);
		other += (uint64_t)(h[0] + k[APART]) * (h[1] + k[APART + 1]);
	}
	shape->print[0] = one;
	shape->print[1] = other;
}

struct shape
recognise_shape(const struct phrase_match *m, enum topic about,
    const struct recognised *r)
{
	const struct judge *j = &m->judge;
	const uint32_t head[] = { m->nqueued, j->ntokens, j->nnoted,
		(uint32_t)about, (uint32_t)r->code };
	size_t events = m->nqueued * sizeof m->queue[0];
	size_t tokens = j->ntokens * sizeof j->token[0];
	size_t noted = j->nnoted * sizeof j->noted[0];
	struct shape shape = { .can_keep = false };
	struct parts parts;

	/* What is matched or looked up already is there no more. */
	if (!has_key || m->matching || j->before != 0 || j->weighed ||
	    sizeof head + sizeof r->status + events + tokens + noted + SPARE >
	    4 * HALVES)
		return shape;
	parts.n = 0;
	put(&parts, head, sizeof head);
	put(&parts, r->status, strlen(r->status));
	put(&parts, m->queue, events);
	put(&parts, j->token, tokens);
	put(&parts, j->noted, noted);
	parts.half[parts.n] = 0;
	parts.n += parts.n % 2;
	print_shape(&shape, &parts);
	shape.can_keep = true;
	return shape;
}

static struct entry *
bucket(const struct shape *shape)
{
	return buckets[shape->print[0] * 0x9e3779b97f4a7c15 >>
	    (64 - BUCKET_BITS)];
}

static inline uint64_t
get(_Atomic uint64_t *from)
{
	return atomic_load_explicit(from, memory_order_relaxed);
}

bool
recognise_kept(const struct shape *shape, struct meaning *means)
{
	struct entry *e, *end;
	uint64_t got;

	if (!shape->can_keep)
		return false;
	e = bucket(shape);
	for (end = e + WAYS; e < end; e++) {
		got = get(&e->means);
		if ((got & USED) != 0 &&
		    (get(&e->print[0]) ^ got) == shape->print[0] &&
		    (get(&e->print[1]) ^ got) == shape->print[1]) {
			*means = (struct meaning){ (uint8_t)got,
				(uint8_t)(got >> 8), (uint8_t)(got >> 16),
				(uint8_t)(got >> 24) };
			return true;
		}
	}
	return false;
}

void
recognise_keep(const struct shape *shape, struct meaning means)
{
	uint64_t put_in = USED | (uint64_t)means.flags << 24 |
	    (uint64_t)means.issuer << 16 |
	    (uint64_t)means.confidence << 8 | means.reason;
	struct entry *e, *end;

	if (!shape->can_keep)
		return;
	e = bucket(shape);
	for (end = e + WAYS; e < end && (get(&e->means) & USED) != 0;)
		e++;
	if (e == end)
		e -= 1 + shape->print[1] % WAYS;
	atomic_store_explicit(&e->print[0], shape->print[0] ^ put_in,
	    memory_order_relaxed);
	atomic_store_explicit(&e->print[1], shape->print[1] ^ put_in,
	    memory_order_relaxed);
	atomic_store_explicit(&e->means, put_in, memory_order_relaxed);
}
