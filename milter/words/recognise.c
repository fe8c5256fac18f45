/* recognise - words become a reason: weighs what the phrases matched */

#include "words/recognise.h"

#include <pthread.h>
#include <string.h>

#include "words/phrase.h"
#include "words/reason.h"
#include "words/recognise_kept.h"
#include "words/recognise_context.h"
#include "words/recognise_judge.h"
#include "words/recognise_odd.h"
#include "words/reply_text.h"

#define SURE 84		/* points from which nothing else is thought of … */
#define SURE_SINGLE 87	/* … where a single phrase says it … */
#define SURE_VAGUE 90	/* … or for "refused", which names no cause … */
#define AHEAD 10		/* … if no other reason is that near */
#define CERTAIN 110	/* a product's own sentence, whatever its status */
#define LIKELY 55
#define GUESS 14
#define HINT 40		/* below it a status tells more than the words */
#define SUPPORT 1	/* what each further phrase adds … */
#define SUPPORT_MAX 4	/* … and all of them together */
#define TALLIES_MAX RECOGNISE_POINTS_MAX	/* reasons of one text */

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

static const struct phrases *all;
static pthread_once_t once = PTHREAD_ONCE_INIT;

/* Points of one reason. */
struct tally {
	int reason;
	uint64_t first;		/* the first of its phrases */
	int best;		/* of the strongest one */
	int more;		/* of all the others */
	int less;		/* against it */
	int points;		/* all of them, at the end */
};

/* The reasons of which any phrase matched. */
struct scale {
	struct tally tally[TALLIES_MAX];
	unsigned n;
	uint8_t at[REASON_COUNT];	/* by reason, from 1; 0: none */
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

static const struct phrase *
matched(const struct phrase_match *m, enum phrase_kind kind, unsigned i)
{
	return &all->phrase[phrase_found(m->matched[kind][i])];
}

/* The strongest sign of who wrote it; 0: no sign. */
static unsigned
find_issuer(const struct phrase_match *m)
{
	unsigned i, issuer = 0;
	int best = 0;

	for (i = 0; i < m->nmatched[PHRASE_ISSUER]; i++) {
		const struct phrase *p = matched(m, PHRASE_ISSUER, i);

		if (p->weight > best) {
			best = p->weight;
			issuer = p->issuer;
		}
	}
	return issuer;
}

/* Whom it is about: the sender before all others, else the last one named. */
static enum topic
find_about(const struct phrase_match *m)
{
	enum topic about = TOPIC_NONE;
	unsigned i;

	for (i = 0; i < m->nmatched[PHRASE_ABOUT] && about != TOPIC_SENDER;
	    i++)
		about = (enum topic)matched(m, PHRASE_ABOUT, i)->about;
	return about;
}

static void
put(struct scale *scale, const struct phrase *p, int reason, uint64_t found)
{
	struct tally *t;

	if (scale->at[reason] == 0) {
		if (scale->n == TALLIES_MAX)
			return;
		scale->tally[scale->n] = (struct tally){ .reason = reason,
			.first = found };
		scale->at[reason] = (uint8_t)++scale->n;
	}
	t = &scale->tally[scale->at[reason] - 1];
	t->first = found < t->first ? found : t->first;
	if (p->weight < 0) {
		t->less += p->weight;
		return;
	}
	if (t->best > 0 && t->more < SUPPORT_MAX)
		t->more += SUPPORT;
	if (p->weight > t->best)
		t->best = p->weight;
}

static void
add_up(struct scale *scale)
{
	struct tally *t;
	unsigned i;

	for (i = 0; i < scale->n; i++) {
		t = &scale->tally[i];
		t->points = t->best == 0 ? 0 : t->best + t->more + t->less;
	}
}

/* Points from which this reason is sure. */
static int
needed(const struct tally *t)
{
	if (recognise_vague(t->reason))
		return SURE_VAGUE;
	return t->more == 0 ? SURE_SINGLE : SURE;
}

static enum confidence
how_sure(const struct tally *t, int second)
{
	int first = t->points;

	if (first >= needed(t) && first - second >= AHEAD)
		return RECOGNISED_SURE;
	if (first >= LIKELY)
		return RECOGNISED_LIKELY;
	return first >= GUESS ? RECOGNISED_GUESS : RECOGNISED_UNKNOWN;
}

/* Is it the better one of two, of which another may be none? */
static bool
is_ahead(const struct tally *t, const struct tally *other)
{
	return other == NULL || t->points > other->points ||
	    (t->points == other->points && t->first < other->first);
}

/* "Refused", though a cause is named as surely: the cause. */
static const struct tally *
more_exact(const struct scale *scale, const struct tally *best)
{
	const struct tally *exact = NULL;
	unsigned i;

	if (best->reason != REASON_POLICY_REJECT)
		return best;
	for (i = 0; i < scale->n; i++) {
		const struct tally *t = &scale->tally[i];

		if (!recognise_vague(t->reason) && t->points >= SURE &&
		    best->points - t->points < AHEAD && is_ahead(t, exact))
			exact = t;
	}
	return exact != NULL ? exact : best;
}

/* Another reason that is no kin of the first is what makes unsure. Returns
   the points of the first. */
static int
decide(const struct scale *scale, struct recognised *r)
{
	static const struct tally nothing = { .reason = REASON_NONE };
	const struct tally *best = &nothing;
	int first = 0, second = 0, got;
	const bool *kin;
	unsigned i;

	for (i = 0; i < scale->n; i++) {
		got = scale->tally[i].points;
		if (got > first || (got == first && got > 0 &&
		    scale->tally[i].reason < best->reason)) {
			first = got;
			best = &scale->tally[i];
		}
	}
	best = more_exact(scale, best);
	first = best->points;
	r->reason = best->reason;
	kin = recognise_kin(r->reason);
	for (i = 0; i < scale->n; i++) {
		got = scale->tally[i].points;
		if (got > second && scale->tally[i].reason != r->reason &&
		    !kin[scale->tally[i].reason])
			second = got;
	}
	r->confidence = how_sure(best, second);
	if (r->confidence == RECOGNISED_UNKNOWN)
		r->reason = REASON_NONE;
	return first;
}

/* The judge is asked unless it is a product's own sentence. */
static void
ask_judge(struct recognised *r, enum topic about, const struct scale *scale,
    struct phrase_match *m)
{
	struct recognise_points phrases;
	unsigned i;
	int got;

