/* strset - a set of strings, ASCII letters compared without case */

#include "base/strset.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define FIRST_SIZE 16

static unsigned char
lower(char c)
{
	return (unsigned char)(c >= 'A' && c <= 'Z' ? c | 0x20 : c);
}

/* FNV-1a of the lower-cased text. */
static size_t
hash(const char *text, size_t n)
{
	uint64_t h = 0xcbf29ce484222325u;
	size_t i;

	for (i = 0; i < n; i++)
		h = (h ^ lower(text[i])) * 0x100000001b3u;
	return (size_t)(h ^ h >> 32);
}

static bool
is_same(const char *member, const char *text, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (member[i] == '\0' || lower(member[i]) != lower(text[i]))
			return false;
	return member[n] == '\0';
}

/* The slot that holds the text, or the free one where it belongs. */
static char **
slot_of(const struct strset *set, const char *text, size_t n)
{
	size_t mask = set->size - 1;
	size_t i = hash(text, n) & mask;

	while (set->slots[i] != NULL && !is_same(set->slots[i], text, n))
		i = (i + 1) & mask;
	return &set->slots[i];
}

/* Doubles the slots; the strings keep their addresses. */
static void
grow(struct strset *set)
{
	struct strset big = { .n = set->n };
	size_t i;

	big.size = set->size != 0 ? set->size * 2 : FIRST_SIZE;
	big.slots = mem_array(big.size, sizeof *big.slots);
	for (i = 0; i < set->size; i++)
		if (set->slots[i] != NULL)
			*slot_of(&big, set->slots[i], strlen(set->slots[i])) =
			    set->slots[i];
	free(set->slots);
	*set = big;
}

bool
strset_add(struct strset *set, const char *text)
{
	size_t n = strlen(text);
	char **slot;

	/* At most three quarters full: a search always ends. */
	if ((set->n + 1) * 4 > set->size * 3)
		grow(set);
	slot = slot_of(set, text, n);
	if (*slot != NULL)
		return false;
	*slot = mem_ndup(text, n);
	set->n++;
	return true;
}

const char *
strset_find(const struct strset *set, const char *text, size_t n)
{
	return set->n != 0 ? *slot_of(set, text, n) : NULL;
}

void
strset_free(struct strset *set)
{
	size_t i;

	for (i = 0; i < set->size; i++)
		free(set->slots[i]);
	free(set->slots);
	*set = (struct strset){ .slots = NULL };
}
