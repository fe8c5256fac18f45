/* letter_tree - words as a tree of letters that lies in one array */

#include "words/letter_tree.h"

#include <stdbool.h>
#include <stdlib.h>

#include "base/log.h"
#include "base/mem.h"

#define FREE UINT16_MAX		/* comes from nowhere */
#define SLOTS 32768		/* a power of two */
#define NODES_MAX 24000

static unsigned
new_node(struct letter_tree *t, unsigned letter)
{
	t->node = mem_room(t->node, t->nnodes, &t->nodes_cap, sizeof *t->node);
	if (t->nnodes >= NODES_MAX)
		BUG("too many words");
	t->node[t->nnodes] = (struct letter_node){ .letter = (uint8_t)letter };
	return (unsigned)t->nnodes++;
}

/* The child of a node by a letter, made where there is none. */
static unsigned
child(struct letter_tree *t, unsigned parent, unsigned letter)
{
	unsigned at = (parent * LETTERS + letter) * 2654435761u / (1u << 15);
	unsigned made;

	for (at %= SLOTS; t->slot[at] != 0; at = (at + 1) % SLOTS)
		if (t->node[t->slot[at]].parent == parent &&
		    t->node[t->slot[at]].letter == letter)
			return t->slot[at];
	made = new_node(t, letter);
	t->slot[at] = (uint16_t)made;
	t->node[made].parent = (uint16_t)parent;
	t->node[made].next = t->node[parent].child;
	t->node[parent].child = (uint16_t)made;
	return made;
}

unsigned
letter_tree_grow(struct letter_tree *t, const uint8_t *letters, size_t n)
{
	unsigned node = NODE_ROOT;

	if (t->slot == NULL)
		t->slot = mem_array(SLOTS, sizeof *t->slot);
	while (t->nnodes <= NODE_ROOT)
		new_node(t, 0);
	for (; n > 0; n--)
		node = child(t, node, *letters++);
	return node;
}

/* Places up to `n`, the new ones free. */
static void
make_places(struct letter_tree *t, size_t n)
{
	if (n > FREE)
		BUG("too many words");
	while (t->nplaces < n) {
		t->place = mem_room(t->place, t->nplaces, &t->places_cap,
		    sizeof *t->place);
		t->place[t->nplaces++] = (struct letter_place){ 0, FREE };
	}
}

/* Are the places of all children free, where their base is this? */
static bool
has_room(struct letter_tree *t, unsigned first, size_t base)
{
	unsigned at;

	make_places(t, base + 2 * LETTERS);
	for (at = first; at != 0; at = t->node[at].next)
		if (t->place[base + t->node[at].letter].from != FREE)
			return false;
	return true;
}

/* Lays out the children of a node; *low: all places before it are taken. */
static void
place_children(struct letter_tree *t, const struct letter_node *parent,
    size_t *low)
{
	unsigned first = parent->child, at;
	size_t base;

	while (t->place[*low].from != FREE)
		++*low;
	base = *low - t->node[first].letter;
	while (!has_room(t, first, base))
		base++;
	t->place[parent->place].base = (uint16_t)base;
	for (at = first; at != 0; at = t->node[at].next) {
		t->node[at].place = (uint16_t)(base + t->node[at].letter);
		t->place[t->node[at].place].from = parent->place;
	}
}

/* The children of a node, then what is below each: the letters of a word lie
   near each other. As deep as the longest word. */
static void
place_below(struct letter_tree *t, unsigned node, size_t *low)
{
	unsigned at;

	if (t->node[node].child == 0)
		return;
	place_children(t, &t->node[node], low);
	for (at = t->node[node].child; at != 0; at = t->node[at].next)
		place_below(t, at, low);
}

void
letter_tree_pack(struct letter_tree *t)
{
	size_t low = PLACE_ROOT + 1;

	make_places(t, PLACE_ROOT + 2 * LETTERS);
	t->place[PLACE_ROOT].from = PLACE_DEAD;
	t->node[NODE_ROOT].place = PLACE_ROOT;
	place_below(t, NODE_ROOT, &low);
}

void
letter_tree_done(struct letter_tree *t)
{
	free(t->node);
	free(t->slot);
	t->node = NULL;
	t->slot = NULL;
	t->nnodes = t->nodes_cap = 0;
}
