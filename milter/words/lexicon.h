/*
 * lexicon.h - words become symbols
 *
 * A symbol is a concept of phrases.def ("mailbox", "account" and "inbox" are
 * BOX), one of the marks below, or a single word that a phrase names. A word
 * may have several. Words are found in one walk over their letters: a tree of
 * states, one step a byte, never a step back.
 *
 * Filled once by phrase_read.c, constant afterwards: then any thread.
 */
#ifndef WORDS_LEXICON_H
#define WORDS_LEXICON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What stands in a text besides words; written @addr, @ip … in phrases. */
enum mark { MARK_NONE, MARK_ADDR, MARK_IP, MARK_HOST, MARK_URL, MARK_NUMBER,
	MARK_NULL, MARK_DOTS, MARK_HASH, MARK_ARGUMENT, MARK_COUNT };

#define SYMBOLS_MAX 4000
#define STATE_DEAD 0
#define STATE_ROOT 1
#define LETTERS 39		/* 0 ends a word; a-z, 0-9, '.', '-' */

/* List of symbols, ends with 0. */
typedef const uint16_t *symbol_list;

/* The letter of a byte, 0 where it belongs to no word. */
extern const uint8_t lexicon_letter[256];

/* From one state by one letter to the next. */
extern uint16_t (*lexicon_next)[LETTERS];

/* What a state means: indices of lists in the pool, 0 is the empty one. */
struct lexicon_meaning {
	uint32_t whole, begun;
};
extern struct lexicon_meaning *lexicon_meanings;
extern uint16_t *lexicon_pool;

/* The symbols of a word that ends here, and of all that begin so. */
static inline symbol_list
lexicon_whole(unsigned state)
{
	return lexicon_pool + lexicon_meanings[state].whole;
}

static inline symbol_list
lexicon_begun(unsigned state)
{
	return lexicon_pool + lexicon_meanings[state].begun;
}

/* Those of a word (n bytes, any case) that is given as text. */
symbol_list lexicon_find(const char *word, size_t n);

/* Those of a mark. */
symbol_list lexicon_mark(enum mark mark);

/* For filling. Concepts are 1 to `concepts`, marks follow, then words. */
void lexicon_begin(unsigned concepts);
unsigned lexicon_mark_symbol(enum mark mark);
const char *lexicon_mark_name(enum mark mark);

/* The symbol of a word, made where it has none; "quota*" is what begins so. */
unsigned lexicon_word(const char *word, size_t n);

/* A symbol of no word: what several words in a row are. */
unsigned lexicon_symbol(void);

/* Everything that is `symbol` is `concept` too. */
void lexicon_link(unsigned symbol, unsigned concept);

/* The word has this concept. */
void lexicon_teach(const char *word, size_t n, unsigned concept);

/* A symbol and all that it is besides. */
symbol_list lexicon_chain(unsigned symbol);

void lexicon_end(void);

#endif