	phrases.n = 0;
	for (i = 0; i < scale->n; i++) {
		got = scale->tally[i].points;
		phrases.of[phrases.n].reason = scale->tally[i].reason;
		phrases.of[phrases.n++].points = got > 0 ? got : 0;
	}
	if (recognise_judge_knows(r, &phrases, &m->judge))
		return;
	phrase_tell_judge(m);
	recognise_judge(r, about, &phrases, &m->judge);
}

/* What a registered status tells refines the words, or makes unsure. */
static void
ask_status(struct recognised *r, int points)
{
	int says = recognise_status_says(r);

	if (recognise_private(r) && !recognise_vague(says) &&
	    (r->confidence < RECOGNISED_LIKELY || (recognise_vague(r->reason) &&
	    r->confidence < RECOGNISED_SURE) || recognise_kin(says)[
	    r->reason])) {
		if (r->confidence < RECOGNISED_LIKELY)
			r->confidence = RECOGNISED_LIKELY;
		r->reason = says;
		return;
	}
	/* Words that tell no cause leave it to the status. */
	if (says != REASON_NONE && (r->reason == REASON_NONE ||
	    (r->confidence == RECOGNISED_GUESS &&
	    (recognise_vague(r->reason) || points < HINT)))) {
		r->reason = says;
		r->confidence = RECOGNISED_LIKELY;
		return;
	}
	if (r->reason == REASON_NONE)
		return;
	r->reason = recognise_refined(r, says);
	if (r->confidence == RECOGNISED_SURE && points < CERTAIN &&
	    !recognise_status_agrees(r, says))
		r->confidence = RECOGNISED_LIKELY;
}

/* What the caller knows counts like words before the text. */
static void
match_topic(struct phrase_match *m, enum topic about)
{
	static const char *const words[] = { [TOPIC_HELO] = "inhelo",
		[TOPIC_SENDER] = "insender", [TOPIC_RECIPIENT] = "inrecipient",
		[TOPIC_MESSAGE] = "inmessage", [TOPIC_CLIENT] = "inclient",
		[TOPIC_SERVER] = "inserver" };

	if (about == TOPIC_NONE)
		return;
	phrase_queue(m, lexicon_find(words[about], strlen(words[about])));
	phrase_turn(m, false);
}

/*
 * Words without a code or a status may be no reply at all ("why does my mail
 * not arrive?"), and a guess finds a cause for any words.
 */
static void
ask_form(struct recognised *r)
{
	if (r->confidence == RECOGNISED_GUESS && r->code == 0 &&
	    r->status[0] == '\0') {
		r->confidence = RECOGNISED_UNKNOWN;
		r->reason = REASON_NONE;
	}
}

/* What was matched, weighed: also who wrote it. */
static unsigned
weigh(struct phrase_match *m, struct recognised *r)
{
	unsigned issuer = find_issuer(m), i;
	enum topic about = find_about(m);
	struct scale scale;
	int points;

	scale.n = 0;
	memset(scale.at, 0, sizeof scale.at);
	for (i = 0; i < m->nmatched[PHRASE_REASON]; i++) {
		const struct phrase *p = matched(m, PHRASE_REASON, i);

		if ((p->issuer == 0 || p->issuer == issuer) &&
		    (p->weight >= CERTAIN ||
		    recognise_possible(r, p->reason)))
			put(&scale, p, about == TOPIC_NONE ? p->reason :
			    recognise_turned(about, p->reason),
			    m->matched[PHRASE_REASON][i]);
	}
	add_up(&scale);
	r->software = all->issuer[issuer];
	/* 2yz and 3yz refuse nothing, whatever their words. */
	if (r->code == 0 || r->code / 100 == 1 || r->code >= 400) {
		points = decide(&scale, r);
		if (points < CERTAIN && judge_knows_any(&m->judge))
			ask_judge(r, about, &scale, m);
		ask_status(r, points);
		ask_form(r);
	}
	return issuer;
}

/* What has been read, worked out. */
static struct meaning
work_out(struct phrase_match *m, enum topic about, struct recognised *r)
{
	unsigned issuer;

	phrase_match_end(m);
	issuer = weigh(m, r);
	/* Whose server it is knows only who sent. */
	if (about == TOPIC_NONE && r->reason == REASON_TLS_CERTIFICATE)
		r->reason = REASON_TLS_FAILED;
	r->flags = recognise_odd(r);
	return (struct meaning){ (uint8_t)r->reason, (uint8_t)r->confidence,
		(uint8_t)issuer, (uint8_t)r->flags };
}

/* As the text of that shape before it, if there was one. */
static void
find_meaning(struct phrase_match *m, enum topic about, struct recognised *r)
{
	struct shape shape = recognise_shape(m, about, r);
	struct meaning means;

	if (!recognise_kept(&shape, &means)) {
		recognise_keep(&shape, work_out(m, about, r));
		return;
	}
	r->software = all->issuer[means.issuer];
	r->reason = means.reason;
	r->confidence = (enum confidence)means.confidence;
	r->flags = means.flags;
}

/* All tables. */
static void
fill(void)
{
	all = phrases_get();
	recognise_odd_fill();
	recognise_context_fill();
	recognise_judge_fill();
	recognise_kept_fill();
}

void
recognise_about(const char *text, size_t n, enum topic about,
    struct recognised *r)
{
	struct phrase_match m;

	pthread_once(&once, fill);
	memset(r, 0, sizeof *r);
	phrase_match_begin(&m, all);
	match_topic(&m, about);
	reply_text_scan(&m, all, text, n, r);
	find_meaning(&m, about, r);
	/* Who moved is named first, where to is named last. */
	if (r->reason == REASON_MAILBOX_MOVED)
		r->captured[CAPTURE_ADDRESS] = r->last_address;
}

void
recognise(const char *text, size_t n, struct recognised *r)
{
	recognise_about(text, n, TOPIC_NONE, r);
}
