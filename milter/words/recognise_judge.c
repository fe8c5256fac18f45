/* recognise_judge - the phrases and the judge together */

#include "words/recognise_judge.h"

#include <limits.h>
#include <string.h>

#include "words/recognise_context.h"
#include "words/recognise_odd.h"

#define NEVER -10000		/* points of what cannot be */
#define SHARE 2			/* a point of the phrases counts twice */
/* Points by which a reason must be ahead of the others … */
#define CONTESTED 10		/* of the phrases: too near to be sure */
#define SURE_AHEAD 5		/* of the judge alone, where phrases are sure */
#define ALONE_AHEAD 30		/* … and where they are not, to be sure … */
#define LIKELY_AHEAD 20		/* … of both, to be likely … */
#define GUESS_AHEAD 6		/* … or a guess */

/* What the judge thinks of all reasons that the reply can mean. */
struct opinion {
	int n;
	uint8_t reason[JUDGE_REASONS_MAX];
	const int32_t *points;
};

static void
ask(struct opinion *all, const struct recognised *r, enum topic about,
    struct judge *judge)
{
	const uint8_t *known;
	int i;

	all->n = judge_reasons(&known);
	all->points = judge->score;
	memcpy(all->reason, known, (size_t)all->n);
	for (i = 0; about != TOPIC_NONE && i < all->n; i++)
		all->reason[i] = (uint8_t)recognise_turned(about, known[i]);
	for (i = 0; i < all->n; i++)
		if (all->reason[i] == REASON_SYSTEM_OVERLOADED &&
		    !recognise_possible(r, REASON_SYSTEM_OVERLOADED))
			judge->score[i] = NEVER;
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
	int i, got, max = INT_MIN, best = REASON_NONE;

	for (i = 0; i < all->n; i++) {
		got = of_both(all, phrases, i);
		if (got > max) {
			max = got;
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
		} else if ((!found || got > other) &&
		    !recognise_kin(all->reason[i], reason)) {
			other = got;
			found = true;
		}
	}
	return own == INT_MIN ? own : own - other;
}

/* Do the phrases give nearly as much to a mere "refused"? */
static bool
is_contested(const struct recognise_points *phrases, int reason)
{
	return reason != REASON_POLICY_REJECT &&
	    phrases->of[REASON_POLICY_REJECT] >
	    phrases->of[reason] - CONTESTED;
}

/* Does the status tell nothing? */
static bool
is_bare(const struct recognised *r)
{
	return r->status[0] == '\0' || strcmp(r->status + 1, ".0.0") == 0 ||
	    strncmp(r->status + 1, ".7.", 3) == 0;
}

/* Does the judge alone think the same, and clearly? A mere "refused" is what
   remains where no cause is heard: the next server may well name one. */
static bool
is_clear(const struct opinion *all, const struct recognised *r)
{
	static const struct recognise_points none;

	return r->reason != REASON_POLICY_REJECT &&
	    best_of_both(all, &none) == r->reason &&
	    ahead(all, &none, r->reason) >=
	    (r->confidence == RECOGNISED_SURE ? SURE_AHEAD : ALONE_AHEAD);
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
    const struct recognise_points *phrases, struct judge *judge)
{
	enum confidence found;
	struct opinion all;
	bool agreed;
	int best;

	ask(&all, r, about, judge);
	if (is_bare(r) && judge_knows(judge, is_permanent(r), REASON_NONE)) {
		r->reason = REASON_NONE;
		r->confidence = RECOGNISED_UNKNOWN;
		return;
	}
	best = best_of_both(&all, phrases);
	agreed = judge_knows(judge, is_permanent(r), r->reason) ||
	    is_clear(&all, r);
	if (r->confidence == RECOGNISED_SURE ||
	    (best == r->reason && r->confidence == RECOGNISED_LIKELY)) {
		r->confidence = agreed && !is_contested(phrases, r->reason) ?
		    RECOGNISED_SURE : RECOGNISED_LIKELY;
		return;
	}
	found = how_likely(ahead(&all, phrases, best));
	if (found == RECOGNISED_UNKNOWN && r->confidence > found)
		found = RECOGNISED_GUESS;
	if (best == r->reason && best != REASON_NONE)
		return;
	r->confidence = best == REASON_NONE ? RECOGNISED_UNKNOWN : found;
	r->reason = r->confidence == RECOGNISED_UNKNOWN ? REASON_NONE : best;
}
