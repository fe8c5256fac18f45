/* judge - a second opinion on what a reply means, learned from examples */

#include "words/judge.h"

#include <pthread.h>
#include <stddef.h>
#include <string.h>

#include "base/mem.h"
#include "words/reason.h"

#ifndef JUDGE_WEIGHTS
#define JUDGE_WEIGHTS "words/judge_weights.def"
#endif

#define SLOTS (FEATURES <= 4096 ? 8192 : 2 * JUDGE_FEATURES_MAX)
#define SENTENCE_SLOTS (2 * JUDGE_FEATURES_MAX)
#define FEW 12		/* reasons that are added one by one */

/* The reasons in the order in which the weights name them … */
static const uint8_t reasons[] = {
#define JUDGES(id, points) REASON_##id,
#define FEATURE(...)
#define KNOWN(...)
#include JUDGE_WEIGHTS
#undef JUDGES
};
#define REASONS (sizeof reasons / sizeof reasons[0])
#define WIDTH ((REASONS + 15) / 16 * 16)

/* … and what each has before anything is seen. */
typedef int8_t row[WIDTH];
static const row start = {
#define JUDGES(id, points) points,
#include JUDGE_WEIGHTS
#undef JUDGES
#undef FEATURE
};

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

_Static_assert(WIDTH <= JUDGE_REASONS_MAX, "more reasons than fit");
_Static_assert(2 * FEATURES <= SLOTS, "more features than fit");
_Static_assert(sizeof known / sizeof known[0] < JUDGE_FEATURES_MAX,
    "more sentences than fit");

_Static_assert(sizeof weights / 2 <= UINT16_MAX, "more weights than fit");
_Static_assert(JUDGE_NOTED_MAX * INT8_MAX <= INT16_MAX, "a sum may not fit");

/* Features by their number. */
static struct slot {
	uint32_t number;
	uint16_t feature;	/* from 1; 0: a free slot */
	uint16_t start;		/* pair in weights[], or in rows if n > FEW */
	uint8_t n;		/* reasons to which it adds */
} slots[SLOTS];
static row *rows;		/* of features that add to many */
static uint16_t sentences[SENTENCE_SLOTS];	/* in known[], from 1 */
static uint8_t meant[REASONS];		/* reasons[] as one recognises them … */
static uint8_t place_by_reason[REASON_COUNT];	/* … and back, from 1 */
static pthread_once_t once = PTHREAD_ONCE_INIT;

static inline unsigned
place_of(uint32_t number)
{
	return (number ^ number >> 16) % SLOTS;
}

static inline struct slot *
slot_of(uint32_t number)
{
	unsigned at = place_of(number);

	while (slots[at].feature != 0 && slots[at].number != number)
		at = (at + 1) % SLOTS;
	return &slots[at];
}

/* Its place in sentences[]. */
static unsigned
sentence_of(uint32_t number)
{
	unsigned at = (number ^ number >> 16) % SENTENCE_SLOTS;

	while (sentences[at] != 0 &&
	    known[sentences[at] - 1].sentence != number)
		at = (at + 1) % SENTENCE_SLOTS;
	return at;
}

/* Where the points of a feature lie: one behind the other, or a row. */
static void
fill_slot(size_t i, const int8_t *at, size_t *nrows)
{
	struct slot *s = slot_of(features[i].number);
	unsigned left = features[i].n;

	*s = (struct slot){ features[i].number, (uint16_t)(i + 1),
		(uint16_t)((at - weights) / 2), features[i].n };
	if (left <= FEW)
		return;
	s->start = (uint16_t)*nrows;
	for (; left > 0; left--, at += 2)
		rows[*nrows][at[0]] = at[1];
	++*nrows;
}

static void
fill_features(void)
{
	const int8_t *at = weights;
	size_t i, n = 0;

	for (i = 0; i < FEATURES; i++)
		n += features[i].n > FEW;
	rows = mem_array(n + 1, sizeof *rows);
	for (i = n = 0; i < FEATURES; i++) {
		fill_slot(i, at, &n);
		at += (size_t)2 * features[i].n;
	}
}

