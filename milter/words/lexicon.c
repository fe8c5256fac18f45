/* lexicon - words become symbols */

#include "words/lexicon.h"

#include <endian.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/log.h"
#include "base/mem.h"

#define PARENTS_MAX 6
#define LIST_MAX 24
#define WORD_MAX 64
#define WORDS_MAX (LEXICON_SLOTS * 3 / 4)
#define ALL_MAX 96		/* of all that a word is and begins with */

/* While the lexicon is filled: which word means which symbol. */
struct lesson {
	uint16_t symbol;
	uint16_t before;	/* an earlier one of this word; 0: none */
};

/* A word while the lexicon is filled. */
struct taught {
	const char *text;
	uint16_t n;
	uint16_t last;		/* its last lesson */
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

struct lexicon_slot lexicon_slots[LEXICON_SLOTS + LEXICON_SPARE];
const struct letter_place *lexicon_places;
const uint16_t *lexicon_begun;

static struct letter_tree tree;	/* of what words begin with */
static uint16_t *pool;		/* lists, each with a 0 at its end … */
static size_t npool, pool_cap;
static uint32_t *senses;	/* … and where they begin */
static size_t nsenses, senses_cap;
static unsigned nsymbols, nconcepts;

static uint16_t parents[SYMBOLS_MAX][PARENTS_MAX];
static struct lesson *lessons;	/* from 1 */
static size_t nlessons, lessons_cap;
static struct taught *taught;	/* from 1 … */
static size_t nwords;
static uint16_t *taught_at;	/* … by slot */
static uint16_t *begun;		/* the last lessons by node of the tree */
static size_t nbegun, begun_cap;

void
lexicon_begin(unsigned concepts)
{
	nconcepts = concepts;
	nsymbols = concepts + MARK_COUNT;
	nlessons = 1;
	taught = mem_array(WORDS_MAX + 1, sizeof *taught);
	taught_at = mem_array(LEXICON_SLOTS + LEXICON_SPARE,
	    sizeof *taught_at);
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

static uint64_t
identity_of(const char *word, size_t n)
{
	uint64_t identity = LEXICON_WORD, bytes;

	for (; n >= 8; n -= 8, word += 8) {
		memcpy(&bytes, word, 8);
		identity = lexicon_grow(identity,
		    le64toh(bytes) | LEXICON_SMALL);
	}
	for (bytes = 0; n > 0; n--)
		bytes = bytes << 8 | (unsigned char)word[n - 1] | 0x20;
	return lexicon_grow(identity, bytes);
}

static uint32_t
number_of(const char *word, size_t n)
{
	uint32_t number = JUDGE_WORD;

	for (; n > 0; n--)
		number = lexicon_number(number, (unsigned char)*word++);
	return number;
}

/* Takes a free slot for a word. */
static void
take_slot(struct lexicon_slot *slot, uint64_t identity, const char *word,
    size_t n)
{
	if (++nwords > WORDS_MAX || (uint32_t)identity == 0 ||
	    slot == lexicon_slots + LEXICON_SLOTS + LEXICON_SPARE - 1)
		BUG("too many words");
	slot->identity = (uint32_t)identity;
	slot->number = number_of(word, n);
	taught_at[slot - lexicon_slots] = (uint16_t)nwords;
	taught[nwords] = (struct taught){ word, (uint16_t)n, 0 };
}

/* The last lesson of a whole word. */
static uint16_t *
lessons_of_word(const char *word, size_t n)
{
	uint64_t identity = identity_of(word, n);
	struct lexicon_slot *slot = lexicon_slot(identity);
	struct taught *of;

	if (slot->identity == 0)
		take_slot(slot, identity, word, n);
	of = &taught[taught_at[slot - lexicon_slots]];
	if (of->n != n || strncasecmp(of->text, word, n) != 0)
		BUG("two words of one identity");
	return &of->last;
}

/* That of what words begin with. */
static uint16_t *
lessons_of_beginning(const uint8_t *letters, size_t n)
{
	unsigned node = letter_tree_grow(&tree, letters, n);

	while (nbegun < tree.nnodes) {
		begun = mem_room(begun, nbegun, &begun_cap, sizeof *begun);
		begun[nbegun++] = 0;
	}
	return &begun[node];
}

static uint16_t *
lessons_of(const char *word, size_t n)
{
	bool beginning = n > 0 && word[n - 1] == '*';
	uint8_t letters[WORD_MAX];
	size_t i;

	n -= beginning;
	if (n > WORD_MAX)
		BUG("a word that is too long");
	for (i = 0; i < n; i++) {
		letters[i] = lexicon_letter[(unsigned char)word[i]];
		if (letters[i] == 0)
			BUG("a word with a sign that no word has");
	}
	return beginning ? lessons_of_beginning(letters, n) :
	    lessons_of_word(word, n);
}

static void
learn(uint16_t *last, unsigned symbol)
{
	lessons = mem_room(lessons, nlessons, &lessons_cap, sizeof *lessons);
	if (nlessons > UINT16_MAX)
		BUG("too many words");
	lessons[nlessons] = (struct lesson){ (uint16_t)symbol, *last };
	*last = (uint16_t)nlessons++;
}

void
lexicon_teach(const char *word, size_t n, unsigned concept)
{
	learn(lessons_of(word, n), concept);
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
	uint16_t *last = lessons_of(word, n);
	unsigned i;

	for (i = *last; i != 0; i = lessons[i].before)
		if (lessons[i].symbol >= nconcepts + MARK_COUNT)
			return lessons[i].symbol;
	learn(last, lexicon_symbol());
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
		BUG("a word with too many meanings");
	list[(*n)++] = (uint16_t)symbol;
	for (i = 0; i < PARENTS_MAX && parents[symbol][i] != 0; i++)
		gather(list, n, parents[symbol][i]);
}

/* A new sense. */
static uint16_t
store(const uint16_t *list, size_t n)
{
	size_t i;

	if (nsenses == SENSES_MAX)
		BUG("too many senses of words");
	senses = mem_room(senses, nsenses, &senses_cap, sizeof *senses);
	senses[nsenses] = (uint32_t)npool;
	for (i = 0; i <= n; i++) {
		pool = mem_room(pool, npool, &pool_cap, sizeof *pool);
		pool[npool++] = i < n ? list[i] : 0;
	}
	return (uint16_t)nsenses++;
}

static int
by_number(const void *a, const void *b)
{
	return *(const uint16_t *)a - *(const uint16_t *)b;
}

/* The sense of what the lessons say, in the order of their symbols. */
static uint16_t
sense_of(unsigned last)
{
	uint16_t symbols[LIST_MAX], list[LIST_MAX];
	size_t n = 0, n_of = 0, i;

	if (last == 0)
		return 0;
	if (lessons[last].before == 0)
		return lessons[last].symbol;
	for (; last != 0; last = lessons[last].before) {
		if (n_of == LIST_MAX)
			BUG("a word with too many meanings");
		symbols[n_of++] = lessons[last].symbol;
	}
	qsort(symbols, n_of, sizeof symbols[0], by_number);
	for (i = 0; i < n_of; i++)
		gather(list, &n, symbols[i]);
	return store(list, n);
}

unsigned
lexicon_join(const uint16_t *senses_of, size_t n)
{
	uint16_t list[ALL_MAX];
	size_t nlist = 0, joined = 0, i;
	symbol_list from;
	unsigned last = 0;

	for (i = 0; i < n; i++) {
		if (senses_of[i] == 0)
			continue;
		last = senses_of[i];
		joined++;
		for (from = lexicon_symbols(last); *from != 0; from++) {
			if (nlist == ALL_MAX)
				BUG("a word with too many meanings");
			list[nlist++] = *from;
		}
	}
	return joined > 1 ? store(list, nlist) : last;
}

static uint16_t
sense_of_both(unsigned first, unsigned second)
{
	const uint16_t both[] = { (uint16_t)first, (uint16_t)second };

	return (uint16_t)lexicon_join(both, 2);
}

/* The senses of a node of the tree and of all below it. */
static void
tell_begun(uint16_t *senses_begun, unsigned node, unsigned before)
{
	unsigned sense = sense_of_both(before, sense_of(begun[node])), at;

	senses_begun[tree.node[node].place] = (uint16_t)sense;
	for (at = tree.node[node].child; at != 0; at = tree.node[at].next)
		tell_begun(senses_begun, at, sense);
}

/* The place to which the letters of a word lead. */
static unsigned
walk(const char *word, size_t n)
{
	unsigned place = PLACE_ROOT, next;

	for (; n > 0; n--, place = next) {
		next = letter_step(lexicon_places, place,
		    lexicon_letter[(unsigned char)*word++]);
		if (next == PLACE_DEAD)
			break;
	}
	return place;
}

static void
tell_words(void)
{
	struct lexicon_meaning *m;
	const struct taught *of;
	size_t i;

	for (i = 0; i < LEXICON_SLOTS + LEXICON_SPARE; i++) {
		if (taught_at[i] == 0)
			continue;
		of = &taught[taught_at[i]];
		m = &lexicon_slots[i].meaning;
		m->whole = sense_of(of->last);
		m->all = sense_of_both(lexicon_begun[walk(of->text, of->n)],
		    m->whole);
	}
}

void
lexicon_end(void)
{
	uint16_t list[LIST_MAX] = { 0 }, *senses_begun;
	unsigned s;
	size_t n;

	store(list, 0);
	for (s = 1; s < nsymbols; s++) {
		n = 0;
		gather(list, &n, s);
		store(list, n);
	}
	letter_tree_pack(&tree);
	senses_begun = mem_array(tree.nplaces, sizeof *senses_begun);
	tell_begun(senses_begun, NODE_ROOT, 0);
	letter_tree_done(&tree);
	lexicon_places = tree.place;
	lexicon_begun = senses_begun;
	tell_words();
	free(begun);
	free(taught);
	free(taught_at);
	free(lessons);
}

unsigned
lexicon_senses(void)
{
	return (unsigned)nsenses;
}

symbol_list
lexicon_symbols(unsigned sense)
{
	return pool + senses[sense];
}

void
lexicon_hint(const uint8_t *hints)
{
	struct lexicon_meaning *m;
	size_t i;

	for (i = 0; i < LEXICON_SLOTS + LEXICON_SPARE; i++) {
		m = &lexicon_slots[i].meaning;
		m->hints = hints[m->whole];
	}
}

unsigned
lexicon_find(const char *word, size_t n)
{
	return lexicon_slot(identity_of(word, n))->meaning.whole;
}
