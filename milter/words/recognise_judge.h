/*
 * recognise_judge.h - the phrases and the judge together
 *
 * Both count in points. The reason with most points of both is the one; it is
 * sure where the phrases and the judge each name it. Pure; any thread.
 */
#ifndef WORDS_RECOGNISE_JUDGE_H
#define WORDS_RECOGNISE_JUDGE_H

#include "words/judge.h"
#include "words/reason.h"
#include "words/recognise.h"

#define RECOGNISE_POINTS_MAX 64

/* The points that the phrases give to the reasons that they name. */
struct recognise_points {
	unsigned n;
	struct {
		int reason, points;
	} of[RECOGNISE_POINTS_MAX];
};

/* Fills the tables: once, after those of recognise_odd.h and of
   recognise_context.h. */
void recognise_judge_fill(void);

/*
 * The phrases' answer is in `r`. Is the reply one that is known word for word,
 * or are the phrases too near to each other, so that no scores are needed?
 * Then `r` is what both say.
 */
bool recognise_judge_knows(struct recognised *r,
    const struct recognise_points *phrases, const struct judge *judge);

/*
 * The phrases' answer is in `r`, and the judge has all there is. Changes
 * the reason where the judge's and the phrases' points together name another
 * one, and how sure it is.
 */
void recognise_judge(struct recognised *r, enum topic about,
    const struct recognise_points *phrases, struct judge *judge);

#endif
