/*
 * phrase.h - symbols in a row become reasons: all phrases in one pass
 *
 * A phrase of phrases.def is a sequence of symbols with a maximum distance from
 * one to the next. Each phrase remembers only how far it has come and where; a
 * word advances the phrases that wait for it. Which steps were reached is a bit
 * each, so that a word for which hundreds of phrases wait looks at a few
 * numbers. Nothing is read twice. The senses of a text are queued and matched
 * at its end, or not at all where the same ones came before (recognise_kept.h).
 */
#ifndef WORDS_PHRASE_H
#define WORDS_PHRASE_H

#include <stdbool.h>
#include <stdint.h>

#include "words/judge.h"
#include "words/lexicon.h"
#include "words/reason_row.h"
#include "words/recognise.h"

#define PHRASES_MAX 4096
#define STEPS_MAX 5120		/* items of all phrases but the last ones */
#define ISSUERS_MAX 200
#define PENDING_MAX 512
#define QUEUE_MAX 160		/* a text of more is matched in pieces */
#define WHOLE_MAX 1024
#define MATCHED_MAX 512
#define REACH_ANY UINT16_MAX

enum concept {
	CONCEPT_NONE,
#define CONCEPT(id, ...) CONCEPT_##id,
#define POLAR(id, ...) CONCEPT_##id,
#include "words/phrases.def"
	CONCEPT_COUNT
};

/* One item of one phrase but the first, as it waits for a symbol. */
struct phrase_item {
	uint16_t to;		/* its own step; of the last one the phrase */
	uint16_t reach;		/* places from the item before at most */
	uint16_t next;		/* another one behind the same step; 0: none */
	bool last : 1;
	bool concept : 1;	/* last of several words that are a concept */
	bool denied : 1;	/* a "not" stands before it in the phrase */
};

/* Items that wait for one symbol behind one of 64 steps: a bit each, and an
   item for each bit. */
struct phrase_wait {
	uint64_t steps;
	uint16_t word;		/* which 64 */
	uint16_t item;		/* of the lowest bit; the others follow */
};

/* Steps are reached in fours: behind step 0 nothing waits. */
#define PHRASE_FOUR 4

/* What a symbol does: where its part of the lists of struct phrases begins, and
   how long it is. */
struct phrase_symbol {
	uint16_t step;		/* that it reaches by itself; 0: none */
	uint16_t single;	/* phrases that it is all of */
	uint16_t wait;		/* what waits for it, in twos: the last one may
				   wait for nothing */
	uint8_t nsingle, nwait;
	bool polar;		/* a "not" before it undoes it */
};

/* What a word is that has this sense. */
struct phrase_sense {
	symbol_list symbols;	/* those that do anything */
	uint64_t concepts[CONCEPT_COUNT / 64 + 1];
	uint8_t hints;		/* enum phrase_hint */
	bool not : 1;		/* it has NOT */
	bool polar : 1;		/* a "not" before it changes it … */
	bool apart : 1;		/* … or it does itself: symbol by symbol */
};

/* What a word tells of the next number or host. */
enum phrase_hint { HINT_STOP = 1, HINT_DOMAIN = 2, HINT_USING = 4,
	HINT_LIMIT = 8, HINT_RETRY = 16, HINT_LISTSITE = 32 };

/* What a whole phrase tells. */
enum phrase_kind { PHRASE_REASON, PHRASE_ISSUER, PHRASE_ABOUT, PHRASE_CONCEPT,
	PHRASE_KINDS };

struct phrase {
	int16_t weight;
	uint8_t kind;
	uint8_t reason;
	uint8_t about;		/* enum topic */
	uint8_t issuer;		/* given, or with a reason: needed */
	uint16_t concept;
};

