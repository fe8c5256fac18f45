/*
 * letter_tree.h - words as a tree of letters that lies in one array
 *
 * While words are added each node has a list of its children. Packed, the
 * child of a place by a letter stands at the place's base + letter, if it says
 * that it comes from there: a step is one addition and one comparison, and all
 * words of phrases.def take some tens of kilobytes.
 */
#ifndef WORDS_LETTER_TREE_H
#define WORDS_LETTER_TREE_H

#include <stddef.h>
#include <stdint.h>

#define LETTERS 39		/* 0 is no letter; a-z, 0-9, '.', '-' */
#define PLACE_DEAD 0		/* no word goes on so */
#define PLACE_ROOT LETTERS
#define NODE_ROOT 1

struct letter_place {
	uint16_t base, from;
};

/* A node while the tree is filled: its letter, its children, its place. */
struct letter_node {
	uint16_t parent, child, next;	/* nodes; 0: none */
	uint16_t place;
	uint8_t letter;
};

/* Zeroed it is empty. */
struct letter_tree {
	struct letter_node *node;	/* 0: none; 1: the root */
	size_t nnodes, nodes_cap;
	uint16_t *slot;			/* nodes by parent and letter */
	struct letter_place *place;
	size_t nplaces, places_cap;
};

/* The node at the end of a word of n letters, made where there is none. */
unsigned letter_tree_grow(struct letter_tree *t, const uint8_t *letters,
    size_t n);

/* Gives each node its place. The nodes stay until letter_tree_done(). */
void letter_tree_pack(struct letter_tree *t);

/* Frees the nodes; the places stay. */
void letter_tree_done(struct letter_tree *t);

/* From one place by one letter to the next. */
static inline unsigned
letter_step(const struct letter_place *places, unsigned place, unsigned letter)
{
	unsigned next = places[place].base + letter;

	return places[next].from == place ? next : PLACE_DEAD;
}

#endif
