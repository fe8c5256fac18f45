/* phrase - senses in a row become reasons: all phrases in one pass */

#include "words/phrase.h"

#include <string.h>

#define DENIES 2	/* words that a "not" reaches */

void
phrase_match_begin(struct phrase_match *m, const struct phrases *all)
{
	m->all = all;
	m->queue[0] = (struct phrase_event){ .last = true };
	m->nqueued = 1;
	memset(m->active, 0, (all->nsteps / 64 + 1) * sizeof m->active[0]);
	memset(m->stated, 0, (all->n / 64 + 1) * sizeof m->stated[0]);
	memset(m->concepts, 0, sizeof m->concepts);
	judge_begin(&m->judge);
	memset(m->nmatched, 0, sizeof m->nmatched);
	m->place = 1;
	m->nbegun = 0;
	m->nreached = 0;
	m->nwhole = 0;
	m->denied_until = 0;
}

static void match(struct phrase_match *m, unsigned sense, unsigned place);

/* A phrase is whole: it is reported once, a concept each time. */
static void
report(struct phrase_match *m, unsigned which, unsigned place)
{
	const struct phrase *p = &m->all->phrase[which];
	uint64_t bit = (uint64_t)1 << (which % 64);

	if (p->kind == PHRASE_CONCEPT) {
		match(m, p->concept, place);
		return;
	}
	if ((m->stated[which / 64] & bit) != 0)
		return;
	m->stated[which / 64] |= bit;
	m->matched[p->kind][m->nmatched[p->kind]++] = (uint16_t)which;
}

/* By the turns of the symbols, then in the order of phrases.def. */
static void
sort(uint32_t *list, unsigned n)
{
	unsigned i, j;
	uint32_t moved;

	for (i = 1; i < n; i++) {
		moved = list[i];
		for (j = i; j > 0 && list[j - 1] > moved; j--)
			list[j] = list[j - 1];
		list[j] = moved;
	}
}

static void
report_all(struct phrase_match *m, unsigned from, unsigned place)
{
	unsigned n = m->nwhole, i;

	sort(m->whole + from, n - from);
	for (i = from; i < n; i++)
		report(m, m->whole[i] & UINT16_MAX, place);
	m->nwhole = from;
}

/* How many bits are set. */
static inline unsigned
bits(uint64_t v)
{
	v -= v >> 1 & 0x5555555555555555;
	v = (v & 0x3333333333333333) + (v >> 2 & 0x3333333333333333);
	v = (v + (v >> 4)) & 0x0f0f0f0f0f0f0f0f;
	return (unsigned)(v * 0x0101010101010101 >> 56);
}

/* Items behind a step that was reached: those which it is near enough to. */
static inline void
match_items(struct phrase_match *m, unsigned at, unsigned distance,
    bool denied)
{
	const struct phrase_item *item;

	do {
		item = &m->all->item[at];
		at = item->next;
		if (distance > item->reach || (denied && !item->denied))
			continue;
		if (item->last && m->nwhole < WHOLE_MAX)
			m->whole[m->nwhole++] = (uint32_t)item->turn << 16 |
			    item->to;
		else if (!item->last && m->nreached < PENDING_MAX)
			m->reached[m->nreached++] = item->to;
	} while (at != 0);
}

static inline void
match_wait(struct phrase_match *m, const struct phrase_wait *wait,
    unsigned place, bool denied)
{
	const uint16_t *step = m->step + (size_t)64 * wait->word;
	uint64_t left = m->active[wait->word] & wait->steps;
	unsigned bit;

	do {
		bit = (unsigned)__builtin_ctzll(left);
		match_items(m, wait->item +
		    bits(wait->steps & (((uint64_t)1 << bit) - 1)),
		    place - step[bit], denied);
		left &= left - 1;
	} while (left != 0);
}

/* What waits for a sense behind any step that was reached. Which that is
   takes no branch: none could foresee it. */
static inline void
match_waiting(struct phrase_match *m, const struct phrase_sense *s,
    unsigned place, bool denied)
{
	const struct phrase_wait *wait = m->all->wait + s[0].wait;
	unsigned n = s[1].wait - s[0].wait, hits = 0, i;

	for (i = 0; i < n; i++) {
		m->hit[hits] = (uint16_t)i;
		hits += (m->active[wait[i].word] & wait[i].steps) != 0;
	}
	n = hits;
	for (i = 0; i < n; i++)
		match_wait(m, &wait[m->hit[i]], place, denied);
}

