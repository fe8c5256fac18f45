/* recognise_judge - the phrases and the judge together */

#include "words/recognise_judge.h"

#include <limits.h>
#include <string.h>

#include "words/recognise_context.h"
#include "words/recognise_odd.h"

#define SHARE 3			/* two points of the phrases count thrice */
/* Points by which a reason must be ahead of the others … */
#define CONTESTED 10		/* of the phrases: too near to be sure */
/* … of the judge alone, to be sure: one for each thing that is new to it … */
#define UNHEARD_MAX 20		/* … but a long text has much beside it … */
#define MERE_UNHEARD 3		/* … and names a cause beside a mere fault … */
#define FIRM 90			/* … less for each point of the phrases … */
#define FIRM_SPARES 2		/* … beyond this, where they are sure … */
#define LIKELY_AHEAD 20		/* … of both, to be likely … */
#define GUESS_AHEAD 6		/* … or a guess */

/* The lanes whose reason is another one in a reply about a topic. */
struct turned {
	unsigned n;
	struct {
		uint8_t lane, to;
	} of[JUDGE_LANES];
};
static struct turned turned[TOPIC_COUNT];

/* What the points of the other lanes are at most beside a reason: its own and
   those of its kin are beside nothing. */
static judge_lanes beside[REASON_COUNT];

/* What is thought of all reasons that the reply can mean. */
struct opinion {
	enum topic about;
	const uint8_t *reason;		/* by lane, before it is turned */
	const int16_t *judge;		/* the judge's points */
	judge_lanes both;		/* and those of the phrases */
};

static void
spread_turned(struct turned *t, enum topic about, const uint8_t *reason, int n)
{
	int lane, to;

	for (lane = 0; lane < n; lane++) {
		to = recognise_turned(about, reason[lane]);
		if (to == reason[lane])
			continue;
		t->of[t->n].lane = (uint8_t)lane;
		t->of[t->n++].to = (uint8_t)to;
	}
}

void
recognise_judge_fill(void)
{
	const uint8_t *reason;
	int n = judge_reasons(&reason), i, lane;
	const bool *kin;

	for (i = 0; i < TOPIC_COUNT; i++)
		spread_turned(&turned[i], (enum topic)i, reason, n);
	for (i = 0; i < REASON_COUNT; i++) {
		kin = recognise_kin(i);
		for (lane = 0; lane < JUDGE_LANES; lane++)
			beside[i][lane] = lane >= n || reason[lane] == i ||
			    kin[reason[lane]] ? INT16_MIN : INT16_MAX;
	}
}

static void
ask(struct opinion *all, const struct recognised *r, enum topic about,
    struct judge *judge)
{
	int overloaded = judge_lane(REASON_SYSTEM_OVERLOADED);

	judge_weigh(judge);
	judge_reasons(&all->reason);
	all->judge = judge->score;
	all->about = about;
	if (overloaded >= 0 && !recognise_possible(r,
	    REASON_SYSTEM_OVERLOADED))
		judge->score[overloaded] = JUDGE_NEVER;
}

/* Adds to all lanes that mean the reason. */
static void
add(struct opinion *all, int reason, int points)
{
	const struct turned *t = &turned[all->about];
	int lane = judge_lane(reason);
	unsigned i;

	if (lane >= 0 && recognise_turned(all->about, reason) == reason)
		all->both[lane] = (int16_t)(all->both[lane] + points);
	for (i = 0; i < t->n; i++)
		if (t->of[i].to == reason)
			all->both[t->of[i].lane] =
			    (int16_t)(all->both[t->of[i].lane] + points);
}

static void
add_phrases(struct opinion *all, const struct recognise_points *phrases)
{
	unsigned i;

	memcpy(all->both, all->judge, sizeof all->both);
	for (i = 0; i < phrases->n; i++)
		add(all, phrases->of[i].reason,
		    SHARE * phrases->of[i].points / 2);
}

/* The most points of all lanes, none with more than its bound. */
static int
max_of(const judge_lanes points, const judge_lanes bound)
{
	int16_t max = INT16_MIN, got;
	unsigned i;

	for (i = 0; i < JUDGE_LANES; i++) {
		got = points[i] < bound[i] ? points[i] : bound[i];
		max = got > max ? got : max;
	}
	return max;
}

/* The reason with most points of both. */
static int
best_of(const struct opinion *all)
{
	int points = max_of(all->both, all->both);
	unsigned lane = 0;

	while (all->both[lane] != points)
		lane++;
	return recognise_turned(all->about, all->reason[lane]);
}

static int
larger(int a, int b)
{
	return a > b ? a : b;
}

/* By how much it is ahead of what is no kin of it. */
static int
ahead(const struct opinion *all, const judge_lanes points, int reason)
{
	const struct turned *t = &turned[all->about];
	const bool *kin = recognise_kin(reason);
	int lane = judge_lane(reason), own, other, got;
	judge_lanes left;
	unsigned i;

	memcpy(left, points, sizeof left);
	for (i = 0; i < t->n; i++)
		left[t->of[i].lane] = INT16_MIN;
	own = lane >= 0 ? left[lane] : INT16_MIN;
	other = max_of(left, beside[reason]);
	for (i = 0; i < t->n; i++) {
		got = points[t->of[i].lane];
		if (t->of[i].to == reason)
			own = larger(got, own);
		else if (!kin[t->of[i].to])
			other = larger(got, other);
	}
	return own == INT16_MIN ? INT_MIN : own - other;
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
	int least = judge->unheard < UNHEARD_MAX ? (int)judge->unheard :
	    UNHEARD_MAX;

	if (r->confidence == RECOGNISED_SURE && points > FIRM)
		least -= FIRM_SPARES * (points - FIRM);
	return least;
}

/* "Not available" and "an error" stand before the cause as often as alone: is
   there enough that is new for one? */
static bool
is_mere(int reason, const struct judge *judge)
{
	return (reason == REASON_SYSTEM_OVERLOADED ||
	    reason == REASON_FILTER_ERROR) && judge->unheard > MERE_UNHEARD;
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

	if (r->reason == REASON_POLICY_REJECT || is_mere(r->reason, judge) ||
	    (r->confidence < RECOGNISED_SURE && recognise_vague(r->reason)))
		return false;
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
	bool final = recognised_is_final(r);

	if (is_bare(r) && judge_knows(judge, final, REASON_NONE)) {
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
	return judge_knows(judge, final, r->reason);
}

/* Where the phrases are sure, or likely and both name the same. */
static enum confidence
agreed(const struct opinion *all, const struct recognised *r,
    const struct recognise_points *phrases, const struct judge *judge)
{
	return !is_contested(phrases, r->reason) &&
	    (judge_knows(judge, recognised_is_final(r), r->reason) ||
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
	best = best_of(&all);
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
