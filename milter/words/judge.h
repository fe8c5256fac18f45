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
 * What is found is noted while the text is read, a number each. It is added up
 * only where the answer hangs on it: not where the phrases are sure and the
 * sentence as a whole is known. No memory of its own, no floating point. Any
 * thread.
 */
#ifndef WORDS_JUDGE_H
#define WORDS_JUDGE_H

#include <stdbool.h>
#include <stdint.h>

#define JUDGE_REASONS_MAX 160
#define JUDGE_FEATURES_MAX 8192
#define JUDGE_NOTED_MAX 200
#define JUDGE_NEVER -10000	/* the score of what cannot be */

/* One text on its way. What is no longer than most is added up once. */
struct judge {
	uint32_t noted[JUDGE_NOTED_MAX];	/* not yet added up */
	unsigned nnoted;
	uint32_t before;	/* the last word that counts; 0: none */
	uint32_t sentence;	/* all words so far */
	bool words;		/* it knows one of them */
	bool weighed;		/* the rest is valid */
	unsigned unheard;	/* what was noted and has no weight */
	uint64_t counted[JUDGE_FEATURES_MAX / 64];
	int32_t score[JUDGE_REASONS_MAX];
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

void judge_begin(struct judge *j);

/* A word. `counts`: it is no small word, and stands in pairs. */
void judge_word(struct judge *j, uint32_t word, bool counts);

/* What stands in place of a word, such as an address. */
void judge_mark(struct judge *j, uint32_t mark);

/* Anything else. */
void judge_feature(struct judge *j, uint32_t what);

/* Adds up what was noted; then the scores are valid. */
void judge_weigh(struct judge *j);

/*
 * What the judge makes of it: the reasons it knows, in the order of the scores
 * in `j`; returns how many. What nothing can be known of is REASON_NONE.
 */
int judge_reasons(const uint8_t **reasons);

/* Which of the scores is that of the reason; -1: it knows none such. */
int judge_place(int reason);

/* How many of the scores are above a bound. */
int judge_above(const struct judge *j, int bound);

/* Are all words, one after the other, those of a reply that is known, such as
   a mail server's own sentence, and is this what it means for now or for
   good? Needs no scores. */
bool judge_knows(const struct judge *j, bool permanent, int reason);

#endif
