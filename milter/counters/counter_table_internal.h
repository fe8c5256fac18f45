/*
 * counter_table_internal.h - what the table is made of
 *
 * One mapping: a head of a page, and sets. Where it is a file, a successor of
 * this process (handover.h) maps it as well while the sessions of the old one
 * end; so the locks and the numbers of both lie in the head.
 */
#ifndef COUNTERS_COUNTER_TABLE_INTERNAL_H
#define COUNTERS_COUNTER_TABLE_INTERNAL_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "counters/counters.h"

#define WAYS 8
#define GROUP 16	/* sets: 13 KiB */
#define LOCKS 32
#define HEAD_BYTES 4096
#define LOCKS_AT 1024

struct slot {
	int64_t touched;	/* ms since 1970 */
	int64_t keep;		/* ms after that for which it counts */
	int64_t at;		/* the newest step; what was met: when first */
	uint32_t v[COUNTER_STEPS];	/* v[at % 16] is the newest; what was
					   met: what was noted */
};

/*
 * The keys of a set stand together: two lines of the processor's cache tell
 * which slot it is. A key of zero is a free slot.
 */
struct set {
	uint64_t key[WAYS][2];
	struct slot slot[WAYS];
};

/* As long as a line of the cache: two processors take two locks at once. */
struct lock {
	_Alignas(64) pthread_mutex_t mutex;
};

struct head {
	uint64_t magic, version, sets;
	_Alignas(64) _Atomic uint64_t keys;
	_Alignas(64) _Atomic uint64_t evicted;
	_Alignas(LOCKS_AT) struct lock locks[LOCKS];
};
_Static_assert(sizeof(struct head) <= HEAD_BYTES, "the head is a page");

struct counter_table {
	int fd;			/* -1: memory alone */
	struct head *head;	/* where it is mapped */
	size_t bytes;
	struct set *sets;
	uint64_t nsets;		/* whole groups */
};

/* Copies a slot of another table as it is, unless its key is there. */
void counter_table_put(struct counter_table *t, const uint64_t key[2],
    const struct slot *slot, int64_t now);

/* Is this what counting leaves there, not what a damaged file holds? */
bool counter_slot_is_sound(const struct slot *s);

#endif
