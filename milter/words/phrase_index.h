/*
 * phrase_index.h - the items of phrases by the symbol they wait for
 */
#ifndef WORDS_PHRASE_INDEX_H
#define WORDS_PHRASE_INDEX_H

#include <stddef.h>

#include "words/phrase.h"

/* An item as it was read. */
struct phrase_waiting {
	uint16_t symbol;
	uint16_t phrase;
	uint16_t from, to;	/* steps: of the item before, its own */
	uint16_t reach;		/* places from the item before at most */
	bool first, last, concept, denied;	/* first: of one item */
};

/*
 * Fills the lists of `all`, which has all phrases. `steps`: the step that a
 * symbol is by itself; 0: none. The steps get other numbers. `polar`: of each
 * symbol, may a "not" undo it?
 */
void phrase_index(struct phrases *all, struct phrase_waiting *waiting,
    size_t n, uint16_t steps[SYMBOLS_MAX], const bool polar[SYMBOLS_MAX]);

#endif