static void
fill(void)
{
	size_t i;

	for (i = 0; i < REASONS; i++) {
		meant[i] = reasons[i] == REASON_UNRECOGNISED ? REASON_NONE :
		    reasons[i];
		place_by_reason[meant[i]] = (uint8_t)(i + 1);
	}
	fill_features();
	for (i = sizeof known / sizeof known[0]; i > 0; i--)
		sentences[sentence_of(known[i - 1].sentence)] = (uint16_t)i;
}

void
judge_begin(struct judge *j)
{
	pthread_once(&once, fill);
	j->nnoted = 0;
	j->before = 0;
	j->sentence = JUDGE_WORD;
	j->words = false;
	j->weighed = false;
}

/* Adds what one feature is worth, where it was not noted before. */
static inline void
add(struct judge *j, int16_t sum[WIDTH], uint32_t number)
{
	const struct slot *s = slot_of(number);
	uint64_t bit = (uint64_t)1 << s->feature % 64;
	const int8_t *at;
	unsigned left, i;

	j->unheard += s->feature == 0;
	if (s->feature == 0 || (j->counted[s->feature / 64] & bit) != 0)
		return;
	j->counted[s->feature / 64] |= bit;
	if (s->n > FEW) {
		at = rows[s->start];
		for (i = 0; i < WIDTH; i++)
			sum[i] = (int16_t)(sum[i] + at[i]);
		return;
	}
	at = weights + (size_t)2 * s->start;
	for (left = s->n; left > 0; left--, at += 2)
		sum[at[0]] = (int16_t)(sum[at[0]] + at[1]);
}

void
judge_weigh(struct judge *j)
{
	int16_t sum[WIDTH] = { 0 };
	unsigned i;

	if (!j->weighed) {
		memset(j->counted, 0,
		    (FEATURES / 64 + 1) * sizeof j->counted[0]);
		j->unheard = 0;
		for (i = 0; i < WIDTH; i++)
			j->score[i] = start[i];
		j->weighed = true;
	}
	for (i = 0; i < j->nnoted; i++)
		add(j, sum, j->noted[i]);
	j->nnoted = 0;
	for (i = 0; i < WIDTH; i++)
		j->score[i] += sum[i];
	for (i = REASONS; i < WIDTH; i++)
		j->score[i] = JUDGE_NEVER;
}

void
judge_feature(struct judge *j, uint32_t what)
{
	if (j->nnoted == JUDGE_NOTED_MAX)
		judge_weigh(j);
	__builtin_prefetch(&slots[place_of(what)]);
	j->noted[j->nnoted++] = what;
}

/* A word or what stands in place of one. */
static void
note_word(struct judge *j, uint32_t word)
{
	j->words = j->words || slot_of(word)->feature != 0;
	judge_feature(j, word);
}

void
judge_mark(struct judge *j, uint32_t mark)
{
	note_word(j, mark);
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
		note_word(j, word);
}

int
judge_reasons(const uint8_t **all)
{
	*all = meant;
	return REASONS;
}

int
judge_place(int reason)
{
	return place_by_reason[reason] - 1;
}

int
judge_above(const struct judge *j, int bound)
{
	int i, n = 0;

	for (i = 0; i < (int)WIDTH; i++)
		n += j->score[i] > bound;
	return n;
}

bool
judge_knows(const struct judge *j, bool permanent, int reason)
{
	size_t at = sentences[sentence_of(j->sentence)];

	if (at == 0)
		return false;
	for (at--; at < sizeof known / sizeof known[0] &&
	    known[at].sentence == j->sentence; at++)
		if ((known[at].class & (permanent ? 2 : 1)) != 0 &&
		    meant[known[at].reason] == reason)
			return true;
	return false;
}
