/* lexicon - words become symbols: a tree of letters */

#include "words/lexicon.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"

#define PARENTS_MAX 6
#define LIST_MAX 24

/* While the lexicon is filled: which word means which symbol. */
struct lesson {
	uint16_t state, symbol;
	bool prefix;
};

const uint8_t lexicon_letter[256] = {
	['a'] = 1, ['b'] = 2, ['c'] = 3, ['d'] = 4, ['e'] = 5, ['f'] = 6,
	['g'] = 7, ['h'] = 8, ['i'] = 9, ['j'] = 10, ['k'] = 11, ['l'] = 12,
	['m'] = 13, ['n'] = 14, ['o'] = 15, ['p'] = 16, ['q'] = 17,
	['r'] = 18, ['s'] = 19, ['t'] = 20, ['u'] = 21, ['v'] = 22,
	['w'] = 23, ['x'] = 24, ['y'] = 25, ['z'] = 26,
	['A'] = 1, ['B'] = 2, ['C'] = 3, ['D'] = 4, ['E'] = 5, ['F'] = 6,
	['G'] = 7, ['H'] = 8, ['I'] = 9, ['J'] = 10, ['K'] = 11, ['L'] = 12,
	['M'] = 13, ['N'] = 14, ['O'] = 15, ['P'] = 16, ['Q'] = 17,
	['R'] = 18, ['S'] = 19, ['T'] = 20, ['U'] = 21, ['V'] = 22,
	['W'] = 23, ['X'] = 24, ['Y'] = 25, ['Z'] = 26,
	['0'] = 27, ['1'] = 28, ['2'] = 29, ['3'] = 30, ['4'] = 31,
	['5'] = 32, ['6'] = 33, ['7'] = 34, ['8'] = 35, ['9'] = 36,
	['.'] = 37, ['-'] = 38,
};

static const char *const mark_names[MARK_COUNT] = {
	[MARK_ADDR] = "@addr",
	[MARK_IP] = "@ip",
	[MARK_HOST] = "@host",
	[MARK_URL] = "@url",
	[MARK_NUMBER] = "@number",
	[MARK_NULL] = "@null",
	[MARK_DOTS] = "@dots",
	[MARK_HASH] = "@hash",
	[MARK_ARGUMENT] = "@argument",
};

uint16_t (*lexicon_next)[LETTERS];

static size_t nstates, states_cap;
struct lexicon_meaning *lexicon_meanings;
uint16_t *lexicon_pool;
static size_t npool, pool_cap;
static uint32_t chains[SYMBOLS_MAX];
static unsigned nsymbols, nconcepts;

static uint16_t parents[SYMBOLS_MAX][PARENTS_MAX];
static struct lesson *lessons;
static size_t nlessons, lessons_cap;

static unsigned
new_state(void)
{
	lexicon_next = mem_room(lexicon_next, nstates, &states_cap,
	    sizeof *lexicon_next);
	memset(lexicon_next[nstates], 0, sizeof *lexicon_next);
	if (nstates >= UINT16_MAX)
		BUG("too many words");
	return (unsigned)nstates++;
}

void
lexicon_begin(unsigned concepts)
{
	nconcepts = concepts;
	nsymbols = concepts + MARK_COUNT;
	new_state();
	new_state();
}

unsigned
lexicon_mark_symbol(enum mark mark)
{
	return nconcepts + (unsigned)mark;
}

const char *
lexicon_mark_name(enum mark mark)
{
	return mark_names[mark];
}

/* The state at the end of a word, grown where it has none. */
static unsigned
grow(const char *word, size_t n)
{
	unsigned state = STATE_ROOT, made;
	size_t i;

	for (i = 0; i < n; i++) {
		unsigned letter = lexicon_letter[(unsigned char)word[i]];

		if (letter == 0)
			BUG("a word with a sign that no word has");
		if (lexicon_next[state][letter] == STATE_DEAD) {
			made = new_state();
			lexicon_next[state][letter] = (uint16_t)made;
		}
		state = lexicon_next[state][letter];
	}
	return state;
}

