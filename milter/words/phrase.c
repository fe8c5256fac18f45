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

	if (n - from > 1)
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

/* How much of m->whole and of m->reached is filled: apart from them, as the
   processor keeps it so. */
struct filled {
	unsigned whole, reached;
};

/* Items behind a step that was reached: those which it is near enough to. What
   becomes of one takes no branch: none could foresee it. */
static inline void
match_items(struct phrase_match *m, struct filled *n, unsigned at,
    unsigned distance, bool denied)
{
	struct phrase_item item;
	unsigned good;

	do {
		item = m->all->item[at];
		good = (distance <= item.reach) & (item.denied >= denied);
		m->whole[n->whole] = (uint32_t)item.turn << 16 | item.to;
		m->reached[n->reached] = item.to;
		n->whole += good & item.last & (n->whole < WHOLE_MAX);
		n->reached += good & !item.last & (n->reached < PENDING_MAX);
		at = item.next;
	} while (at != 0);
}

static inline void
match_wait(struct phrase_match *m, struct filled *n,
    const struct phrase_wait *wait, unsigned place, bool denied)
{
	const uint16_t *step = m->step + (size_t)64 * wait->word;
	uint64_t left = m->active[wait->word] & wait->steps;
	unsigned bit;

	do {
		bit = (unsigned)__builtin_ctzll(left);
		match_items(m, n, wait->item +
		    bits(wait->steps & (((uint64_t)1 << bit) - 1)),
		    place - step[bit], denied);
		left &= left - 1;
	} while (left != 0);
}

/* Notes which it is if it waits behind a step that was reached; returns where
   the next one is noted. */
static inline uint16_t *
try_wait(const struct phrase_match *m, const struct phrase_wait *wait,
    size_t which, uint16_t *hit)
{
	*hit = (uint16_t)which;
	return hit + ((m->active[wait->word] & wait->steps) != 0);
}

/* What waits for a sense behind any step that was reached. Which that is
   takes no branch, either. */
static inline void
match_waiting(struct phrase_match *m, const struct phrase_sense *s,
    unsigned place, bool denied)
{
	const struct phrase_wait *first = m->all->wait + s[0].wait;
	const struct phrase_wait *end = m->all->wait + s[1].wait, *wait;
	struct filled n = { m->nwhole, m->nreached };
	uint16_t *hit = m->hit, *at;
	size_t i = 0;

	for (wait = first; wait < end; wait += PHRASE_FOUR, i += PHRASE_FOUR) {
		hit = try_wait(m, wait, i, hit);
		hit = try_wait(m, wait + 1, i + 1, hit);
		hit = try_wait(m, wait + 2, i + 2, hit);
		hit = try_wait(m, wait + 3, i + 3, hit);
	}
	for (at = m->hit; at < hit; at++)
		match_wait(m, &n, first + *at, place, denied);
	m->nwhole = n.whole;
	m->nreached = n.reached;
}

static inline void
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

/* Symbol by symbol, those that a "not" before them undoes apart. */
static void
match_apart(struct phrase_match *m, unsigned sense, unsigned place)
{
	const struct phrase_sense *s;
	symbol_list symbol;

	for (symbol = lexicon_symbols(sense); *symbol != 0; symbol++) {
		s = &m->all->symbol[*symbol];
		match_sense(m, s, place, s->polar && place <=
		    m->denied_until);
	}
}

static void
match(struct phrase_match *m, unsigned sense, unsigned place)
{
	const struct phrase_sense *s = &m->all->sense[sense];

	if (s->apart || (s->polar && place <= m->denied_until))
		match_apart(m, sense, place);
	else
		match_sense(m, s, place, false);
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
	unsigned i;

	for (i = 0; i < m->nbegun; i++) {
		s = m->begun[i];
		step = m->all->first + s[0].first;
		end = m->all->first + s[1].first;
		for (; step < end; step += PHRASE_FOUR) {
			reach(m, step[0], place);
			reach(m, step[1], place);
			reach(m, step[2], place);
			reach(m, step[3], place);
		}
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

void
phrase_tell_judge(struct phrase_match *m)
{
	const struct phrases *all = m->all;
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
		judge_note(&m->judge, all->topic[all->phrase[about].about]);
	}
}
