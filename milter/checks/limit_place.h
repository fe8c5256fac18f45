/*
 * limit_place.h - from where a login comes: addresses, networks, countries
 */
#ifndef CHECKS_LIMIT_PLACE_H
#define CHECKS_LIMIT_PLACE_H

#include <stdbool.h>
#include <stddef.h>

#include "checks/check.h"
#include "counters/counters.h"

struct buf;
struct limit_block;

/* Does the limit count places? */
bool limit_counts_places(const struct limit_block *b);

/*
 * Appends to a list of n questions those for which the count that follows them
 * is skipped, unless the login was not used from here within the limit's
 * window, or the longer time for which places are known; the first place of all
 * is none that is new where a time is given. It is remembered from now on, but
 * not if the count refuses it, nor for a question of the policy service. False:
 * the place is not known.
 */
bool limit_place_ask(const struct check_ctx *ctx, const struct limit_block *b,
    struct counter_question *q, size_t *n);

/* "192.0.2.7", "192.0.2.0/24", "the country FR"; nothing: not known. */
void limit_place_put(struct buf *out, const struct check_ctx *ctx,
    const struct limit_block *b);

#endif
