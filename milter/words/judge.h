/*
 * judge.h - a second opinion on what a reply means, learned from examples
 *
 * A linear model: each word, each pair of neighbouring words, each concept of
 * phrases.def, code, status and whom the reply is about adds a small whole
 * number to the score of some reasons. The numbers (judge_weights.def) are
 * made by tests/words/judge.py from the labelled replies in tests/data; they
 * are in the unit of the points of phrases. The phrases know what words mean
 * and the judge how often they meant it: where both say the same, it is so.
 *
 * What is found is noted while the text is read, a number each. It is looked up
 * and added up only where the answer hangs on it: not where the phrases are
 * sure and the sentence as a whole is known. No memory of its own, no floating
 * point. Any thread, once phrases_get() has returned.
 */
#ifndef WORDS_JUDGE_H
#define WORDS_JUDGE_H

#include <stdbool.h>
#include <stdint.h>

#define JUDGE_LANES 128		/* a multiple of what processors add at once */
#define JUDGE_FEATURES_MAX 4096
#define JUDGE_TOKENS_MAX 128
#define JUDGE_NOTED_MAX 300	/* at least two for each token */
#define JUDGE_NEVER -10000	/* the score of what cannot be */

/* Points for each reason, in its lane. */
typedef int16_t judge_lanes[JUDGE_LANES] __attribute__((aligned(16)));

/* A word, or what stands in place of one. */
struct judge_token {
	uint32_t number;
	uint16_t counts;	/* it is no small word, and stands in pairs */
	uint16_t word;		/* it is one: alone a mark tells nothing */
};

/* One text on its way. What is no longer than most is added up once. */
struct judge {
	judge_lanes score;
	struct judge_token token[JUDGE_TOKENS_MAX];	/* not yet looked up */
	unsigned ntokens;
	uint16_t noted[JUDGE_NOTED_MAX];	/* features not yet added up */
	unsigned nnoted;
	uint32_t before;	/* the last looked up that counts; 0: none */
	uint32_t sentence;	/* all words so far */
	bool words;		/* one that was looked up is known */
	bool weighed;		/* the rest is valid, and the scores */
	unsigned unheard;	/* what was noted and has no weight */
	uint64_t counted[JUDGE_FEATURES_MAX / 64];
};

/* What is found is reported by a number; that of a word grows letter by
   letter. */
#define JUDGE_WORD 2166136261u
#define JUDGE_PRIME 16777619u
static inline uint32_t
judge_letter(uint32_t number, unsigned letter)
{
	return (number ^ letter) * JUDGE_PRIME;
}

/* Of what is no word: "c550", "k5", "s5.1.1", "x.1.1", "CFULL", "@ip". */
static inline uint32_t
judge_number(char kind, const char *text)
{
	uint32_t number = judge_letter(~JUDGE_WORD, (unsigned char)kind);

	for (; *text != '\0'; text++)
		number = judge_letter(number, (unsigned char)*text);
	return number;
}

/* Of two words in a row; it depends on which is first. */
static inline uint32_t
judge_pair(uint32_t first, uint32_t second)
{
	return judge_letter(first ^ first >> 15, second);
}

static inline void
judge_begin(struct judge *j)
{
	j->ntokens = 0;
	j->nnoted = 0;
	j->before = 0;
	j->sentence = JUDGE_WORD;
	j->words = false;
	j->weighed = false;
}

/* Looks up the tokens so far. */
void judge_lookup(struct judge *j);

static inline void
judge_add(struct judge *j, uint32_t number, bool counts, bool word)
{
	if (j->ntokens == JUDGE_TOKENS_MAX)
		judge_lookup(j);
	j->token[j->ntokens++] = (struct judge_token){ number, counts,
		word };
}

/* What stands in place of a word, such as an address. */
static inline void
judge_mark(struct judge *j, uint32_t mark)
{
	judge_add(j, mark, true, false);
}

/* A word. */
static inline void
judge_word(struct judge *j, uint32_t word, bool counts)
{
	j->sentence = judge_pair(j->sentence, word);
	judge_add(j, word, counts, true);
}

/* Anything else, as judge_find() has it. */
void judge_note(struct judge *j, uint32_t feature);

/* The feature of a number; 0: the judge does not know it. */
uint32_t judge_find(uint32_t number);

/* Is any of the words known? */
bool judge_knows_any(struct judge *j);

/* Adds up all of it; then the scores are valid. */
void judge_weigh(struct judge *j);

/*
 * What the judge makes of it: the reasons it knows, by the lanes of the scores
 * in `j`; returns how many. The other lanes have JUDGE_NEVER. What nothing can
 * be known of is REASON_NONE.
 */
int judge_reasons(const uint8_t **reasons);

/* The lane of the reason; -1: it knows none such. */
int judge_lane(int reason);

/* Are all words, one after the other, those of a reply that is known, such as
   a mail server's own sentence, and is this what it means for now or for
   good? Needs no scores. */
bool judge_knows(const struct judge *j, bool permanent, int reason);

#endif
