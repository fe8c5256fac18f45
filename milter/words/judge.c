/* judge - a second opinion on what a reply means, learned from examples */

#include "words/judge.h"

#include <pthread.h>
#include <stddef.h>
#include <string.h>

#include "words/reason.h"

#ifndef JUDGE_WEIGHTS
#define JUDGE_WEIGHTS "words/judge_weights.def"
#endif

#define SLOTS (2 * JUDGE_FEATURES_MAX)

/* The reasons in the order in which the weights name them, and what each has
   before anything is seen. */
static const struct {
	uint8_t reason;
	int16_t points;
} reasons[] = {
#define JUDGES(id, points) { REASON_##id, points },
#define FEATURE(...)
#define KNOWN(...)
#include JUDGE_WEIGHTS
#undef JUDGES
#undef FEATURE
};
#define REASONS (sizeof reasons / sizeof reasons[0])

/* Pairs of a reason and its points, for one feature after the other. */
static const int8_t weights[] = {
#define JUDGES(...)
#define FEATURE(number, n, name, ...) __VA_ARGS__,
#include JUDGE_WEIGHTS
#undef FEATURE
};

static const struct feature {
	uint32_t number;
	uint8_t n;		/* reasons to which it adds */
} features[] = {
#define FEATURE(number, n, name, ...) { number, n },
#include JUDGE_WEIGHTS
#undef FEATURE
#undef KNOWN
};

/* Sentences and what they mean, in the order of their numbers. */
static const struct known {
	uint32_t sentence;
	uint8_t class;		/* 1: for now, 2: for good, 3: both */
	uint8_t reason;		/* its place in reasons[] */
} known[] = {
#define FEATURE(...)
#define KNOWN(sentence, class, reason) { sentence, class, reason },
#include JUDGE_WEIGHTS
#undef FEATURE
#undef KNOWN
#undef JUDGES
};
#define FEATURES (sizeof features / sizeof features[0])

_Static_assert(REASONS <= JUDGE_REASONS_MAX, "more reasons than fit");
_Static_assert(FEATURES < JUDGE_FEATURES_MAX, "more features than fit");

/* Features by their number: 1 and more is an index, 0 a free slot. */
static uint16_t slots[SLOTS];
static struct place {
	uint32_t number;
	uint32_t start : 24, n : 8;	/* in weights[] */
} places[FEATURES];
static uint8_t meant[REASONS];		/* reasons[] as one recognises them */
static pthread_once_t once = PTHREAD_ONCE_INIT;

static unsigned
slot_of(uint32_t number)
{
	unsigned at = (number ^ number >> 16) % SLOTS;

	while (slots[at] != 0 && places[slots[at] - 1].number != number)
		at = (at + 1) % SLOTS;
	return at;
}

static void
fill_slots(void)
{
	uint32_t start = 0;
	size_t i;

	for (i = 0; i < REASONS; i++)
		meant[i] = reasons[i].reason == REASON_UNRECOGNISED ?
		    REASON_NONE : reasons[i].reason;
	for (i = 0; i < FEATURES; i++) {
		slots[slot_of(features[i].number)] = (uint16_t)(i + 1);
		places[i] = (struct place){ features[i].number,
			start & 0xffffff, features[i].n };
		start += 2u * features[i].n;
	}
}

void
judge_begin(struct judge *j)
{
	size_t i;

	pthread_once(&once, fill_slots);
	memset(j->counted, 0, (FEATURES / 64 + 1) * sizeof j->counted[0]);
	for (i = 0; i < REASONS; i++)
		j->score[i] = reasons[i].points;
	j->before = 0;
	j->sentence = JUDGE_WORD;
	j->words = 0;
}

/* Adds what it is worth, once; is it known? */
static bool
add_feature(struct judge *j, uint32_t what)
{
	unsigned which = slots[slot_of(what)], left;
	const int8_t *at;
	uint64_t bit;

	if (which == 0)
		return false;
	which--;
	bit = (uint64_t)1 << which % 64;
	if ((j->counted[which / 64] & bit) != 0)
		return true;
	j->counted[which / 64] |= bit;
	at = weights + places[which].start;
	for (left = places[which].n; left > 0; left--, at += 2)
		j->score[at[0]] += at[1];
	return true;
}

void
judge_feature(struct judge *j, uint32_t what)
{
	add_feature(j, what);
}

void
judge_mark(struct judge *j, uint32_t mark)
{
	j->words += add_feature(j, mark);
	if (j->before != 0)
		judge_feature(j, judge_pair(j->before, mark));
	j->before = mark;
}

void
judge_word(struct judge *j, uint32_t word, bool counts)
{
	j->sentence = judge_pair(j->sentence, word);
	if (counts)
		judge_mark(j, word);
	else
		j->words += add_feature(j, word);
}

int
judge_reasons(const uint8_t **all)
{
	*all = meant;
	return REASONS;
}

bool
judge_knows(const struct judge *j, bool permanent, int reason)
{
	size_t low = 0, high = sizeof known / sizeof known[0], at;

	while (low < high) {
		at = low + (high - low) / 2;
		if (known[at].sentence < j->sentence)
			low = at + 1;
		else
			high = at;
	}
	for (; low < sizeof known / sizeof known[0] &&
	    known[low].sentence == j->sentence; low++)
		if ((known[low].class & (permanent ? 2 : 1)) != 0 &&
		    meant[known[low].reason] == reason)
			return true;
	return false;
}
