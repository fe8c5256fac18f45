/*
 * phrase.h - symbols in a row become reasons: all phrases in one pass
 *
 * A phrase of phrases.def is a sequence of symbols with a maximum distance from
 * one to the next. Each phrase remembers only how far it has come and where; a
 * word advances the phrases that wait for it. Nothing is read twice.
 */
#ifndef WORDS_PHRASE_H
#define WORDS_PHRASE_H

#include <stdbool.h>
#include <stdint.h>

#include "words/judge.h"
#include "words/lexicon.h"
#include "words/reason_row.h"
#include "words/recognise.h"

#define PHRASES_MAX 3584
#define STEPS_MAX 5120		/* items of all phrases but the last ones */
#define ISSUERS_MAX 200
#define PENDING_MAX 512

enum concept {
	CONCEPT_NONE,
#define CONCEPT(id, ...) CONCEPT_##id,
#define POLAR(id, ...) CONCEPT_##id,
#include "words/phrases.def"
	CONCEPT_COUNT
};

/* One item of one phrase, as it waits for a symbol. */
struct phrase_item {
	uint16_t phrase;
	uint16_t from, to;	/* steps: of the item before, its own */
	uint8_t gap;		/* words between at most; GAP_ANY: any number */
	bool first : 1, last : 1;
	bool denied : 1;	/* a "not" stands before it in the phrase */
};
#define GAP_ANY 255

/* What a whole phrase tells; one of the four is set. */
struct phrase {
	int16_t weight;
	uint8_t reason;
	uint8_t about;		/* enum topic */
	uint16_t concept;
	uint8_t issuer;		/* given, or with a reason: needed */
	const char *text;	/* as phrases.def has it; NULL: of a concept */
};

/* All of it; constant once it is read. */
struct phrases {
	struct phrase phrase[PHRASES_MAX];
	uint32_t items_of[SYMBOLS_MAX + 1];	/* by symbol, into item */
	struct phrase_item *item;
	const char *issuer[ISSUERS_MAX];
	unsigned n, nsteps, nissuers;
	bool polar[SYMBOLS_MAX];
	uint32_t concept[CONCEPT_COUNT];	/* as the judge knows it */
	uint32_t mark[MARK_COUNT];		/* the same */
};

/* One text on its way; zeroed is the beginning. */
struct phrase_match {
	uint16_t step[STEPS_MAX];	/* the place it got to, 0: not there */
	uint64_t stated[PHRASES_MAX / 64];
	uint16_t matched[PHRASES_MAX];	/* the phrases, in order */
	unsigned nevents;
	uint16_t reached[PENDING_MAX];	/* steps of the current word */
	unsigned nreached;
	uint16_t place;		/* words that count, from 1 */
	uint16_t denied_until;	/* a "not" reaches to this place */
	uint64_t concepts[CONCEPT_COUNT / 64 + 1];	/* seen so far */
	struct judge judge;
};

/* Reads phrases.def; what is wrong there is our bug. Any thread. */
const struct phrases *phrases_get(void);

/* Everything back to the beginning, cheaply. */
void phrase_match_begin(struct phrase_match *m, const struct phrases *all);

/*
 * Symbols of the word at m->place. What they reach counts from the next word
 * on, so that one word is never two items of a phrase.
 */
void phrase_match_symbols(struct phrase_match *m, const struct phrases *all,
    symbol_list symbols);

/* At the end: concepts, and whom it is about, to the judge. */
void phrase_tell_judge(struct phrase_match *m, const struct phrases *all);

/* The next word. `counts`: it is as far again from the one before. */
void phrase_turn(struct phrase_match *m, bool counts);

#endif
