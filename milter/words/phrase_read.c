/* phrase_read - phrases.def becomes tables, once */

#include "words/phrase.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/log.h"
#include "base/mem.h"
#include "words/phrase_index.h"
#include "words/phrase_own.h"
#include "words/reason.h"
#include "words/reply_number.h"

#define ROW 1		/* places between two items with "+" between … */
#define NEAR 3		/* … that stand in a row … */
#define FAR 9		/* … with ".." between */
#define SLOTS 16384	/* a power of two; twice PREFIXES_MAX */
#define NAMES_MAX 6000	/* of symbols */
#define ITEMS_MAX 12
#define WAITING_MAX 24000	/* items of all phrases */
#define ALTERNATIVES_MAX 24	/* of one item */
#define PREFIXES_MAX 8000	/* and steps, before they are numbered */
#define OWN 96		/* points of our own words … */
#define OWN_WORD 8	/* … and of each of them */
#define OWN_SIGNS 6	/* words that hardly occur by chance */

struct row {
	int weight;
	int reason;
	const char *issuer;
	const char *text;
	enum topic about;
};

static const char *const concept_names[CONCEPT_COUNT] = {
#define CONCEPT(id, words) [CONCEPT_##id] = #id,
#define POLAR(id, words) [CONCEPT_##id] = #id,
#include "words/phrases.def"
};

static const char *const concept_words[CONCEPT_COUNT] = {
#define CONCEPT(id, words) [CONCEPT_##id] = (words),
#define POLAR(id, words) [CONCEPT_##id] = (words),
#include "words/phrases.def"
};

static const bool polar[SYMBOLS_MAX] = {
#define POLAR(id, words) [CONCEPT_##id] = true,
#include "words/phrases.def"
};