static void
match_sense(struct phrase_match *m, const struct phrase_sense *s,
    unsigned place, bool denied)
{
	unsigned from = m->nwhole, i;

	for (i = 0; i < sizeof s->concepts / sizeof s->concepts[0]; i++)
		m->concepts[i] |= s->concepts[i];
	if (s->not)
		m->denied_until = (uint16_t)(place + DENIES);
	if (!denied) {
		if (m->nbegun < BEGUN_MAX)
			m->begun[m->nbegun++] = s;
		for (i = s[0].single; i < s[1].single &&
		    m->nwhole < WHOLE_MAX; i++)
			m->whole[m->nwhole++] = m->all->single[i];
	}
	match_waiting(m, s, place, denied);
	if (m->nwhole != from)
		report_all(m, from, place);
}

static void
match(struct phrase_match *m, unsigned sense, unsigned place)
{
	const struct phrase_sense *s = &m->all->sense[sense];
	symbol_list symbol;

	if (!s->apart && (!s->polar || place > m->denied_until)) {
		match_sense(m, s, place, false);
		return;
	}
	for (symbol = lexicon_symbols(sense); *symbol != 0; symbol++) {
		s = &m->all->symbol[*symbol];
		match_sense(m, s, place, s->polar && place <=
		    m->denied_until);
	}
}

static inline void
reach(struct phrase_match *m, unsigned step, unsigned place)
{
	m->step[step] = (uint16_t)place;
	m->active[step / 64] |= (uint64_t)1 << step % 64;
}

/* The word is over: what it has reached counts from now on. */
static void
turn(struct phrase_match *m, unsigned place)
{
	const struct phrase_sense *s;
	const uint16_t *step, *end;
	unsigned i, four;

	for (i = 0; i < m->nbegun; i++) {
		s = m->begun[i];
		step = m->all->first + s[0].first;
		end = m->all->first + s[1].first;
		for (; step < end; step += PHRASE_FIRSTS)
			for (four = 0; four < PHRASE_FIRSTS; four++)
				reach(m, step[four], place);
	}
	for (i = 0; i < m->nreached; i++)
		reach(m, m->reached[i], place);
	m->nbegun = 0;
	m->nreached = 0;
}

void
phrase_match_end(struct phrase_match *m)
{
	const struct phrases *all = m->all;
	const struct phrase_event *e = m->queue + 1;
	const struct phrase_event *end = m->queue + m->nqueued;

	for (; e < end; e++) {
		if (e + 1 < end)
			__builtin_prefetch(&all->wait[
			    all->sense[e[1].sense].wait]);
		if (e->sense != 0)
			match(m, e->sense, e->place);
		if (e->last)
			turn(m, e->place);
	}
	m->nqueued = 1;
}

static inline void
queue(struct phrase_match *m, unsigned sense, bool last)
{
	m->queue[m->nqueued].place = m->place;
	m->queue[m->nqueued].sense = sense & 0x7fff;
	m->queue[m->nqueued].last = last;
}

/* That of an unknown word is written, too, and the next one over it. */
void
phrase_queue(struct phrase_match *m, unsigned sense)
{
	__builtin_prefetch(&m->all->sense[sense]);
	if (m->nqueued >= QUEUE_MAX && sense != 0)
		phrase_match_end(m);
	queue(m, sense, false);
	m->nqueued += sense != 0;
}

void
phrase_turn(struct phrase_match *m, bool counts)
{
	struct phrase_event *before = &m->queue[m->nqueued - 1];

	before->last |= before->place == m->place;
	if (!before->last)
		queue(m, 0, true), m->nqueued++;
	m->place = (uint16_t)(m->place + counts);
}

void
phrase_tell_judge(struct phrase_match *m)
{
	const struct phrases *all = m->all;
	char topic[2] = "";
	uint64_t left;
	unsigned i, at, about;

	for (i = 0; i < sizeof m->concepts / sizeof m->concepts[0]; i++)
		for (left = m->concepts[i]; left != 0; left &= left - 1) {
			at = 64 * i + (unsigned)__builtin_ctzll(left);
			if (at > CONCEPT_STOP)
				judge_note(&m->judge, all->concept[at]);
		}
	for (i = 0; i < m->nmatched[PHRASE_ABOUT]; i++) {
		about = m->matched[PHRASE_ABOUT][i];
		topic[0] = (char)('0' + all->phrase[about].about);
		judge_feature(&m->judge, judge_number('a', topic));
	}
}
