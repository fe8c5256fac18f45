/* recognise - words become a reason: what the phrases told is weighed */

#include "words/recognise.h"

#include <string.h>

#include "words/phrase.h"
#include "words/recognise_odd.h"
#include "words/reply_text.h"

#define SURE 80		/* points from which nothing else is thought of … */
#define AHEAD 8		/* … if no other reason is that near */
#define LIKELY 55
#define GUESS 14
#define SUPPORT 3	/* what each further phrase adds … */
#define SUPPORT_MOST 9	/* … and all of them together */

static const char *const confidence_names[] = {
	[RECOGNISED_UNKNOWN] = "unknown",
	[RECOGNISED_GUESS] = "guess",
	[RECOGNISED_LIKELY] = "likely",
	[RECOGNISED_SURE] = "sure",
};

static const char *const capture_names[CAPTURE_COUNT] = {
	[CAPTURE_ADDRESS] = "address",
	[CAPTURE_DOMAIN] = "domain",
	[CAPTURE_IP] = "ip",
	[CAPTURE_ZONE] = "zone",
	[CAPTURE_LIMIT] = "limit",
	[CAPTURE_RETRY] = "retry",
	[CAPTURE_URL] = "url",
};

/* Points of every reason. */
struct scale {
	int best[REASON_COUNT];		/* of the strongest phrase */
	int more[REASON_COUNT];		/* of all the others */
	int less[REASON_COUNT];		/* against it */
};

const char *
confidence_name(enum confidence c)
{
	return confidence_names[c];
}

const char *
capture_name(enum capture c)
{
	return capture_names[c];
}

/* The strongest sign of who wrote it; 0: no sign. */
static unsigned
find_issuer(const struct phrases *all, const struct phrase_match *m)
{
	unsigned i, issuer = 0;
	int best = 0;

	for (i = 0; i < m->nheard; i++) {
		const struct phrase *p = &all->phrase[m->heard[i]];

		if (p->reason == REASON_NONE && p->weight > best) {
			best = p->weight;
			issuer = p->issuer;
		}
	}
	return issuer;
}

static void
put(struct scale *scale, const struct phrase *p)
{
	int *best = &scale->best[p->reason];

	if (p->weight < 0) {
		scale->less[p->reason] += p->weight;
		return;
	}
	if (*best > 0)
		scale->more[p->reason] += SUPPORT;
	if (p->weight > *best)
		*best = p->weight;
}

static int
points(const struct scale *scale, int reason)
{
	int more = scale->more[reason];

	if (scale->best[reason] == 0)
		return 0;
	return scale->best[reason] + scale->less[reason] +
	    (more < SUPPORT_MOST ? more : SUPPORT_MOST);
}

static enum confidence
how_sure(int first, int second)
{
	if (first >= SURE && first - second >= AHEAD)
		return RECOGNISED_SURE;
	if (first >= LIKELY)
		return RECOGNISED_LIKELY;
	return first >= GUESS ? RECOGNISED_GUESS : RECOGNISED_UNKNOWN;
}

/* Another reason that is no kin of the first is what makes unsure. */
static void
decide(const struct scale *scale, struct recognised *r)
{
	int first = 0, second = 0, got, reason;

	r->reason = REASON_NONE;
	for (reason = 1; reason < REASON_COUNT; reason++) {
		got = points(scale, reason);
		if (got > first) {
			first = got;
			r->reason = reason;
		}
	}
	for (reason = 1; reason < REASON_COUNT; reason++) {
		got = points(scale, reason);
		if (got > second && reason != r->reason &&
		    !recognise_kin(reason, r->reason))
			second = got;
	}
	r->confidence = how_sure(first, second);
	if (r->confidence == RECOGNISED_UNKNOWN)
		r->reason = REASON_NONE;
}

static void
weigh(const struct phrases *all, const struct phrase_match *m,
    struct recognised *r)
{
	unsigned issuer = find_issuer(all, m), i;
	struct scale scale;

	memset(&scale, 0, sizeof scale);
	for (i = 0; i < m->nheard; i++) {
		const struct phrase *p = &all->phrase[m->heard[i]];

		if (p->reason != REASON_NONE &&
		    (p->issuer == 0 || p->issuer == issuer))
			put(&scale, p);
	}
	r->software = all->issuer[issuer];
	decide(&scale, r);
}

void
recognise(const char *text, size_t n, struct recognised *r)
{
	const struct phrases *all = phrases_get();
	struct phrase_match m;

	memset(r, 0, sizeof *r);
	phrase_match_begin(&m, all);
	reply_text_hear(&m, all, text, n, r);
	weigh(all, &m, r);
	r->flags = recognise_odd(r);
}
