/*
 * strset.h - a set of strings, ASCII letters compared without case
 *
 * Built by one thread, then read by any number. Owns its copies.
 */
#ifndef BASE_STRSET_H
#define BASE_STRSET_H

#include <stdbool.h>
#include <stddef.h>

struct strset {
	char **slots;	/* open addressing, NULL: free */
	size_t n;
	size_t size;	/* of slots, a power of two or 0 */
};

/* False when it was there already. */
bool strset_add(struct strset *set, const char *text);
/* The string as it was added, or NULL. `n` bytes of text are looked at. */
const char *strset_find(const struct strset *set, const char *text, size_t n);
void strset_free(struct strset *set);

#endif
