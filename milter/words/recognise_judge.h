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

/* The points that the phrases give to each reason. */
struct recognise_points {
	int16_t of[REASON_COUNT];
};

/*
 * The phrases' answer is in `r`. Changes the reason where the judge's and the
 * phrases' points together name another one, and how sure it is.
 */
void recognise_judge(struct recognised *r, enum topic about,
    const struct recognise_points *phrases, struct judge *judge);

#endif
