/*
 * lexicon.h - words become symbols
 *
 * A symbol is a concept of phrases.def ("mailbox", "account" and "inbox" are
 * BOX), one of the marks below, or a single word that a phrase names. A word
 * may have several; all of them together are its sense, which has a number, as
 * many words have the same. A word is looked up as a whole by its identity, a
 * number that grows with its bytes; only what no word is walks the tree of the
 * beginnings ("quota*"; letter_tree.h), mostly a letter or two.
 *
 * Filled once by phrase_read.c, constant afterwards: then any thread.
 */
#ifndef WORDS_LEXICON_H
#define WORDS_LEXICON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "words/judge.h"
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

/* A word's number to the judge so far, and with one more byte. */
static inline uint32_t
lexicon_number(uint32_t number, unsigned char byte)
{
	return judge_letter(number, lexicon_letter[byte] != 0 ?
	    lexicon_letter[byte] : byte);
}

/*
 * The identity of a word so far, and with eight more bytes of it, the first one
 * lowest: small letters, zeros behind its end. The last ones, which are less
 * than eight, are always added. Of all words there are no two have the same.
 */
#define LEXICON_WORD 0xcbf29ce484222325
#define LEXICON_SMALL 0x2020202020202020	/* makes letters small */
static inline uint64_t
lexicon_grow(uint64_t identity, uint64_t bytes)
{
	identity = (identity ^ bytes) * 0x9e3779b97f4a7c15;
	return identity ^ identity >> 32;
}

/* What a word means: senses; 0 is that of no symbol. Of no word all is 0. */
struct lexicon_meaning {
	uint16_t whole;		/* of the word itself */
	uint16_t all;		/* of all that it begins with, and itself */
	uint8_t hints;		/* of the word itself: enum phrase_hint */
};

/* How many senses there are, and the symbols of one. That of a symbol and of
   all that it is besides has the symbol's number. */
unsigned lexicon_senses(void);
symbol_list lexicon_symbols(unsigned sense);

/* A word by its identity, of which one half tells where it is and the other
   one, if it is that word; 0: a free slot. */
#define LEXICON_BITS 13
#define LEXICON_SLOTS (1 << LEXICON_BITS)
#define LEXICON_SPARE 64	/* slots behind for those that find none */
struct lexicon_slot {
	uint32_t identity;
	uint32_t number;	/* to the judge */
	struct lexicon_meaning meaning;
};
extern struct lexicon_slot lexicon_slots[LEXICON_SLOTS + LEXICON_SPARE];

/* Is it a word that the lexicon has? */
static inline bool
lexicon_is(const struct lexicon_slot *slot, uint64_t identity)
{
	return slot->identity == (uint32_t)identity;
}

/* The slot of a word, or the free one where it would be. */
static inline struct lexicon_slot *
lexicon_slot(uint64_t identity)
{
	struct lexicon_slot *slot =
	    &lexicon_slots[identity >> (64 - LEXICON_BITS)];

	/* For most it is the first or the second: not a branch. */
	slot += !lexicon_is(slot, identity) & (slot->identity != 0);
	while (!lexicon_is(slot, identity) && slot->identity != 0)
		slot++;
	return slot;
}
/* The tree of what words begin with, and by place the sense of all that one
   begins with which comes so far. */
extern const struct letter_place *lexicon_places;
extern const uint16_t *lexicon_begun;

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

/* After that: the sense of the symbols of several, one behind the other. */
unsigned lexicon_join(const uint16_t *senses, size_t n);

/* Last: what a sense tells of what follows, by sense. */
void lexicon_hint(const uint8_t *hints);

#endif
