/* recognise_judge - the phrases and the judge together */

#include "words/recognise_judge.h"

#include <limits.h>
#include <string.h>

#include "words/recognise_context.h"
#include "words/recognise_odd.h"

#define SHARE 3			/* two points of the phrases count thrice */
/* Points by which a reason must be ahead of the others … */
#define CONTESTED 10		/* of the phrases: too near to be sure */
#define SURE_AHEAD 4		/* of the judge alone, to be sure … */
#define UNHEARD_AHEAD 1		/* … and more for each thing new to it … */
#define UNHEARD_MAX 20		/* … but a long text has much beside it … */
#define FIRM 90			/* … less for each point of the phrases … */
#define FIRM_SPARES 2		/* … beyond this, where they are sure … */
#define LIKELY_AHEAD 20		/* … of both, to be likely … */
#define GUESS_AHEAD 6		/* … or a guess */

/* What is thought of all reasons that the reply can mean. */
struct opinion {
	int n;
	bool turned;		/* a reason may stand in several places */
	const uint8_t *reason;
	uint8_t reasons[JUDGE_REASONS_MAX];	/* where they are turned */
	const int32_t *judge;			/* the judge's points */
	int32_t both[JUDGE_REASONS_MAX];	/* and those of the phrases */
};

static void
ask(struct opinion *all, const struct recognised *r, enum topic about,
    struct judge *judge)
{
	int i, overloaded = judge_place(REASON_SYSTEM_OVERLOADED);

	judge_weigh(judge);
	all->n = judge_reasons(&all->reason);
	all->judge = judge->score;
	all->turned = about != TOPIC_NONE;
	for (i = 0; all->turned && i < all->n; i++)
		all->reasons[i] =
		    (uint8_t)recognise_turned(about, all->reason[i]);
	if (all->turned)
		all->reason = all->reasons;
	if (overloaded >= 0 && !recognise_possible(r,
	    REASON_SYSTEM_OVERLOADED))
		judge->score[overloaded] = JUDGE_NEVER;
}

static void
add_phrases(struct opinion *all, const struct recognise_points *phrases)
{
	unsigned which;
	int i;

	memcpy(all->both, all->judge, (size_t)all->n * sizeof all->both[0]);
	for (which = 0; which < phrases->n; which++)
		for (i = 0; i < all->n; i++)
			if (all->reason[i] == phrases->of[which].reason)
				all->both[i] += SHARE *
				    phrases->of[which].points / 2;
}

/* The reason with most points. */
static int
best_of(const struct opinion *all, const int32_t *points)
{
	int i, best = 0;

	for (i = 1; i < all->n; i++)
		if (points[i] > points[best])
			best = i;
	return all->reason[best];
}

/* By how much it is ahead of what is no kin of it. */
static int
ahead(const struct opinion *all, const int32_t *points, int reason)
{
	int i, own = INT_MIN, other = INT_MIN;

	for (i = 0; i < all->n; i++) {
		if (all->reason[i] == reason)
			own = points[i] > own ? points[i] : own;
		else if (points[i] > other &&
		    !recognise_kin(all->reason[i], reason))
			other = points[i];
	}
	return own == INT_MIN || other == INT_MIN ? own : own - other;
}

static int
points_of(const struct recognise_points *phrases, int reason)
{
	unsigned i = 0;

	while (i < phrases->n && phrases->of[i].reason != reason)
		i++;
	return i < phrases->n ? phrases->of[i].points : 0;
}

/* By how much the judge alone must be ahead: the more of the text is new to
   it, the more; the surer the phrases are, the less. */
static int
least_ahead(const struct recognised *r, const struct judge *judge, int points)
{
	int new = judge->unheard < UNHEARD_MAX ? (int)judge->unheard :
	    UNHEARD_MAX;
	int least = SURE_AHEAD + UNHEARD_AHEAD * new;

	if (r->confidence == RECOGNISED_SURE && points > FIRM)
		least -= FIRM_SPARES * (points - FIRM);
	return least;
}

/* Does the judge alone think the same, or of its kin, and clearly? A mere
   "refused" is what remains where no cause is named: the next server may well
   name one. And whom words without a cause refuse, the phrases must be sure
   of: "go away" is said to anybody. */
static bool
is_clear(const struct opinion *all, const struct recognised *r,
    const struct recognise_points *phrases, const struct judge *judge)
{
	int least = least_ahead(r, judge, points_of(phrases, r->reason));
	int at = all->turned ? -1 : judge_place(r->reason);

	if (r->reason == REASON_POLICY_REJECT ||
	    (r->confidence < RECOGNISED_SURE && recognise_vague(r->reason)))
		return false;
	if (at >= 0 && least > 0 &&
	    judge_above(judge, all->judge[at] - least) == 1)
		return true;
	return ahead(all, all->judge, r->reason) >= least;
}

/* Do the phrases give nearly as much to a mere "refused"? */
static bool
is_contested(const struct recognise_points *phrases, int reason)
{
	return reason != REASON_POLICY_REJECT &&
	    points_of(phrases, REASON_POLICY_REJECT) >
	    points_of(phrases, reason) - CONTESTED;
}

/* Does the status tell nothing? */
static bool
is_bare(const struct recognised *r)
{
	return r->status[0] == '\0' || strcmp(r->status + 1, ".0.0") == 0 ||
	    strncmp(r->status + 1, ".7.", 3) == 0;
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

bool
recognise_judge_knows(struct recognised *r,
    const struct recognise_points *phrases, const struct judge *judge)
{
	if (is_bare(r) && judge_knows(judge, is_permanent(r), REASON_NONE)) {
		r->reason = REASON_NONE;
		r->confidence = RECOGNISED_UNKNOWN;
		return true;
	}
	if (r->confidence != RECOGNISED_SURE)
		return false;
	if (is_contested(phrases, r->reason)) {
		r->confidence = RECOGNISED_LIKELY;
		return true;
	}
	return judge_knows(judge, is_permanent(r), r->reason);
}

/* Where the phrases are sure, or likely and both name the same. */
static enum confidence
agreed(const struct opinion *all, const struct recognised *r,
    const struct recognise_points *phrases, const struct judge *judge)
{
	return !is_contested(phrases, r->reason) &&
	    (judge_knows(judge, is_permanent(r), r->reason) ||
	    is_clear(all, r, phrases, judge)) ? RECOGNISED_SURE :
	    RECOGNISED_LIKELY;
}

void
recognise_judge(struct recognised *r, enum topic about,
    const struct recognise_points *phrases, struct judge *judge)
{
	enum confidence found;
	struct opinion all;
	int best;

	ask(&all, r, about, judge);
	if (r->confidence == RECOGNISED_SURE) {
		r->confidence = agreed(&all, r, phrases, judge);
		return;
	}
	add_phrases(&all, phrases);
	best = best_of(&all, all.both);
	if (best == r->reason && r->confidence == RECOGNISED_LIKELY) {
		r->confidence = agreed(&all, r, phrases, judge);
		return;
	}
	found = how_likely(ahead(&all, all.both, best));
	if (found == RECOGNISED_UNKNOWN && r->confidence > found)
		found = RECOGNISED_GUESS;
	if (best == r->reason && best != REASON_NONE)
		return;
	r->confidence = best == REASON_NONE ? RECOGNISED_UNKNOWN : found;
	r->reason = r->confidence == RECOGNISED_UNKNOWN ? REASON_NONE : best;
}
