/* phrase_index - the items of phrases by the symbol they wait for */

#include "words/phrase_index.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"

#define KEYS (SYMBOLS_MAX > STEPS_MAX ? SYMBOLS_MAX : STEPS_MAX)
#define NO_WORD UINT16_MAX

/* What is made. */
struct lists {
	struct phrase_sense *sense;
	struct phrase_symbol *symbol;
	uint16_t *symbols;	/* of senses */
	uint16_t *single;
	struct phrase_wait *wait;
	struct phrase_item *item;
	size_t nsingle, nwaits, nitems;
	size_t apart;		/* items from here on, towards the start */
};

/* How many have a smaller key than each, of counts behind it. */
static void
sum_up(uint16_t at[KEYS + 1])
{
	size_t i;

	for (i = 0; i < KEYS; i++)
		at[i + 1] = (uint16_t)(at[i + 1] + at[i]);
}

/* Their order by symbols, behind the same symbol by the steps before. */
static uint16_t *
sort(const struct phrase_waiting *waiting, size_t n)
{
	uint16_t steps[KEYS + 1] = { 0 }, symbols[KEYS + 1] = { 0 };
	uint16_t *by_step = mem_array(n, sizeof *by_step);
	uint16_t *sorted = mem_array(n, sizeof *sorted);
	size_t i;

	for (i = 0; i < n; i++) {
		steps[waiting[i].from + 1]++;
		symbols[waiting[i].symbol + 1]++;
	}
	sum_up(steps);
	sum_up(symbols);
	for (i = 0; i < n; i++)
		by_step[steps[waiting[i].from]++] = (uint16_t)i;
	for (i = 0; i < n; i++)
		sorted[symbols[waiting[by_step[i]].symbol]++] = by_step[i];
	free(by_step);
	return sorted;
}

/* For each step the symbol behind it for which most items wait. */
static void
find_dearest(uint16_t *dearest, const struct phrase_waiting *waiting, size_t n)
{
	uint16_t *count = mem_array(SYMBOLS_MAX, sizeof *count);
	size_t i;

	for (i = 0; i < n; i++)
		count[waiting[i].symbol]++;
	for (i = 0; i < n; i++)
		if (!waiting[i].first && count[waiting[i].symbol] >
		    count[dearest[waiting[i].from]])
			dearest[waiting[i].from] = waiting[i].symbol;
	free(count);
}

/* Steps before the same symbol stand together: few words hold their bits. All
   that nothing waits behind are number 0. */
static void
number_steps(struct phrases *all, struct phrase_waiting *waiting, size_t n,
    uint16_t *steps)
{
	uint16_t *dearest = mem_array(all->nsteps, sizeof *dearest);
	uint16_t *number = mem_array(all->nsteps, sizeof *number);
	unsigned *at = mem_array(SYMBOLS_MAX + 1, sizeof *at);
	size_t i;

	find_dearest(dearest, waiting, n);
	at[1] = 1;
	for (i = 0; i < all->nsteps; i++)
		at[dearest[i] + 1] += dearest[i] != 0;
	for (i = 1; i < SYMBOLS_MAX; i++)
		at[i + 1] += at[i];
	for (i = 0; i < all->nsteps; i++)
		number[i] = (uint16_t)(dearest[i] != 0 ?
		    at[dearest[i]]++ : 0);
	for (i = 0; i < n; i++) {
		waiting[i].from = number[waiting[i].from];
		waiting[i].to = number[waiting[i].to];
	}
	for (i = 0; i < SYMBOLS_MAX; i++)
		steps[i] = number[steps[i]];
	all->nsteps = at[SYMBOLS_MAX];
	if (all->nsteps > STEPS_MAX)
		BUG("too many steps");
	free(dearest);
	free(number);
	free(at);
}

/* Items that are not the first ones, all behind one step. The first of them
   stands in its turn, the others apart; returns how many. */
static size_t
add_step(struct lists *l, const struct phrase_waiting *w, size_t n,
    bool new_wait)
{
	struct phrase_wait *wait = l->wait + l->nwaits;
	uint16_t *next = NULL;
	size_t i, at;

	if (new_wait) {
		*wait++ = (struct phrase_wait){ .word = w->from / 64,
			.item = (uint16_t)l->nitems };
		l->nwaits++;
	}
	wait[-1].steps |= (uint64_t)1 << w->from % 64;
	for (i = 0; i < n && !w[i].first && w[i].from == w[0].from; i++) {
		at = i == 0 ? l->nitems++ : --l->apart;
		l->item[at] = (struct phrase_item){ .to = w[i].last ?
			w[i].phrase : w[i].to, .reach = w[i].reach,
			.last = w[i].last,
			.concept = w[i].last && w[i].concept,
			.denied = w[i].denied };
		if (next != NULL)
			*next = (uint16_t)at;
		next = &l->item[at].next;
	}
	return i;
}

/* What waits for one symbol, by the steps before. */
static void
add_items(struct lists *l, const struct phrase_waiting *w, size_t n)
{
	unsigned word = NO_WORD;
	size_t i, used;

	for (i = 0; i < n; i += used) {
		used = 1;
		if (w[i].first) {
			l->single[l->nsingle++] = w[i].phrase;
			continue;
		}
		used = add_step(l, w + i, n - i, w[i].from / 64 != word);
		word = w[i].from / 64;
	}
	if (l->nwaits % 2 != 0)
		l->wait[l->nwaits++] = (struct phrase_wait){ .steps = 0 };
}

