/*
 * lexicon.h - words become symbols
 *
 * A symbol is a concept of phrases.def ("mailbox", "account" and "inbox" are
 * BOX), one of the marks below, or a single word that a phrase names. A word
 * may have several; all of them together are its sense, which has a number, as
 * many words have the same. Words are found in one walk over their letters,
 * one step a byte (letter_tree.h), never a step back.
 *
 * Filled once by phrase_read.c, constant afterwards: then any thread.
 */
#ifndef WORDS_LEXICON_H
#define WORDS_LEXICON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "words/letter_tree.h"

/* What stands in a text besides words; written @addr, @ip … in phrases. */
enum mark { MARK_NONE, MARK_ADDR, MARK_IP, MARK_HOST, MARK_URL, MARK_NUMBER,
	MARK_NULL, MARK_DOTS, MARK_HASH, MARK_ARGUMENT, MARK_COUNT };

#define SYMBOLS_MAX 4000
#define SENSES_MAX 8000

/* List of symbols, ends with 0. */
typedef const uint16_t *symbol_list;

/* The letter of a byte, 0 where it belongs to no word. */
extern const uint8_t lexicon_letter[256];

/* All words: letter_step() goes from one place to the next. */
extern const struct letter_place *lexicon_places;

/* What a place means: senses; 0 is that of no symbol. */
struct lexicon_meaning {
	uint16_t whole;		/* of a word that ends here */
	uint16_t begun;		/* of all that begins as one comes here */
	uint16_t all;		/* of a word that ends here: begun, whole */
};
extern const struct lexicon_meaning *lexicon_meanings;

/* How many senses there are, and the symbols of one. That of a symbol and of
   all that it is besides has the symbol's number. */
unsigned lexicon_senses(void);
symbol_list lexicon_symbols(unsigned sense);

/* The sense of a word (n bytes, any case) that is given as text. */
unsigned lexicon_find(const char *word, size_t n);

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

void lexicon_end(void);

#endif
