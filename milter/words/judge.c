/* judge - a second opinion on what a reply means, learned from examples */

#include "words/judge.h"

#include <pthread.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "words/number_index.h"
#include "words/reason.h"

#ifndef JUDGE_WEIGHTS
#define JUDGE_WEIGHTS "words/judge_weights.def"
#endif

#define SENTENCE_SLOTS 16384
#define FEW 4		/* reasons that are added one by one */

/*
 * The weights have a row JUDGES for each reason, W for each feature (number,
 * how many reasons it speaks of, for each its place and the points) and S for
 * each sentence.
 */

/* The reasons in the order in which the weights name them … */
static const uint8_t reasons[] = {
#define JUDGES(id, points) REASON_##id,
#define W(...)
#define S(...)
#include JUDGE_WEIGHTS
#undef JUDGES
};
#define REASONS (sizeof reasons / sizeof reasons[0])

/* … and what each has before anything is seen. */
static const int8_t start[] = {
#define JUDGES(id, points) points,
#include JUDGE_WEIGHTS
#undef JUDGES
#undef W
};

/* Pairs of a reason and its points, for one feature after the other. */
static const int8_t weights[] = {
#define JUDGES(...)
#define W(number, n, ...) __VA_ARGS__,
#include JUDGE_WEIGHTS
#undef W
};

static const struct feature {
	uint32_t number;
	uint8_t n;		/* reasons to which it adds */
} features[] = {
#define W(number, n, ...) { number, n },
#include JUDGE_WEIGHTS
#undef W
#undef S
};

/* Sentences and what they mean, in the order of their numbers. */
static const struct known {
	uint32_t sentence;
	uint8_t class;		/* 1: for now, 2: for good, 3: both */
	uint8_t reason;		/* its place in reasons[] */
} known[] = {
#define W(...)
#define S(sentence, class, reason) { sentence, class, reason },
#include JUDGE_WEIGHTS
#undef W
#undef S
#undef JUDGES
};
#define FEATURES (sizeof features / sizeof features[0])

_Static_assert(REASONS <= JUDGE_LANES, "more reasons than fit");
_Static_assert(FEATURES < JUDGE_FEATURES_MAX, "more features than fit");
_Static_assert(sizeof known / sizeof known[0] < SENTENCE_SLOTS / 2,
    "more sentences than fit");

/* Lanes that are one to the processor. */
typedef int16_t eight __attribute__((vector_size(16), may_alias));
#define AT_ONCE (8 * 8)

/* What a feature adds: to many reasons a row, to few some points each. First
   come those with rows. */
struct points {
	uint8_t lane[FEW];
	int8_t points[FEW];
};
static judge_lanes *rows;		/* by feature, from 1 … */
static struct points *few;		/* … and from nrows on */
static unsigned nrows;
static struct number_index numbers;	/* features by their numbers */
static judge_lanes begin;		/* what each lane has at first */
static uint16_t sentences[SENTENCE_SLOTS];	/* in known[], from 1 */
static uint8_t meant[REASONS];		/* reasons[] as one recognises them … */
static uint8_t lane_by_reason[REASON_COUNT];	/* … and back, from 1 */
static pthread_once_t once = PTHREAD_ONCE_INIT;

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

/* What features[i] adds, as the feature that it becomes. */
static void
fill_feature(unsigned feature, size_t i, const int8_t *at)
{
	unsigned left = features[i].n, n;

	number_index_add(&numbers, features[i].number, feature);
	if (left > FEW)
		for (; left > 0; left--, at += 2)
			rows[feature][at[0]] = at[1];
	else
		for (n = 0; n < left; n++, at += 2) {
			few[feature - nrows].lane[n] = (uint8_t)at[0];
			few[feature - nrows].points[n] = at[1];
		}
}

static void
fill_features(void)
{
	const int8_t *at = weights;
	unsigned row = 1, one;
	size_t i;

	for (nrows = 1, i = 0; i < FEATURES; i++)
		nrows += features[i].n > FEW;
	rows = mem_array(nrows, sizeof *rows);
	few = mem_array(FEATURES + 1 - nrows + 1, sizeof *few);
	for (one = nrows, i = 0; i < FEATURES; i++) {
		fill_feature(features[i].n > FEW ? row++ : one++, i, at);
		at += (size_t)2 * features[i].n;
	}
	number_index_end(&numbers);
}

static void
fill(void)
{
	size_t i;

	for (i = 0; i < JUDGE_LANES; i++)
		begin[i] = i < REASONS ? start[i] : JUDGE_NEVER;
	for (i = 0; i < REASONS; i++) {
		meant[i] = reasons[i] == REASON_UNRECOGNISED ? REASON_NONE :
		    reasons[i];
		lane_by_reason[meant[i]] = (uint8_t)(i + 1);
	}
	fill_features();
	for (i = sizeof known / sizeof known[0]; i > 0; i--)
		sentences[sentence_of(known[i - 1].sentence)] = (uint16_t)i;
}