/* All of it; constant once it is read. */
struct phrases {
	struct phrase phrase[PHRASES_MAX];
	const char *text[PHRASES_MAX];	/* as phrases.def has it; NULL: of a
					   concept */
	const struct phrase_sense *sense;
	const struct phrase_symbol *symbol;
	const uint16_t *single;
	const struct phrase_wait *wait;
	const struct phrase_item *item;
	const char *issuer[ISSUERS_MAX];
	unsigned n, nsteps, nissuers;
	uint32_t concept[CONCEPT_COUNT];	/* as judge_find() has them */
	uint32_t topic[TOPIC_COUNT];
	uint32_t mark[MARK_COUNT];		/* the judge's number */
};

/* What was found, in turn: a sense of the word at a place. */
struct phrase_event {
	uint16_t place, sense;
	uint16_t last;		/* 1: then the word is over */
};

/* One text on its way. */
struct phrase_match {
	const struct phrases *all;
	/* what is not yet matched, behind one that says: a word is over */
	struct phrase_event queue[QUEUE_MAX + 2];
	unsigned nqueued;
	uint16_t place;		/* words that count, from 1 */
	bool matching;		/* it has begun: what follows is valid */

	/* what is matched so far, at its own place */
	uint64_t active[STEPS_MAX / 64];	/* steps that were reached … */
	uint16_t step[STEPS_MAX];	/* … and where; others have no value */
	/* for one symbol: which of what waits is behind such a step */
	uint16_t hit[STEPS_MAX / 64 + PHRASE_FOUR];
	/* the steps that this word reaches */
	uint16_t reached[PENDING_MAX + PHRASE_FOUR];
	unsigned nreached;
	uint64_t whole[WHOLE_MAX + 1];	/* phrases found, and when */
	unsigned nwhole, when;
	uint16_t denied_until;	/* a "not" reaches to this place */
	uint64_t stated[PHRASES_MAX / 64];
	/* each once, as phrase_found() has it; in order but for reasons */
	uint64_t matched[PHRASE_KINDS][MATCHED_MAX + 1];
	unsigned nmatched[PHRASE_KINDS];
	uint64_t concepts[CONCEPT_COUNT / 64 + 1];	/* seen so far */
	struct judge judge;
};

/* Which phrase it is that was found. */
static inline unsigned
phrase_found(uint64_t found)
{
	return found & UINT16_MAX;
}

/* Reads phrases.def; what is wrong there is our bug. Any thread. */
const struct phrases *phrases_get(void);

/* Everything back to the beginning, cheaply. */
void phrase_match_begin(struct phrase_match *m, const struct phrases *all);

/* At the end: matches all that is queued. */
void phrase_match_end(struct phrase_match *m);

/*
 * A sense of the word at m->place. What it reaches counts from the next word
 * on, so that one word is never two items of a phrase. That of an unknown word
 * is written, too, and the next one over it.
 */
static inline void
phrase_queue(struct phrase_match *m, unsigned sense)
{
	if (m->nqueued >= QUEUE_MAX && sense != 0)
		phrase_match_end(m);
	m->queue[m->nqueued] = (struct phrase_event){ m->place,
		(uint16_t)sense, 0 };
	m->nqueued += sense != 0;
}

/* The next word. `counts`: it is as far again from the one before. */
static inline void
phrase_turn(struct phrase_match *m, bool counts)
{
	struct phrase_event *before = &m->queue[m->nqueued - 1];

	before->last |= before->place == m->place;
	if (!before->last)
		m->queue[m->nqueued++] = (struct phrase_event){ m->place, 0,
			1 };
	m->place = (uint16_t)(m->place + counts);
}

/* A word of one sense: as if it were queued, and the next one turned to. */
static inline void
phrase_word(struct phrase_match *m, unsigned sense, bool counts)
{
	if (m->nqueued >= QUEUE_MAX || !m->queue[m->nqueued - 1].last) {
		phrase_queue(m, sense);
		phrase_turn(m, counts);
		return;
	}
	m->queue[m->nqueued] = (struct phrase_event){ m->place,
		(uint16_t)sense, 1 };
	m->nqueued += sense != 0;
	m->place = (uint16_t)(m->place + counts);
}

/* After that: concepts, and whom it is about, to the judge. */
void phrase_tell_judge(struct phrase_match *m);

#endif