static const struct row rows[] = {
#define PHRASE(points, id, words)                                             \
	{ .weight = (points), .reason = REASON_##id, .text = (words) },
#define BY(who, points, id, words)                                            \
	{ .weight = (points), .reason = REASON_##id, .issuer = (who),         \
	    .text = (words) },
#define ISSUER(points, who, words)                                            \
	{ .weight = (points), .issuer = (who), .text = (words) },
#define ABOUT(whom, words)                                                    \
	{ .about = TOPIC_##whom, .text = (words) },
#include "words/phrases.def"
};

/* A name of a symbol: of a concept, a mark, a word. */
struct named {
	const char *name;
	uint16_t n, symbol;
};

/* The symbols of "a|b|c". */
struct symbols {
	unsigned n;
	uint16_t of[ALTERNATIVES_MAX];
};

/* An item that is not the last, by what stands before it. */
struct prefix {
	const char *name;
	size_t n;
	uint16_t from, reach;	/* from 0: it is the first … */
	bool denied;
	uint16_t first;		/* … whose symbols are firsts[] from here on */
};

static struct phrases all;
static struct named *names;	/* from 1 … */
static size_t nnames, names_cap;
static uint16_t *name_slots;	/* … and by what they are, SLOTS */
static uint16_t *firsts;	/* symbols of first items, each ends with 0 */
static size_t nfirsts, firsts_cap;
static struct prefix *prefixes;	/* by their steps */
static uint16_t *slots;		/* SLOTS steps by what their prefixes are */
static uint16_t *steps;		/* by symbol */
static struct phrase_waiting *waiting;
static size_t nwaiting;
static const char *own[REASON_COUNT];	/* phrases of our own lines */
static pthread_once_t once = PTHREAD_ONCE_INIT;

/* A place in a table of SLOTS, by a number that grows with each letter. */
static inline unsigned
grow(unsigned number, char letter)
{
	return number * 31 + (unsigned char)letter;
}

static inline unsigned
slot_of(unsigned number)
{
	return (number ^ number >> 14) % SLOTS;
}

static unsigned
number_of(const char *name, size_t n, unsigned number)
{
	for (; n > 0; n--)
		number = grow(number, *name++);
	return number;
}

static unsigned
find_symbol(const char *name, size_t n)
{
	unsigned i;

	if (*name >= 'A' && *name <= 'Z') {
		for (i = 1; i < CONCEPT_COUNT; i++)
			if (*concept_names[i] == *name &&
			    strncmp(concept_names[i], name, n) == 0 &&
			    concept_names[i][n] == '\0')
				return i;
		BUG("a phrase with a concept that is none");
	}
	if (*name != '@')
		return lexicon_word(name, n);
	for (i = 1; i < MARK_COUNT; i++)
		if (strlen(lexicon_mark_name((enum mark)i)) == n &&
		    memcmp(lexicon_mark_name((enum mark)i), name, n) == 0)
			return lexicon_mark_symbol((enum mark)i);
	BUG("a phrase with a mark that is none");
}

/* Most are asked for again and again. */
static unsigned
symbol_named(const char *name, size_t n, unsigned number)
{
	unsigned at = slot_of(number);
	const struct named *is;

	for (; name_slots[at] != 0; at = (at + 1) % SLOTS) {
		is = &names[name_slots[at]];
		if (is->n == n && memcmp(is->name, name, n) == 0)
			return is->symbol;
	}
	if (nnames > NAMES_MAX)
		BUG("too many words");
	names = mem_room(names, nnames, &names_cap, sizeof *names);
	names[nnames] = (struct named){ name, (uint16_t)n,
		(uint16_t)find_symbol(name, n) };
	name_slots[at] = (uint16_t)nnames;
	return names[nnames++].symbol;
}

static unsigned
issuer_named(const char *name)
{
	unsigned i;

	/* Mostly it is the one of the row before. */
	for (i = all.nissuers; i-- > 1;)
		if (strcmp(all.issuer[i], name) == 0)
			return i;
	if (all.nissuers == ISSUERS_MAX)
		BUG("too many issuers");
	all.issuer[all.nissuers] = name;
	return all.nissuers++;
}

static unsigned
new_phrase(const struct phrase *p, const char *text)
{
	if (all.n == PHRASES_MAX)
		BUG("too many phrases");
	all.phrase[all.n] = *p;
	all.text[all.n] = text;
	return all.n++;
}

static void read_compound(const char *text, size_t n, unsigned symbol);

/* The first of "a|b|c", which has n bytes; returns its own. */
static size_t
symbol_of(const char *text, size_t n, uint16_t *symbol)
{
	unsigned number = 0;
	bool several = false;
	size_t word;

	for (word = 0; word < n && text[word] != '|'; word++) {
		number = grow(number, text[word]);
		several |= text[word] == '_';
	}
	if (several && *text != '@') {
		*symbol = (uint16_t)lexicon_symbol();
		read_compound(text, word, *symbol);
	} else
		*symbol = (uint16_t)symbol_named(text, word, number);
	return word;
}

static struct symbols
symbols_of(const char *text, size_t n)
{
	struct symbols found = { .n = 0 };
	size_t word;

	for (; n > 0; text += word, n -= word) {
		if (*text == '|')
			text++, n--;
		if (found.n == ALTERNATIVES_MAX)
			BUG("an item with too many words");
		word = symbol_of(text, n, &found.of[found.n++]);
	}
	return found;
}

/* One item for each symbol. */
static void
add_item(const struct symbols *symbols, const struct phrase_waiting *item)
{
	unsigned i;

	for (i = 0; i < symbols->n; i++) {
		if (nwaiting == WAITING_MAX)
			BUG("too many items");
		waiting[nwaiting] = *item;
		waiting[nwaiting++].symbol = symbols->of[i];
	}
}

static uint16_t
new_step(void)
{
	if (all.nsteps == PREFIXES_MAX)
		BUG("too many steps");
	return (uint16_t)all.nsteps++;
}

/* The step that a symbol is by itself. */
static uint16_t
step_of(unsigned symbol)
{
	if (steps[symbol] == 0)
		steps[symbol] = new_step();
	return steps[symbol];
}

/* The items of a phrase as it is written. */
struct written {
	const char *name[ITEMS_MAX];
	size_t n[ITEMS_MAX];
	uint16_t reach[ITEMS_MAX];	/* from the one before */
	unsigned count;
	bool either;		/* the two may stand in either order */
};

static bool
is_word(const char *text, size_t n, const char *word)
{
	return strlen(word) == n && memcmp(text, word, n) == 0;
}

/* The next of words between blanks, and its length; NULL: there is none. */
static const char *
next_word(const char *text, size_t *n)
{
	while (*text == ' ')
		text++;
	for (*n = 0; text[*n] != ' ' && text[*n] != '\0';)
		++*n;
	return *n > 0 ? text : NULL;
}

static void
take_word(struct written *w, const char *text, size_t n, uint16_t *reach)
{
	if (is_word(text, n, ".."))
		*reach = FAR;
	else if (is_word(text, n, "..."))
		*reach = REACH_ANY;
	else if (is_word(text, n, "+"))
		*reach = ROW;
	else if (is_word(text, n, "&") || is_word(text, n, "&&")) {
		*reach = n == 1 ? FAR : REACH_ANY;
		w->either = true;
	} else {
		if (w->count == ITEMS_MAX)
			BUG("a phrase that is too long");
		w->name[w->count] = text;
		w->n[w->count] = n;
		w->reach[w->count++] = *reach;
		*reach = NEAR;
	}
}

static void
take_apart(struct written *w, const char *text)
{
	uint16_t reach = NEAR;
	size_t n;

	w->count = 0;
	w->either = false;
	while ((text = next_word(text, &n)) != NULL) {
		take_word(w, text, n, &reach);
		text += n;
	}
	if (w->count == 0 || (w->either && w->count != 2))
		BUG("a phrase of nothing, or of either order and not of two");
}

static bool
is_same(const struct prefix *a, const struct prefix *b)
{
	return a->from == b->from && (a->from == 0 || a->reach == b->reach) &&
	    a->denied == b->denied && a->n == b->n &&
	    memcmp(a->name, b->name, a->n) == 0;
}

/* What stands so behind the same items before, made where it is new. Phrases
   that begin with the same items share their steps. */
static struct prefix *
prefix_of(const struct prefix *one, bool *new)
{
	unsigned at = slot_of(number_of(one->name, one->n, one->from));

	for (; slots[at] != 0; at = (at + 1) % SLOTS)
		if (is_same(&prefixes[slots[at]], one))
			break;
	*new = slots[at] == 0;
	if (*new) {
		slots[at] = new_step();
		prefixes[slots[at]] = *one;
	}
	return &prefixes[slots[at]];
}

/* The items behind an item: behind each symbol of the first one, or behind the
   step of another. */
static void
add_behind(const struct prefix *before, struct phrase_waiting *item,
    const char *name, size_t n)
{
	struct symbols symbols = symbols_of(name, n);
	unsigned i;

	if (before->from != 0) {
		item->from = (uint16_t)(before - prefixes);
		add_item(&symbols, item);
		return;
	}
	for (i = before->first; firsts[i] != 0; i++) {
		item->from = step_of(firsts[i]);
		add_item(&symbols, item);
	}
}

static void
add_firsts(const struct symbols *symbols)
{
	unsigned i;

	for (i = 0; i <= symbols->n; i++) {
		firsts = mem_room(firsts, nfirsts, &firsts_cap, sizeof *firsts);
		firsts[nfirsts++] = i < symbols->n ? symbols->of[i] : 0;
	}
	if (nfirsts > UINT16_MAX)
		BUG("too many words");
}

/* The first item; the only one is a phrase. */
static struct prefix *
add_first(const struct written *w, unsigned at, struct phrase_waiting *item)
{
	struct prefix one = { .name = w->name[at], .n = w->n[at] };
	struct symbols symbols;
	struct prefix *first;
	bool new = w->count == 1;

	first = new ? NULL : prefix_of(&one, &new);
	if (!new)
		return first;
	symbols = symbols_of(one.name, one.n);
	if (first == NULL) {
		add_item(&symbols, item);
	} else {
		first->first = (uint16_t)nfirsts;
		add_firsts(&symbols);
	}
	return first;
}

static void
add_items(const struct written *w, unsigned phrase, bool turned)
{
	struct phrase_waiting item = { .phrase = (uint16_t)phrase,
		.first = w->count == 1, .last = w->count == 1,
		.concept = all.phrase[phrase].kind == PHRASE_CONCEPT };
	unsigned i, at = turned ? w->count - 1 : 0;
	struct prefix one, *before = add_first(w, at, &item), *own = NULL;
	bool new = true;

	for (i = 1; i < w->count; i++, before = own) {
		item.denied |= is_word(w->name[at], w->n[at], "NOT");
		at = turned ? w->count - 1 - i : i;
		item.last = i == w->count - 1;
		item.reach = turned ? w->reach[1] : w->reach[i];
		one = (struct prefix){ .name = w->name[at], .n = w->n[at],
			.from = (uint16_t)(before - prefixes),
			.reach = item.reach, .denied = item.denied };
		if (!item.last)
			own = prefix_of(&one, &new);
		item.to = item.last ? 0 : (uint16_t)(own - prefixes);
		if (item.last || new)
			add_behind(before, &item, w->name[at], w->n[at]);
	}
}

/* "mail_box": words in a row that are one symbol. */
static void
read_compound(const char *text, size_t n, unsigned symbol)
{
	struct phrase p = { .kind = PHRASE_CONCEPT,
		.concept = (uint16_t)symbol };
	struct written w = { .count = 0 };
	size_t word;

	for (; n > 0; text += word, n -= word) {
		if (*text == '_')
			text++, n--;
		for (word = 0; word < n && text[word] != '_'; word++)
			;
		if (w.count == ITEMS_MAX)
			BUG("a concept of too many words");
		w.name[w.count] = text;
		w.reach[w.count] = ROW;
		w.n[w.count++] = word;
	}
	add_items(&w, new_phrase(&p, NULL), false);
}

static enum phrase_kind
kind_of(const struct row *row)
{
	if (row->reason != REASON_NONE)
		return PHRASE_REASON;
	return row->about != TOPIC_NONE ? PHRASE_ABOUT : PHRASE_ISSUER;
}

static void
read_row(const struct row *row)
{
	struct phrase p = { .kind = (uint8_t)kind_of(row),
		.weight = (int16_t)row->weight,
		.reason = (uint8_t)row->reason,
		.about = (uint8_t)row->about };
	struct written w;

	if (row->issuer != NULL)
		p.issuer = (uint8_t)issuer_named(row->issuer);
	take_apart(&w, row->text);
	add_items(&w, new_phrase(&p, row->text), false);
	if (!w.either)
		return;
	add_items(&w, new_phrase(&p, row->text), true);
}

static void
read_concept(unsigned concept)
{
	const char *text = concept_words[concept];
	size_t n;

	for (; (text = next_word(text, &n)) != NULL; text += n) {
		if (memchr(text, '_', n) != NULL && *text != '@')
			read_compound(text, n, concept);
		else if (*text == '@' || (*text >= 'A' && *text <= 'Z'))
			lexicon_link(symbol_named(text, n,
			    number_of(text, n, 0)), concept);
		else
			lexicon_teach(text, n, concept);
	}
}

/*
 * Our own replies are recognised by their words; very few words prove little.
 */
static void
read_own(int reason)
{
	struct row row = { .reason = reason };
	struct buf text = BUF_INIT;
	int words;

	words = phrase_own(reason_get(reason)->what,
	    concept_words[CONCEPT_STOP], &text);
	if (words == 0) {
		buf_free(&text);
		return;
	}
	row.text = own[reason] = buf_steal(&text);
	row.weight = OWN + words * OWN_WORD;
	read_row(&row);
	if (words < OWN_SIGNS)
		return;
	row.reason = REASON_NONE;
	row.issuer = "saywhy";
	read_row(&row);
}

static void
read_all(void)
{
	unsigned i;

	waiting = mem_array(WAITING_MAX, sizeof *waiting);
	prefixes = mem_array(PREFIXES_MAX, sizeof *prefixes);
	steps = mem_array(SYMBOLS_MAX, sizeof *steps);
	slots = mem_array(SLOTS, sizeof *slots);
	name_slots = mem_array(SLOTS, sizeof *name_slots);
	nnames = 1;
	all.nsteps = 1;
	all.nissuers = 1;
	lexicon_begin(CONCEPT_COUNT);
	for (i = MARK_NONE + 1; i < MARK_COUNT; i++)
		all.mark[i] = judge_number('@', lexicon_mark_name(i) + 1);
	for (i = 1; i < TOPIC_COUNT; i++) {
		const char topic[] = { (char)('0' + i), '\0' };

		all.topic[i] = judge_find(judge_number('a', topic));
	}
	for (i = 1; i < CONCEPT_COUNT; i++) {
		read_concept(i);
		all.concept[i] = judge_find(judge_number('C',
		    concept_names[i]));
	}
	for (i = 0; i < sizeof rows / sizeof rows[0]; i++)
		read_row(&rows[i]);
	for (i = REASON_NONE + 1; i < REASON_COUNT; i++)
		read_own((int)i);
	lexicon_end();
	reply_number_fill();
	phrase_index(&all, waiting, nwaiting, steps, polar);
	free(steps);
	free(waiting);
	free(prefixes);
	free(firsts);
	free(slots);
	free(names);
	free(name_slots);
	waiting = NULL;
	prefixes = NULL;
	firsts = NULL;
	steps = NULL;
	slots = NULL;
	names = NULL;
	name_slots = NULL;
}

const struct phrases *
phrases_get(void)
{
	pthread_once(&once, read_all);
	return &all;
}
