/*
 * number_index.h - which of a fixed set of numbers is this
 *
 * A perfect hash: no two of the numbers have the same slot, so that one look
 * tells which it is, or that it is none. Filled once, constant afterwards:
 * then any thread.
 */
#ifndef WORDS_NUMBER_INDEX_H
#define WORDS_NUMBER_INDEX_H

#include <stddef.h>
#include <stdint.h>

#define NUMBER_BITS 13
#define NUMBER_SLOTS (1 << NUMBER_BITS)
#define NUMBER_GROUPS 4096	/* a power of two */

struct number_slot {
	uint32_t number;
	uint16_t value;		/* 0: a free slot */
};

/* Zeroed it is empty. */
struct number_index {
	struct number_slot *slot;	/* NUMBER_SLOTS */
	uint16_t *shift;	/* by group: by what its slots are moved */
	struct number_slot *added;	/* till the end */
	size_t nadded, added_cap;
};

/* Each number once; at most half as many as slots. `value` is not 0. */
void number_index_add(struct number_index *x, uint32_t number, unsigned value);
void number_index_end(struct number_index *x);

static inline unsigned
number_group(uint32_t number)
{
	return (number ^ number >> 16) % NUMBER_GROUPS;
}

static inline unsigned
number_slot(uint32_t number, unsigned shift)
{
	return (number * 0x9e3779b1u + shift * (number >> 8 | 1)) >>
	    (32 - NUMBER_BITS);
}

/* Its value; 0: it is none of them. */
static inline unsigned
number_index_find(const struct number_index *x, uint32_t number)
{
	const struct number_slot *s = &x->slot[number_slot(number,
	    x->shift[number_group(number)])];

	/* No branch: whether it is known nobody foresees. */
	return s->value & -(unsigned)(s->number == number);
}

#endif
