/* recognise_judge - the phrases and the judge together */

#include "words/recognise_judge.h"

#include <limits.h>

#include "words/recognise_context.h"
#include "words/recognise_odd.h"

/* Points by which a reason must be ahead of all that are no kin of it. */
#ifndef SURE_AHEAD
#define SURE_AHEAD 28		/* for the judge, to be sure … */
#define LIKELY_AHEAD 16		/* for both, to be likely … */
#define GUESS_AHEAD 4		/* … or a guess */
#endif

/* What the judge thinks of all reasons that the reply can mean. */
struct opinion {
	int n;
	int reason[JUDGE_REASONS_MAX];
	int points[JUDGE_REASONS_MAX];
};

static void
ask(struct opinion *all, const struct recognised *r, enum topic about,
    const struct judge *judge)
{
	unsigned i;
	int reason;

	all->n = 0;
	for (i = 0; i < judge_reasons(); i++) {
		reason = recognise_turned(about, judge_reason(i));
		if (!recognise_possible(r, reason))
			continue;
		all->reason[all->n] = reason;
		all->points[all->n++] = judge_score(judge, i);
	}
}

static int
best_of_both(const struct opinion *all, const struct recognise_points *phrases)
{
	int i, got, most = INT_MIN, best = REASON_NONE;

	for (i = 0; i < all->n; i++) {
		got = all->points[i] + phrases->of[all->reason[i]];
		if (got > most) {
			most = got;
			best = all->reason[i];
		}
	}
	return best;
}

/* By how much the reason is ahead of what is not nearly the same; with the
   points of the phrases, if there are any. */
static int
ahead(const struct opinion *all, int reason,
    const struct recognise_points *phrases)
{
	int i, got, own = INT_MIN, other = INT_MIN;

	for (i = 0; i < all->n; i++) {
		got = all->points[i];
		if (phrases != NULL)
			got += phrases->of[all->reason[i]];
		if (all->reason[i] == reason)
			own = got > own ? got : own;
		else if (got > other && !recognise_kin(all->reason[i], reason))
			other = got;
	}
	return own == INT_MIN ? own : own - (other == INT_MIN ? 0 : other);
}

static enum confidence
how_likely(int lead)
{
	if (lead >= LIKELY_AHEAD)
		return RECOGNISED_LIKELY;
	return lead >= GUESS_AHEAD ? RECOGNISED_GUESS : RECOGNISED_UNKNOWN;
}

void
recognise_judge(struct recognised *r, enum topic about,
    const struct recognise_points *phrases, const struct judge *judge)
{
	enum confidence found;
	struct opinion all;
	int best;

	ask(&all, r, about, judge);
	best = best_of_both(&all, phrases);
	if (best == r->reason && r->confidence >= RECOGNISED_LIKELY) {
		r->confidence = ahead(&all, best, NULL) >= SURE_AHEAD ?
		    RECOGNISED_SURE : RECOGNISED_LIKELY;
		return;
	}
	found = how_likely(ahead(&all, best, phrases));
	if (best == r->reason && r->confidence > found)
		return;
	r->reason = best;
	r->confidence = best == REASON_NONE ? RECOGNISED_UNKNOWN : found;
	if (r->confidence == RECOGNISED_UNKNOWN)
		r->reason = REASON_NONE;
}
