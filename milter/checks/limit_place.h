/*
 * limit_place.h - from where a login comes: addresses, networks, countries
 */
#ifndef CHECKS_LIMIT_PLACE_H
#define CHECKS_LIMIT_PLACE_H

#include <stdbool.h>

#include "checks/check.h"

struct buf;
struct limit_block;

/* Does the limit count places? */
bool limit_counts_places(const struct limit_block *b);

/*
 * Was the login not used from here within the limit's window, or the longer
 * time for which places are known? The first place of all is none that is new
 * where a time is given. It is remembered from now on, but not for a question
 * of the policy service.
 */
bool limit_place_is_new(const struct check_ctx *ctx,
    const struct limit_block *b);

/* It was refused, so it is as new as before. */
void limit_place_forget(const struct check_ctx *ctx,
    const struct limit_block *b);

/* "192.0.2.7", "192.0.2.0/24", "the country FR"; nothing: not known. */
void limit_place_put(struct buf *out, const struct check_ctx *ctx,
    const struct limit_block *b);

#endif
