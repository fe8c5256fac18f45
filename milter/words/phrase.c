/* phrase - senses in a row become reasons: all phrases in one pass */

#include "words/phrase.h"

#include <string.h>

#define DENIES 2	/* words that a "not" reaches */

void
phrase_match_begin(struct phrase_match *m, const struct phrases *all)
{
	m->all = all;
	m->queue[0] = (struct phrase_event){ .last = 1 };
	m->nqueued = 1;
	m->place = 1;
	m->matching = false;
	judge_begin(&m->judge);
}

/* Nothing is matched yet. */
static void
begin_matching(struct phrase_match *m)
{
	const struct phrases *all = m->all;

	m->matching = true;
	memset(m->active, 0, (all->nsteps / 64 + 1) * sizeof m->active[0]);
	memset(m->stated, 0, (all->n / 64 + 1) * sizeof m->stated[0]);
	memset(m->concepts, 0, sizeof m->concepts);
	memset(m->nmatched, 0, sizeof m->nmatched);
	m->nreached = 0;
	m->nwhole = 0;
	m->when = 0;
	m->denied_until = 0;
}

/* A phrase that was found: when, in which turn of the sense's symbols, which.
   By that they are in order. */
static inline uint64_t
found(const struct phrase_match *m, unsigned turn, unsigned which)
{
	return (uint64_t)m->when << 32 | turn << 16 | which;
}

static void
sort(uint64_t *list, unsigned n)
{
	unsigned i, j;
	uint64_t moved;

	for (i = 1; i < n; i++) {
		moved = list[i];
		for (j = i; j > 0 && list[j - 1] > moved; j--)
			list[j] = list[j - 1];
		list[j] = moved;
	}
}

