/*
 * pattern_set.h - many patterns at once: which of them may match?
 *
 * With Hyperscan (pattern_set_hyperscan.c) one pass over the text leaves out
 * nearly all that do not; without it (pattern_set_none.c) each may. What may
 * match is for pattern_match() to decide. A set is made once, then read by
 * any number of threads.
 */
#ifndef BASE_PATTERN_SET_H
#define BASE_PATTERN_SET_H

#include <stdbool.h>
#include <stddef.h>

struct pattern;
struct pattern_set;

/* Of n patterns, which must outlive it. */
struct pattern_set *pattern_set_new(const struct pattern *const *v, size_t n);
void pattern_set_free(struct pattern_set *set);		/* NULL: nothing */

/* Sets maybe[i] (n of them) to what pattern i may do in this text. */
void pattern_set_scan(const struct pattern_set *set, const char *text,
    size_t n, bool *maybe);

#endif
