/* tally - how often each name comes */

#include "records/tally.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/siphash.h"

#define SLOTS_MIN 64		/* a power of two */
#define INDEX_MASK 0xffffffffu	/* of a slot; the rest is of the hash */

void
tally_init(struct tally *t)
{
	memset(t, 0, sizeof *t);
	t->names = (struct buf)BUF_INIT;
	t->nslots = SLOTS_MIN;
	t->slots = mem_array(t->nslots, sizeof *t->slots);
	if (getrandom(t->secret, sizeof t->secret, 0) != sizeof t->secret)
		BUG("getrandom(2) gave too little");
}

void
tally_free(struct tally *t)
{
	free(t->v);
	free(t->slots);
	buf_free(&t->names);
	memset(t, 0, sizeof *t);
	t->names = (struct buf)BUF_INIT;
}

static uint64_t
slot_of(uint64_t hash, size_t row)
{
	return (hash & ~(uint64_t)INDEX_MASK) | (uint64_t)(row + 1);
}

/*
 * The next slot from this one on that is free or is most likely of that hash,
 * for which no row has to be looked at.
 */
static size_t
probe(const struct tally *t, uint64_t hash, size_t at)
{
	for (;; at++) {
		at &= t->nslots - 1;
		if (t->slots[at] == 0 || (t->slots[at] ^ hash) >> 32 == 0)
			return at;
	}
}

static struct tally_row *
row_in(const struct tally *t, size_t slot)
{
	return &t->v[(t->slots[slot] & INDEX_MASK) - 1];
}

static void
grow(struct tally *t)
{
	size_t i, slot;

	free(t->slots);
	t->nslots *= 2;
	t->slots = mem_array(t->nslots, sizeof *t->slots);
	for (i = 0; i < t->n; i++) {
		slot = t->v[i].hash & (t->nslots - 1);
		while (t->slots[slot] != 0)
			slot = (slot + 1) & (t->nslots - 1);
		t->slots[slot] = slot_of(t->v[i].hash, i);
	}
}

static size_t
add_row(struct tally *t, uint64_t hash, const void *name, size_t n)
{
	t->v = mem_room(t->v, t->n, &t->cap, sizeof *t->v);
	t->v[t->n] = (struct tally_row){ .hash = hash, .at = t->names.len,
		.n = (uint32_t)n };
	buf_put(&t->names, name, n);
	return t->n++;
}

static size_t
add(struct tally *t, uint64_t hash, const void *name, size_t n,
    int64_t count, const char *example)
{
	struct tally_row *r;
	size_t slot;

	if (2 * t->n >= t->nslots)
		grow(t);
	for (slot = probe(t, hash, hash); t->slots[slot] != 0;
	    slot = probe(t, hash, slot + 1)) {
		r = row_in(t, slot);
		if (r->hash == hash && r->n == n &&
		    memcmp(t->names.data + r->at, name, n) == 0)
			break;
	}
	if (t->slots[slot] == 0)
		t->slots[slot] = slot_of(hash, add_row(t, hash, name, n));
	r = row_in(t, slot);
	r->count += count;
	if (example != NULL && strcmp(example, r->example) > 0) {
		memset(r->example, 0, sizeof r->example);
		memcpy(r->example, example, strnlen(example,
		    sizeof r->example - 1));
	}
	return (size_t)(r - t->v);
}

size_t
tally_add(struct tally *t, const void *name, size_t n, int64_t count,
    const char *example)
{
	return add(t, siphash(t->secret, name, n), name, n, count, example);
}

/* Of any bytes, up to two lines of the cache. */
static void
prefetch(const void *bytes, size_t n)
{
	__builtin_prefetch(bytes);
	__builtin_prefetch((const char *)bytes + (n > 0 ? n - 1 : 0));
}

/* Slots, then the rows that they name, then the names of these. */
static void
prefetch_all(const struct tally *t, const uint64_t *hashes, size_t n)
{
	const struct tally_row *rows[TALLY_ITEMS];
	size_t i, slot;

	for (i = 0; i < n; i++)
		__builtin_prefetch(&t->slots[hashes[i] & (t->nslots - 1)]);
	for (i = 0; i < n; i++) {
		slot = probe(t, hashes[i], hashes[i]);
		rows[i] = t->slots[slot] != 0 ? row_in(t, slot) : NULL;
		if (rows[i] != NULL)
			prefetch(rows[i], sizeof *rows[i]);
	}
	for (i = 0; i < n; i++)
		if (rows[i] != NULL)
			prefetch(t->names.data + rows[i]->at, rows[i]->n);
}

void
tally_add_all(struct tally *t, const struct tally_item *items, size_t n)
{
	uint64_t hashes[TALLY_ITEMS];
	size_t i;

	for (i = 0; i < n; i++)
		hashes[i] = siphash(t->secret, items[i].name, items[i].n);
	prefetch_all(t, hashes, n);
	for (i = 0; i < n; i++)
		add(t, hashes[i], items[i].name, items[i].n, items[i].count,
		    items[i].example);
}

void
tally_batch_begin(struct tally_batch *b, struct tally *t)
{
	b->t = t;
	b->n = 0;
	b->names = (struct buf)BUF_INIT;
}

static void
flush(struct tally_batch *b)
{
	size_t i;

	for (i = 0; i < b->n; i++)
		b->items[i].name = b->names.data + b->at[i];
	tally_add_all(b->t, b->items, b->n);
	buf_clear(&b->names);
	b->n = 0;
}

void
tally_batch_add(struct tally_batch *b, const void *name, size_t n,
    int64_t count, const char *example)
{
	struct tally_item *item = &b->items[b->n];

	if (example == NULL)
		example = "";
	item->n = n;
	item->count = count;
	memset(item->example, 0, sizeof item->example);
	memcpy(item->example, example, strnlen(example,
	    sizeof item->example - 1));
	b->at[b->n] = b->names.len;
	buf_put(&b->names, name, n);
	if (++b->n == TALLY_ITEMS)
		flush(b);
}

void
tally_batch_end(struct tally_batch *b)
{
	flush(b);
	buf_free(&b->names);
}

void
tally_put_text(struct buf *name, const char *text)
{
	buf_putc(name, text != NULL);
	if (text != NULL)
		buf_put(name, text, strlen(text) + 1);
}

const char *
tally_take_text(const char **at)
{
	const char *text = *at + 1;

	if (**at == 0) {
		*at = text;
		return NULL;
	}
	*at = strchr(text, '\0') + 1;
	return text;
}

static bool
goes_before(const struct tally *t, const struct tally_row *x,
    const struct tally_row *y)
{
	size_t n = x->n < y->n ? x->n : y->n;
	int order;

	if (x->count != y->count)
		return x->count > y->count;
	order = memcmp(t->names.data + x->at, t->names.data + y->at, n);
	return order != 0 ? order < 0 : x->n < y->n;
}

/* Few are shown of many: each finds its place among these, or is none. */
void
tally_sort(struct tally *t, size_t first)
{
	struct tally_row row;
	size_t i, to;

	for (i = 1; first > 0 && i < t->n; i++) {
		to = i < first ? i : first - 1;
		if (to < i && !goes_before(t, &t->v[i], &t->v[to]))
			continue;
		row = t->v[i];
		t->v[i] = t->v[to];
		for (; to > 0 && goes_before(t, &row, &t->v[to - 1]); to--)
			t->v[to] = t->v[to - 1];
		t->v[to] = row;
	}
	memset(t->slots, 0, t->nslots * sizeof *t->slots);
}
