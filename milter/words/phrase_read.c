/* phrase_read - phrases.def becomes tables, once */

#include "words/phrase.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/log.h"
#include "base/mem.h"
#include "words/phrase_own.h"
#include "words/reason.h"

#define NEAR 2		/* words between two items that stand in a row */
#define FAR 8		/* … with ".." between */
#define ITEMS_MAX 12
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

static const bool concept_polar[CONCEPT_COUNT] = {
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

/* An item and the symbol it waits for. */
struct waiting {
	uint16_t symbol;
	struct phrase_item item;
};

/* An item that is not the last, by what stands before it. */
struct prefix {
	const char *name;
	size_t n;
	uint16_t from, to;
	uint8_t gap;
	bool first, denied;
};

static struct phrases all;
static struct prefix *prefixes;
static size_t nprefixes, prefixes_cap;
static struct waiting *waiting;
static size_t nwaiting, waiting_cap;
static const char *own[REASON_COUNT];	/* phrases of our own lines */
static pthread_once_t once = PTHREAD_ONCE_INIT;

static unsigned
symbol_named(const char *name, size_t n)
{
	unsigned i;

	if (*name >= 'A' && *name <= 'Z') {
		for (i = 1; i < CONCEPT_COUNT; i++)
			if (strlen(concept_names[i]) == n &&
			    memcmp(concept_names[i], name, n) == 0)
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

static unsigned
issuer_named(const char *name)
{
	unsigned i;

	for (i = 1; i < all.nissuers; i++)
		if (strcmp(all.issuer[i], name) == 0)
			return i;
	if (all.nissuers == ISSUERS_MAX)
		BUG("too many issuers");
	all.issuer[all.nissuers] = name;
	return all.nissuers++;
}

static unsigned
new_phrase(const struct phrase *p)
{
	if (all.n == PHRASES_MAX)
		BUG("too many phrases");
	all.phrase[all.n] = *p;
	return all.n++;
}

static void read_compound(const char *text, size_t n, unsigned symbol);

static unsigned
symbol_of(const char *name, size_t n)
{
	unsigned symbol;

	if (*name == '@' || memchr(name, '_', n) == NULL)
		return symbol_named(name, n);
	symbol = lexicon_symbol();
	read_compound(name, n, symbol);
	return symbol;
}

/* One item for each of "a|b|c". */
static void
add_item(const char *names, size_t n, const struct phrase_item *item)
{
	unsigned symbol;
	size_t word;

	for (; n > 0; names += word, n -= word) {
		if (*names == '|')
			names++, n--;
		for (word = 0; word < n && names[word] != '|'; word++)
			;
		symbol = symbol_of(names, word);
		waiting = mem_room(waiting, nwaiting, &waiting_cap,
		    sizeof *waiting);
		waiting[nwaiting].symbol = (uint16_t)symbol;
		waiting[nwaiting++].item = *item;
	}
}

/* The items of a phrase as it is written. */
struct written {
	const char *name[ITEMS_MAX];
	size_t n[ITEMS_MAX];
	uint8_t gap[ITEMS_MAX];
	unsigned count;
	bool either;		/* the two may stand in either order */
};

static bool
is_word(const char *text, size_t n, const char *word)
{
	return strlen(word) == n && memcmp(text, word, n) == 0;
}

static void
take_word(struct written *w, const char *text, size_t n, uint8_t *gap)
{
	if (is_word(text, n, ".."))
		*gap = FAR;
	else if (is_word(text, n, "..."))
		*gap = GAP_ANY;
	else if (is_word(text, n, "+"))
		*gap = 0;
	else if (is_word(text, n, "&") || is_word(text, n, "&&")) {
		*gap = n == 1 ? FAR : GAP_ANY;
		w->either = true;
	} else {
		if (w->count == ITEMS_MAX)
			BUG("a phrase that is too long");
		w->name[w->count] = text;
		w->n[w->count] = n;
		w->gap[w->count++] = *gap;
		*gap = NEAR;
	}
}

static void
take_apart(struct written *w, const char *text)
{
	uint8_t gap = NEAR;
	size_t n;

	w->count = 0;
	w->either = false;
	for (text += strspn(text, " "); *text != '\0';
	    text += n, text += strspn(text, " ")) {
		n = strcspn(text, " ");
		take_word(w, text, n, &gap);
	}
	if (w->count == 0 || (w->either && w->count != 2))
		BUG("a phrase of nothing, or of either order and not of two");
}

/*
 * Phrases that begin with the same items share their steps. Returns the step
 * behind such an item, 0 where there is none yet; notes it then as `made`.
 */
static unsigned
shared_step(const struct phrase_item *item, const char *name, size_t n,
    unsigned made)
{
	size_t i;

	for (i = 0; i < nprefixes; i++)
		if (prefixes[i].from == item->from &&
		    prefixes[i].first == item->first &&
		    (item->first || prefixes[i].gap == item->gap) &&
		    prefixes[i].denied == item->denied &&
		    prefixes[i].n == n &&
		    memcmp(prefixes[i].name, name, n) == 0)
			return prefixes[i].to;
	prefixes = mem_room(prefixes, nprefixes, &prefixes_cap,
	    sizeof *prefixes);
	prefixes[nprefixes++] = (struct prefix){ name, n, item->from,
		(uint16_t)made, item->gap, item->first, item->denied };
	return 0;
}

static void
add_items(const struct written *w, unsigned phrase, bool turned)
{
	struct phrase_item item = { .phrase = (uint16_t)phrase };
	unsigned i, at, shared;

	for (i = 0; i < w->count; i++) {
		at = turned ? w->count - 1 - i : i;
		item.first = i == 0;
		item.last = i == w->count - 1;
		item.gap = turned ? w->gap[1] : w->gap[i];
		if (all.nsteps == STEPS_MAX)
			BUG("too many steps");
		shared = item.last ? 0 : shared_step(&item, w->name[at],
		    w->n[at], all.nsteps);
		item.to = (uint16_t)(shared != 0 ? shared :
		    item.last ? 0 : all.nsteps++);
		if (shared == 0)
			add_item(w->name[at], w->n[at], &item);
		item.from = item.to;
		if (is_word(w->name[at], w->n[at], "NOT"))
			item.denied = true;
	}
}

/* "mail_box": words in a row that are one symbol. */
static void
read_compound(const char *text, size_t n, unsigned symbol)
{
	struct phrase p = { .concept = (uint16_t)symbol };
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
		w.n[w.count++] = word;
	}
	add_items(&w, new_phrase(&p), false);
}

static void
read_row(const struct row *row)
{
	struct phrase p = { .weight = (int16_t)row->weight,
		.reason = (uint8_t)row->reason, .text = row->text,
		.about = (uint8_t)row->about };
	struct written w;

	if (row->issuer != NULL)
		p.issuer = (uint8_t)issuer_named(row->issuer);
	take_apart(&w, row->text);
	add_items(&w, new_phrase(&p), false);
	if (!w.either)
		return;
	add_items(&w, new_phrase(&p), true);
}

static void
read_concept(unsigned concept)
{
	const char *text = concept_words[concept];
	size_t n;

	all.polar[concept] = concept_polar[concept];
	for (; *text != '\0'; text += n, text += strspn(text, " ")) {
		n = strcspn(text, " ");
		if (memchr(text, '_', n) != NULL && *text != '@')
			read_compound(text, n, concept);
		else if (*text == '@' || (*text >= 'A' && *text <= 'Z'))
			lexicon_link(symbol_named(text, n), concept);
		else
			lexicon_teach(text, n, concept);
	}
}

/* Later items before earlier ones, so that no word is used twice. */
static int
by_symbol(const void *a, const void *b)
{
	const struct waiting *x = a, *y = b;

	if (x->symbol != y->symbol)
		return x->symbol < y->symbol ? -1 : 1;
	if (x->item.phrase != y->item.phrase)
		return x->item.phrase < y->item.phrase ? -1 : 1;
	return y->item.from - x->item.from;
}

static void
index_items(void)
{
	unsigned symbol = 0;
	size_t i;

	qsort(waiting, nwaiting, sizeof *waiting, by_symbol);
	all.item = mem_array(nwaiting, sizeof *all.item);
	for (i = 0; i < nwaiting; i++) {
		while (symbol <= waiting[i].symbol)
			all.items_of[symbol++] = (uint32_t)i;
		all.item[i] = waiting[i].item;
	}
	while (symbol <= SYMBOLS_MAX)
		all.items_of[symbol++] = (uint32_t)nwaiting;
	free(waiting);
	free(prefixes);
	waiting = NULL;
	prefixes = NULL;
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

	all.nsteps = 1;
	all.nissuers = 1;
	lexicon_begin(CONCEPT_COUNT);
	for (i = MARK_NONE + 1; i < MARK_COUNT; i++)
		all.mark[i] = judge_number('@', lexicon_mark_name(i) + 1);
	for (i = 1; i < CONCEPT_COUNT; i++) {
		read_concept(i);
		all.concept[i] = judge_number('C', concept_names[i]);
	}
	for (i = 0; i < sizeof rows / sizeof rows[0]; i++)
		read_row(&rows[i]);
	for (i = REASON_NONE + 1; i < REASON_COUNT; i++)
		read_own((int)i);
	lexicon_end();
	index_items();
}

const struct phrases *
phrases_get(void)
{
	pthread_once(&once, read_all);
	return &all;
}