static inline unsigned
find(uint32_t number)
{
	return number_index_find(&numbers, number);
}

uint32_t
judge_find(uint32_t number)
{
	pthread_once(&once, fill);
	return find(number);
}

/* Adds the rows of n features, half of the lanes of all of them after the
   other: their sums stay where the processor adds. */
static void
add_rows(judge_lanes score, const uint16_t *feature, unsigned n)
{
	unsigned lane, i;

	for (lane = 0; lane < JUDGE_LANES; lane += AT_ONCE) {
		eight *sum = (eight *)(score + lane);
		eight a = sum[0], b = sum[1], c = sum[2], d = sum[3];
		eight e = sum[4], f = sum[5], g = sum[6], h = sum[7];

		for (i = 0; i < n; i++) {
			const eight *row =
			    (const eight *)(rows[feature[i]] + lane);

			a += row[0];
			b += row[1];
			c += row[2];
			d += row[3];
			e += row[4];
			f += row[5];
			g += row[6];
			h += row[7];
		}
		sum[0] = a;
		sum[1] = b;
		sum[2] = c;
		sum[3] = d;
		sum[4] = e;
		sum[5] = f;
		sum[6] = g;
		sum[7] = h;
	}
}

static inline void
add_few(judge_lanes score, const struct points *p)
{
	unsigned i;

	for (i = 0; i < FEW; i++)
		score[p->lane[i]] = (int16_t)(score[p->lane[i]] +
		    p->points[i]);
}

/* Adds those that were noted for the first time. Which of them have rows takes
   no branch: none could foresee it. */
static void
add_noted(struct judge *j)
{
	uint16_t rowed[JUDGE_NOTED_MAX + 1], single[JUDGE_NOTED_MAX + 1];
	unsigned nrowed = 0, nsingle = 0, unheard = 0, i, feature, new;
	uint64_t *counted, bit;

	for (i = 0; i < j->nnoted; i++) {
		feature = j->noted[i];
		counted = &j->counted[feature / 64];
		bit = (uint64_t)1 << feature % 64;
		new = (*counted & bit) == 0;
		*counted |= bit;
		unheard += feature == 0;
		rowed[nrowed] = single[nsingle] = (uint16_t)feature;
		nrowed += new & (feature < nrows);
		nsingle += new & (feature >= nrows);
	}
	j->unheard += unheard;
	add_rows(j->score, rowed, nrowed);
	for (i = 0; i < nsingle; i++)
		add_few(j->score, &few[single[i] - nrows]);
}

/* Adds up what is noted so far. */
static void
weigh_noted(struct judge *j)
{
	if (!j->weighed) {
		memset(j->counted, 0,
		    (FEATURES / 64 + 1) * sizeof j->counted[0]);
		j->counted[0] = 1;	/* it is none that adds */
		memcpy(j->score, begin, sizeof j->score);
		j->unheard = 0;
		j->weighed = true;
	}
	add_noted(j);
	j->nnoted = 0;
}

void
judge_note(struct judge *j, uint32_t feature)
{
	if (j->nnoted == JUDGE_NOTED_MAX)
		weigh_noted(j);
	j->noted[j->nnoted++] = (uint16_t)feature;
}

/* Words and marks become features: each by itself, and the pair that it makes
   with the one before where it counts. */
void
judge_lookup(struct judge *j)
{
	unsigned n, i, feature, known = 0;
	uint32_t before = j->before;

	if (j->nnoted + 2 * j->ntokens > JUDGE_NOTED_MAX)
		weigh_noted(j);
	for (n = j->nnoted, i = 0; i < j->ntokens; i++) {
		struct judge_token token = j->token[i];

		feature = find(token.number);
		known |= feature * token.word;
		j->noted[n++] = (uint16_t)feature;
		j->noted[n] = (uint16_t)find(judge_pair(before,
		    token.number));
		n += token.counts & (before != 0);
		before = token.counts ? token.number : before;
	}
	j->ntokens = 0;
	j->nnoted = n;
	j->before = before;
	j->words = j->words || known != 0;
}

bool
judge_knows_any(struct judge *j)
{
	unsigned i;

	for (i = 0; i < j->ntokens && !j->words; i++)
		j->words = j->token[i].word &&
		    find(j->token[i].number) != 0;
	return j->words;
}

void
judge_weigh(struct judge *j)
{
	judge_lookup(j);
	weigh_noted(j);
}

int
judge_reasons(const uint8_t **all)
{
	*all = meant;
	return REASONS;
}

int
judge_lane(int reason)
{
	return lane_by_reason[reason] - 1;
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
