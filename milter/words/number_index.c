/* number_index - which of a fixed set of numbers is this */

#include "words/number_index.h"

#include <stdbool.h>
#include <stdlib.h>

#include "base/log.h"
#include "base/mem.h"

/* The numbers of each group, one behind the other. */
struct groups {
	uint16_t first[NUMBER_GROUPS];	/* in added, from 1; 0: none */
	uint16_t size[NUMBER_GROUPS];
	uint16_t *next;
	unsigned largest;
};

void
number_index_add(struct number_index *x, uint32_t number, unsigned value)
{
	x->added = mem_room(x->added, x->nadded, &x->added_cap,
	    sizeof *x->added);
	if (x->nadded >= NUMBER_SLOTS / 2)
		BUG("too many numbers");
	x->added[x->nadded++] =
	    (struct number_slot){ number, (uint16_t)value };
}

static void
group(struct groups *g, const struct number_index *x)
{
	unsigned at;
	size_t i;

	g->next = mem_array(x->nadded + 1, sizeof *g->next);
	for (i = 0; i < x->nadded; i++) {
		at = number_group(x->added[i].number);
		g->next[i + 1] = g->first[at];
		g->first[at] = (uint16_t)(i + 1);
		if (++g->size[at] > g->largest)
			g->largest = g->size[at];
	}
}

/* Puts the numbers from `first` on where the shift says; false: a slot of
   theirs is taken, and none is put. */
static bool
put_group(struct number_index *x, const struct groups *g, unsigned first,
    unsigned shift)
{
	struct number_slot *slot;
	unsigned i, done;

	for (i = first; i != 0; i = g->next[i]) {
		slot = &x->slot[number_slot(x->added[i - 1].number, shift)];
		if (slot->value != 0)
			break;
		*slot = x->added[i - 1];
	}
	for (done = first; i != 0 && done != i; done = g->next[done])
		x->slot[number_slot(x->added[done - 1].number, shift)] =
		    (struct number_slot){ 0, 0 };
	return i == 0;
}

/* The largest groups first, while there is room. */
void
number_index_end(struct number_index *x)
{
	struct groups *g = mem_alloc(sizeof *g);
	unsigned size, at, shift;

	x->slot = mem_array(NUMBER_SLOTS, sizeof *x->slot);
	x->shift = mem_array(NUMBER_GROUPS, sizeof *x->shift);
	group(g, x);
	for (size = g->largest; size > 0; size--)
		for (at = 0; at < NUMBER_GROUPS; at++) {
			if (g->size[at] != size)
				continue;
			for (shift = 0; !put_group(x, g, g->first[at], shift);)
				if (++shift > UINT16_MAX)
					BUG("two numbers that are alike");
			x->shift[at] = (uint16_t)shift;
		}
	free(g->next);
	free(g);
	free(x->added);
	x->added = NULL;
}