static void
learn(unsigned state, bool prefix, unsigned symbol)
{
	lessons = mem_room(lessons, nlessons, &lessons_cap, sizeof *lessons);
	lessons[nlessons++] = (struct lesson){ (uint16_t)state,
		(uint16_t)symbol, prefix };
}

void
lexicon_teach(const char *word, size_t n, unsigned concept)
{
	bool prefix = n > 0 && word[n - 1] == '*';

	learn(grow(word, n - prefix), prefix, concept);
}

unsigned
lexicon_symbol(void)
{
	if (nsymbols == SYMBOLS_MAX)
		BUG("too many symbols");
	return nsymbols++;
}

unsigned
lexicon_word(const char *word, size_t n)
{
	bool prefix = n > 0 && word[n - 1] == '*';
	unsigned state = grow(word, n - prefix);
	size_t i;

	for (i = 0; i < nlessons; i++)
		if (lessons[i].state == state && lessons[i].prefix == prefix &&
		    lessons[i].symbol >= nconcepts + MARK_COUNT)
			return lessons[i].symbol;
	learn(state, prefix, lexicon_symbol());
	return nsymbols - 1;
}

void
lexicon_link(unsigned symbol, unsigned concept)
{
	size_t i = 0;

	while (i < PARENTS_MAX && parents[symbol][i] != 0)
		i++;
	if (i == PARENTS_MAX)
		BUG("a symbol that is too many things");
	parents[symbol][i] = (uint16_t)concept;
}

/* Adds a symbol and its parents to a list, each once. */
static void
gather(uint16_t *list, size_t *n, unsigned symbol)
{
	size_t i;

	for (i = 0; i < *n; i++)
		if (list[i] == symbol)
			return;
	if (*n == LIST_MAX)
		BUG("a word with too many lexicon_meanings");
	list[(*n)++] = (uint16_t)symbol;
	for (i = 0; i < PARENTS_MAX && parents[symbol][i] != 0; i++)
		gather(list, n, parents[symbol][i]);
}

static uint32_t
store(const uint16_t *list, size_t n)
{
	uint32_t at = (uint32_t)npool;
	size_t i;

	for (i = 0; i <= n; i++) {
		lexicon_pool = mem_room(lexicon_pool, npool, &pool_cap,
		    sizeof *lexicon_pool);
		lexicon_pool[npool++] = i < n ? list[i] : 0;
	}
	return at;
}

static int
by_state(const void *a, const void *b)
{
	const struct lesson *x = a, *y = b;

	if (x->state != y->state)
		return x->state < y->state ? -1 : 1;
	if (x->prefix != y->prefix)
		return x->prefix ? 1 : -1;
	return x->symbol - y->symbol;
}

void
lexicon_end(void)
{
	uint16_t list[LIST_MAX] = { 0 };
	size_t i, j, n;
	unsigned s;

	store(list, 0);
	for (s = 1; s < nsymbols; s++) {
		n = 0;
		gather(list, &n, s);
		chains[s] = store(list, n);
	}
	lexicon_meanings = mem_array(nstates, sizeof *lexicon_meanings);
	qsort(lessons, nlessons, sizeof *lessons, by_state);
	for (i = 0; i < nlessons; i = j) {
		n = 0;
		for (j = i; j < nlessons && lessons[j].state ==
		    lessons[i].state && lessons[j].prefix ==
		    lessons[i].prefix; j++)
			gather(list, &n, lessons[j].symbol);
		if (lessons[i].prefix)
			lexicon_meanings[lessons[i].state].begun = store(list,
			    n);
		else
			lexicon_meanings[lessons[i].state].whole = store(list,
			    n);
	}
	free(lessons);
	lessons = NULL;
}

symbol_list
lexicon_chain(unsigned symbol)
{
	return lexicon_pool + chains[symbol];
}

symbol_list
lexicon_mark(enum mark mark)
{
	return lexicon_chain(lexicon_mark_symbol(mark));
}

symbol_list
lexicon_find(const char *word, size_t n)
{
	unsigned state = STATE_ROOT;
	size_t i;

	for (i = 0; i < n && state != STATE_DEAD; i++)
		state = lexicon_next[state][
		    lexicon_letter[(unsigned char)word[i]]];
	return lexicon_whole(state);
}