/* Each phrase is reported once. */
static void
report(struct phrase_match *m)
{
	unsigned i, which, kind;
	uint64_t bit, *stated;

	for (i = 0; i < m->nwhole; i++) {
		which = phrase_found(m->whole[i]);
		kind = m->all->phrase[which].kind;
		stated = &m->stated[which / 64];
		bit = (uint64_t)1 << which % 64;
		m->matched[kind][m->nmatched[kind]] = m->whole[i];
		m->nmatched[kind] += (*stated & bit) == 0 &&
		    m->nmatched[kind] < MATCHED_MAX;
		*stated |= bit;
	}
	m->nwhole = 0;
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

/* How much of m->whole and of m->reached is filled, and how many of the
   phrases are concepts: apart from them, as the processor keeps it so. */
struct filled {
	unsigned whole, reached, concepts;
};

/* Items behind a step that was reached: those which it is near enough to. What
   becomes of one takes no branch: none could foresee it. */
static inline void
match_items(struct phrase_match *m, struct filled *n, unsigned at,
    unsigned distance, unsigned turn, bool denied)
{
	struct phrase_item item;
	unsigned good;

	do {
		item = m->all->item[at];
		good = (distance <= item.reach) & (item.denied >= denied);
		m->whole[n->whole] = found(m, turn, item.to);
		m->reached[n->reached] = item.to;
		n->whole += good & item.last & (n->whole < WHOLE_MAX);
		n->concepts += good & item.concept;
		n->reached += good & !item.last & (n->reached < PENDING_MAX);
		at = item.next;
	} while (at != 0);
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

/* Which of what waits for a symbol is behind a step that was reached: m->hit.
   That takes no branch, either. Returns the end. */
static inline const uint16_t *
find_hits(struct phrase_match *m, const struct phrase_symbol *s)
{
	const struct phrase_wait *wait = m->all->wait + s->wait;
	uint16_t *hit = m->hit;
	size_t i, n = (size_t)2 * s->nwait;

	for (i = 0; i < n; i += 2, wait += 2) {
		hit = try_wait(m, wait, i, hit);
		hit = try_wait(m, wait + 1, i + 1, hit);
	}
	*hit = 0;
	return hit;
}

/* All steps of all hits, one after the other in one loop. */
static inline void
match_hits(struct phrase_match *m, struct filled *n,
    const struct phrase_symbol *s, unsigned place, unsigned turn, bool denied)
{
	const struct phrase_wait *first = m->all->wait + s->wait, *wait;
	const uint16_t *end = find_hits(m, s), *hit = m->hit;
	uint64_t left = 0, steps;
	unsigned bit;

	while (hit < end) {
		wait = first + *hit;
		steps = m->active[wait->word] & wait->steps;
		left |= steps & -(uint64_t)(left == 0);
		bit = (unsigned)__builtin_ctzll(left);
		match_items(m, n, wait->item +
		    bits(wait->steps & (((uint64_t)1 << bit) - 1)),
		    place - m->step[64 * wait->word + bit], turn, denied);
		left &= left - 1;
		hit += left == 0;
	}
}

static void match(struct phrase_match *m, unsigned sense, unsigned place);

/* What was found from here on has concepts: each is one more sense of the
   word, in its turn. */
static void
match_concepts(struct phrase_match *m, unsigned from, unsigned place)
{
	unsigned n = m->nwhole, i, which;

	sort(m->whole + from, n - from);
	for (i = from; i < n; i++) {
		m->whole[i] = found(m, 0, 0) | (uint32_t)m->whole[i];
		which = phrase_found(m->whole[i]);
		if (m->all->phrase[which].kind != PHRASE_CONCEPT)
			continue;
		m->when++;
		match(m, m->all->phrase[which].concept, place);
	}
}

static inline void
match_symbol(struct phrase_match *m, struct filled *n, unsigned symbol,
    unsigned place, unsigned turn, bool denied)
{
	const struct phrase_symbol *s = &m->all->symbol[symbol];
	unsigned i;

	if (!denied) {
		m->reached[n->reached] = s->step;
		n->reached += (s->step != 0) & (n->reached < PENDING_MAX);
		for (i = 0; i < s->nsingle && n->whole < WHOLE_MAX; i++)
			m->whole[n->whole++] = found(m, turn,
			    m->all->single[s->single + i]);
	}
	match_hits(m, n, s, place, turn, denied);
}

static inline struct filled
begin_filling(const struct phrase_match *m)
{
	return (struct filled){ m->nwhole, m->nreached, 0 };
}

static inline void
end_filling(struct phrase_match *m, const struct filled *n, unsigned place)
{
	unsigned from = m->nwhole;

	m->nwhole = n->whole;
	m->nreached = n->reached;
	if (n->concepts > 0)
		match_concepts(m, from, place);
	m->when++;
}

/* Symbol by symbol, those that a "not" before them undoes apart. */
static void
match_apart(struct phrase_match *m, const struct phrase_sense *s,
    unsigned place)
{
	symbol_list symbol;
	struct filled n;

	for (symbol = s->symbols; *symbol != 0; symbol++) {
		n = begin_filling(m);
		if (*symbol == CONCEPT_NOT)
			m->denied_until = (uint16_t)(place + DENIES);
		match_symbol(m, &n, *symbol, place, 0,
		    m->all->symbol[*symbol].polar &&
		    place <= m->denied_until);
		end_filling(m, &n, place);
	}
}

static void
match(struct phrase_match *m, unsigned sense, unsigned place)
{
	const struct phrase_sense *s = &m->all->sense[sense];
	struct filled n;
	unsigned i;

	for (i = 0; i < sizeof s->concepts / sizeof s->concepts[0]; i++)
		m->concepts[i] |= s->concepts[i];
	if (s->apart || (s->polar && place <= m->denied_until)) {
		match_apart(m, s, place);
		return;
	}
	if (s->not)
		m->denied_until = (uint16_t)(place + DENIES);
	n = begin_filling(m);
	for (i = 0; s->symbols[i] != 0; i++)
		match_symbol(m, &n, s->symbols[i], place, i, false);
	end_filling(m, &n, place);
}

static inline void
reach(struct phrase_match *m, unsigned step, unsigned place)
{
	m->step[step] = (uint16_t)place;
	m->active[step / 64] |= (uint64_t)1 << step % 64;
}

/* The word is over: what it has reached counts from now on. Mostly that is no
   more than four steps, and then the loop takes no branch that nobody
   foresees. */
static inline void
turn(struct phrase_match *m, unsigned place)
{
	unsigned i;

	for (i = 0; i < PHRASE_FOUR; i++)
		m->reached[m->nreached + i] = 0;
	i = 0;
	do {
		reach(m, m->reached[i], place);
		reach(m, m->reached[i + 1], place);
		reach(m, m->reached[i + 2], place);
		reach(m, m->reached[i + 3], place);
		i += PHRASE_FOUR;
	} while (i < m->nreached);
	m->nreached = 0;
}

void
phrase_match_end(struct phrase_match *m)
{
	const struct phrases *all = m->all;
	const struct phrase_event *e = m->queue + 1;
	const struct phrase_event *end = m->queue + m->nqueued;
	unsigned kind;

	if (!m->matching)
		begin_matching(m);
	m->queue[m->nqueued].sense = 0;
	for (; e < end; e++) {
		__builtin_prefetch(&all->symbol[
		    all->sense[e[1].sense].symbols[0]]);
		if (m->nwhole > WHOLE_MAX / 2)
			report(m);
		if (e->sense != 0)
			match(m, e->sense, e->place);
		if (e->last)
			turn(m, e->place);
	}
	report(m);
	for (kind = PHRASE_ISSUER; kind <= PHRASE_ABOUT; kind++)
		if (m->nmatched[kind] > 1)
			sort(m->matched[kind], m->nmatched[kind]);
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
		about = phrase_found(m->matched[PHRASE_ABOUT][i]);
		judge_note(&m->judge, all->topic[all->phrase[about].about]);
	}
}
