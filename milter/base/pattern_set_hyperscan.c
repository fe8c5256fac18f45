/*
 * pattern_set_hyperscan - many patterns at once; the only includer of <hs/hs.h>
 *
 * Patterns are compiled as a prefilter: it may say yes where PCRE2 says no,
 * never the other way round. Patterns that it does not support always may
 * match.
 *
 * The library is loaded with the first set that is large enough (dlopen(3)):
 * most commands of the tool have none. saywhyd is linked to it.
 */

#include "base/pattern_set.h"

#include <hs/hs.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/library.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/pattern.h"

/* Fewer are done faster by PCRE2 itself. */
#define FEWEST 16

#define FUNCTIONS(F) \
	F(hs_expression_info) F(hs_compile_multi) F(hs_free_compile_error) \
	F(hs_free_database) F(hs_alloc_scratch) F(hs_clone_scratch) \
	F(hs_free_scratch) F(hs_scan)

LIBRARY_OF(FUNCTIONS, SAYWHY_HYPERSCAN, "patterns are matched one by one")

/* Each scan in progress needs one; the maximum number of them. */
#define SCRATCHES 64

struct pattern_set {
	size_t n;
	bool *always;		/* Hyperscan does not support it */
	hs_database_t *database;	/* NULL: all may match */
	hs_scratch_t *prototype;
	pthread_mutex_t lock;
	hs_scratch_t *idle[SCRATCHES];
	size_t nidle;
};

/* As Hyperscan is given them. */
struct list {
	char **text;
	unsigned *flags, *ids;
	unsigned n;
};

static bool
add_flags(const char *flags, unsigned *out)
{
	for (; *flags != '\0'; flags++)
		switch (*flags) {
		case 'i':
			*out |= HS_FLAG_CASELESS;
			break;
		case 'm':
			*out |= HS_FLAG_MULTILINE;
			break;
		case 's':
			*out |= HS_FLAG_DOTALL;
			break;
		default:	/* x and u are not the same there */
			return false;
		}
	return true;
}

static bool
can_take(const char *text, unsigned flags)
{
	hs_compile_error_t *error = NULL;
	hs_expr_info_t *info = NULL;
	bool can = lib.hs_expression_info(text, flags, &info, &error) ==
	    HS_SUCCESS && info->min_width > 0;

	free(info);
	lib.hs_free_compile_error(error);
	return can;
}

static void
add(struct pattern_set *set, struct list *list, const struct pattern *p,
    size_t i)
{
	unsigned flags = HS_FLAG_PREFILTER | HS_FLAG_SINGLEMATCH;
	const char *behind, *proper;
	size_t n;
	char *text;

	proper = pattern_proper(p, &n, &behind);
	text = mem_ndup(proper, n);
	if (!add_flags(behind, &flags) || !can_take(text, flags)) {
		set->always[i] = true;
		free(text);
		return;
	}
	list->text[list->n] = text;
	list->flags[list->n] = flags;
	list->ids[list->n++] = (unsigned)i;
}

static void
compile(struct pattern_set *set, const struct list *list)
{
	hs_compile_error_t *error = NULL;

	if (lib.hs_compile_multi((const char *const *)list->text, list->flags,
	    list->ids, list->n, HS_MODE_BLOCK, NULL, &set->database,
	    &error) != HS_SUCCESS) {
		log_info("patterns are matched one by one: %s",
		    error != NULL ? error->message : "no memory");
		lib.hs_free_compile_error(error);
		set->database = NULL;
	} else if (lib.hs_alloc_scratch(set->database, &set->prototype) !=
	    HS_SUCCESS) {
		lib.hs_free_database(set->database);
		set->database = NULL;
	}
}

struct pattern_set *
pattern_set_new(const struct pattern *const *v, size_t n)
{
	struct pattern_set *set = mem_alloc(sizeof *set);
	struct list list = { mem_array(n, sizeof(char *)),
		mem_array(n, sizeof(unsigned)), mem_array(n, sizeof(unsigned)),
		0 };
	size_t i;

	set->n = n;
	set->always = mem_array(n, sizeof *set->always);
	pthread_mutex_init(&set->lock, NULL);
	for (i = 0; n >= FEWEST && is_there() && i < n; i++)
		add(set, &list, v[i], i);
	if (list.n >= FEWEST)
		compile(set, &list);
	for (i = 0; i < list.n; i++)
		free(list.text[i]);
	free(list.text);
	free(list.flags);
	free(list.ids);
	return set;
}

void
pattern_set_free(struct pattern_set *set)
{
	if (set == NULL)
		return;
	while (set->nidle > 0)
		lib.hs_free_scratch(set->idle[--set->nidle]);
	if (set->database != NULL) {
		lib.hs_free_scratch(set->prototype);
		lib.hs_free_database(set->database);
	}
	pthread_mutex_destroy(&set->lock);
	free(set->always);
	free(set);
}

/* A set is read only, except for its idle scratch spaces. */
static hs_scratch_t *
take_scratch(struct pattern_set *set)
{
	hs_scratch_t *scratch = NULL;

	pthread_mutex_lock(&set->lock);
	if (set->nidle > 0)
		scratch = set->idle[--set->nidle];
	pthread_mutex_unlock(&set->lock);
	if (scratch == NULL &&
	    lib.hs_clone_scratch(set->prototype, &scratch) != HS_SUCCESS)
		return NULL;
	return scratch;
}

static void
give_scratch(struct pattern_set *set, hs_scratch_t *scratch)
{
	pthread_mutex_lock(&set->lock);
	if (set->nidle < SCRATCHES) {
		set->idle[set->nidle++] = scratch;
		scratch = NULL;
	}
	pthread_mutex_unlock(&set->lock);
	lib.hs_free_scratch(scratch);
}

static int
matched(unsigned id, unsigned long long from, unsigned long long to,
    unsigned flags, void *arg)
{
	bool *maybe = arg;

	(void)from;
	(void)to;
	(void)flags;
	maybe[id] = true;
	return 0;
}

void
pattern_set_scan(const struct pattern_set *constant, const char *text,
    size_t n, bool *maybe)
{
	struct pattern_set *set = (struct pattern_set *)(uintptr_t)constant;
	hs_scratch_t *scratch;

	scratch = set->database != NULL ? take_scratch(set) : NULL;
	if (scratch == NULL) {
		memset(maybe, true, set->n);
		return;
	}
	memcpy(maybe, set->always, set->n);
	if (lib.hs_scan(set->database, text, (unsigned)n, 0, scratch, matched,
	    maybe) != HS_SUCCESS)
		memset(maybe, true, set->n);
	give_scratch(set, scratch);
}
