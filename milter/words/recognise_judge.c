/* recognise_judge - the phrases and the judge together */

#include "words/recognise_judge.h"

#include <limits.h>

#include "words/recognise_context.h"
#include "words/recognise_odd.h"

#define SHARE 2			/* a point of the phrases counts twice */
/* Points by which a reason must be ahead of the others … */
#ifndef SURE_AHEAD
#define SURE_AHEAD 28		/* of the judge alone, to be sure … */
#endif
#define LIKELY_AHEAD 20		/* … of both, to be likely … */
#define GUESS_AHEAD 6		/* … or a guess */

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

/* What both give to the i-th of them. */
static int
of_both(const struct opinion *all, const struct recognise_points *phrases,
    int i)
{
	return all->points[i] + SHARE * phrases->of[all->reason[i]];
}

static int
best_of_both(const struct opinion *all, const struct recognise_points *phrases)
{
	int i, got, most = INT_MIN, best = REASON_NONE;

	for (i = 0; i < all->n; i++) {
		got = of_both(all, phrases, i);
		if (got > most) {
			most = got;
			best = all->reason[i];
		}
	}
	return best;
}

/* By how much it is ahead of what is no kin of it. */
static int
ahead(const struct opinion *all, const struct recognise_points *phrases,
    int reason)
{
	int i, got, own = INT_MIN, other = 0;
	bool found = false;

	for (i = 0; i < all->n; i++) {
		got = of_both(all, phrases, i);
		if (all->reason[i] == reason) {
			own = got > own ? got : own;
		} else if (!recognise_kin(all->reason[i], reason) &&
		    (!found || got > other)) {
			other = got;
			found = true;
		}
	}
	return own == INT_MIN ? own : own - other;
}

static bool
is_permanent(const struct recognised *r)
{
	return r->code != 0 ? r->code >= 500 : r->status[0] == '5';
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
	static const struct recognise_points none;
	enum confidence found;
	struct opinion all;
	int best;

	ask(&all, r, about, judge);
	best = best_of_both(&all, phrases);
	if (r->confidence == RECOGNISED_SURE ||
	    (best == r->reason && r->confidence == RECOGNISED_LIKELY)) {
		r->confidence = judge_knows(judge, is_permanent(r), r->reason) ||
		    (best_of_both(&all, &none) == r->reason &&
		    ahead(&all, &none, r->reason) >= SURE_AHEAD) ?
		    RECOGNISED_SURE : RECOGNISED_LIKELY;
		return;
	}
	found = how_likely(ahead(&all, phrases, best));
	if (found == RECOGNISED_UNKNOWN && r->confidence > found)
		found = RECOGNISED_GUESS;
	if (best == r->reason && r->confidence > found)
		return;
	r->confidence = best == REASON_NONE ? RECOGNISED_UNKNOWN : found;
	r->reason = r->confidence == RECOGNISED_UNKNOWN ? REASON_NONE : best;
}
