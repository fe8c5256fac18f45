/* phrase - symbols in a row become reasons: all phrases in one pass */

#include "words/phrase.h"

#include <string.h>

#define DENIES 2	/* words that a "not" reaches */

void
phrase_match_begin(struct phrase_match *m, const struct phrases *all)
{
	memset(m->step, 0, all->nsteps * sizeof m->step[0]);
	memset(m->stated, 0, sizeof m->stated);
	memset(m->concepts, 0, sizeof m->concepts);
	judge_begin(&m->judge);
	m->nevents = 0;
	m->place = 1;
	m->nreached = 0;
	m->denied_until = 0;
}

/* May the item follow where its phrase stands? */
static bool
follows(const struct phrase_match *m, const struct phrase_item *item)
{
	unsigned before = m->step[item->from];

	return before != 0 && (item->gap == GAP_ANY ||
	    m->place - before <= item->gap + 1u);
}

/* The last item of a phrase: it is reported once, a concept each time. */
static void
tell(struct phrase_match *m, const struct phrases *all, unsigned which)
{
	const struct phrase *p = &all->phrase[which];
	uint64_t bit = (uint64_t)1 << (which % 64);

	if (p->concept != CONCEPT_NONE) {
		phrase_match_symbols(m, all, lexicon_chain(p->concept));
		return;
	}
	if ((m->stated[which / 64] & bit) != 0)
		return;
	m->stated[which / 64] |= bit;
	m->matched[m->nevents++] = (uint16_t)which;
}

static void
match_symbol(struct phrase_match *m, const struct phrases *all, unsigned symbol)
{
	bool denied = all->polar[symbol] && m->place <= m->denied_until;
	const struct phrase_item *item, *end;

	if (symbol < CONCEPT_COUNT)
		m->concepts[symbol / 64] |= (uint64_t)1 << symbol % 64;
	if (symbol == CONCEPT_NOT)
		m->denied_until = (uint16_t)(m->place + DENIES);
	item = all->item + all->items_of[symbol];
	end = all->item + all->items_of[symbol + 1];
	for (; item < end; item++) {
		if (denied && !item->denied)
			continue;
		if (!item->first && !follows(m, item))
			continue;
		if (item->last)
			tell(m, all, item->phrase);
		else if (m->nreached < PENDING_MAX)
			m->reached[m->nreached++] = item->to;
	}
}

void
phrase_match_symbols(struct phrase_match *m, const struct phrases *all,
    symbol_list symbols)
{
	for (; *symbols != 0; symbols++)
		match_symbol(m, all, *symbols);
}

void
phrase_tell_judge(struct phrase_match *m, const struct phrases *all)
{
	char topic[2] = "";
	uint64_t left;
	unsigned i, at;

	for (i = 0; i < sizeof m->concepts / sizeof m->concepts[0]; i++)
		for (left = m->concepts[i]; left != 0; left &= left - 1) {
			at = 64 * i + (unsigned)__builtin_ctzll(left);
			if (at > CONCEPT_STOP)
				judge_feature(&m->judge, all->concept[at]);
		}
	for (i = 0; i < m->nevents; i++) {
		topic[0] = (char)('0' + all->phrase[m->matched[i]].about);
		if (topic[0] != '0')
			judge_feature(&m->judge, judge_number('a', topic));
	}
}

void
phrase_turn(struct phrase_match *m, bool counts)
{
	unsigned i;

	for (i = 0; i < m->nreached; i++)
		m->step[m->reached[i]] = m->place;
	m->nreached = 0;
	m->place = (uint16_t)(m->place + counts);
}