/* Is "not" a meaning of several words in a row? */
static bool
has_long_not(const struct phrases *all)
{
	symbol_list symbol;
	unsigned i;

	for (i = 0; i < all->n; i++)
		for (symbol = lexicon_symbols(all->phrase[i].concept);
		    *symbol != 0; symbol++)
			if (*symbol == CONCEPT_NOT)
				return true;
	return false;
}

/* What a symbol adds to a sense besides items. */
static void
describe(struct phrase_sense *s, unsigned symbol, bool polar)
{
	static const uint8_t hints[CONCEPT_COUNT] = {
		[CONCEPT_DOMAIN] = HINT_DOMAIN,
		[CONCEPT_USING] = HINT_USING,
		[CONCEPT_LIMIT] = HINT_LIMIT,
		[CONCEPT_MAXIMUM] = HINT_LIMIT,
		[CONCEPT_RETRY] = HINT_RETRY,
		[CONCEPT_GREY] = HINT_RETRY,
		[CONCEPT_LISTSITE] = HINT_LISTSITE,
	};

	s->polar = s->polar || polar;
	if (symbol >= CONCEPT_COUNT)
		return;
	s->concepts[symbol / 64] |= (uint64_t)1 << symbol % 64;
	s->hints |= hints[symbol];
	s->not = s->not || symbol == CONCEPT_NOT;
}

/* Does the symbol do anything? */
static bool
is_used(const struct phrase_symbol *s)
{
	return s->step + s->nwait + s->nsingle > 0;
}

static void
describe_all(struct lists *l, const struct phrases *all, const bool *polar)
{
	unsigned senses = lexicon_senses(), i;
	bool always = has_long_not(all);
	uint16_t *at = l->symbols;
	struct phrase_sense *s;
	symbol_list symbol;

	for (i = 0; i < senses; i++) {
		s = &l->sense[i];
		s->symbols = at;
		symbol = lexicon_symbols(i);
		if (*symbol == CONCEPT_STOP)
			s->hints |= HINT_STOP;
		for (; *symbol != 0; symbol++) {
			describe(s, *symbol, polar[*symbol]);
			if (is_used(&l->symbol[*symbol]))
				*at++ = *symbol;
		}
		*at++ = 0;
		s->apart = s->polar && (s->not || always);
	}
}

/* The words tell by themselves what they tell of the next ones. */
static void
give_hints(const struct lists *l)
{
	unsigned senses = lexicon_senses(), i;
	uint8_t *hints = mem_array(senses, sizeof *hints);

	for (i = 0; i < senses; i++)
		hints[i] = l->sense[i].hints;
	lexicon_hint(hints);
	free(hints);
}

/* As many as that; they fit what a symbol has for it. */
static uint8_t
count_of(size_t n)
{
	if (n > UINT8_MAX)
		BUG("too many items for one word");
	return (uint8_t)n;
}

/* The lists of one symbol, behind those of the one before. */
static void
add_symbol(struct lists *l, struct phrase_symbol *s,
    const struct phrase_waiting *w, size_t n)
{
	size_t single = l->nsingle, wait = l->nwaits;

	add_items(l, w, n);
	s->single = (uint16_t)single;
	s->nsingle = count_of(l->nsingle - single);
	s->wait = (uint16_t)wait;
	s->nwait = count_of((l->nwaits - wait) / 2);
}

/* All that waits, in its order, one symbol after the other. */
static void
add_symbols(struct lists *l, const struct phrase_waiting *waiting, size_t n,
    const uint16_t *steps, const bool *polar)
{
	struct phrase_waiting *own = mem_array(n, sizeof *own);
	uint16_t *order = sort(waiting, n);
	size_t i = 0, nown;
	unsigned symbol;

	for (symbol = 0; symbol < SYMBOLS_MAX; symbol++) {
		for (nown = 0; i < n && waiting[order[i]].symbol == symbol; i++)
			own[nown++] = waiting[order[i]];
		add_symbol(l, &l->symbol[symbol], own, nown);
		l->symbol[symbol].step = steps[symbol];
		l->symbol[symbol].polar = polar[symbol];
	}
	free(own);
	free(order);
	if (l->nitems > l->apart || l->nwaits > UINT16_MAX)
		BUG("too many items");
}

/* Room for what there is of n that wait. */
static void
make_room(struct lists *l, size_t n)
{
	unsigned senses = lexicon_senses(), i;
	size_t symbols = senses;
	symbol_list symbol;

	for (i = 0; i < senses; i++)
		for (symbol = lexicon_symbols(i); *symbol != 0; symbol++)
			symbols++;
	l->sense = mem_array(senses, sizeof *l->sense);
	l->symbols = mem_array(symbols, sizeof *l->symbols);
	l->symbol = mem_array(SYMBOLS_MAX, sizeof *l->symbol);
	l->single = mem_array(n, sizeof *l->single);
	l->wait = mem_array(n + SYMBOLS_MAX, sizeof *l->wait);
	l->apart = n + 1;
	l->item = mem_array(l->apart, sizeof *l->item);
}

void
phrase_index(struct phrases *all, struct phrase_waiting *waiting, size_t n,
    uint16_t steps[SYMBOLS_MAX], const bool polar[SYMBOLS_MAX])
{
	struct lists l = { .nitems = 0 };

	if (n >= UINT16_MAX)
		BUG("too many items");
	number_steps(all, waiting, n, steps);
	make_room(&l, n);
	add_symbols(&l, waiting, n, steps, polar);
	describe_all(&l, all, polar);
	give_hints(&l);
	all->sense = l.sense;
	all->symbol = l.symbol;
	all->single = l.single;
	all->wait = l.wait;
	all->item = l.item;
}
