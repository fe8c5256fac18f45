/*
 * setup_agree_lists.h - DNS lists and permits that main.cf and saywhy.conf do
 * not have in common
 *
 * A permit of Postfix before a list that saywhy asks, too, does harm where
 * saywhy does not know it: whom Postfix takes, saywhy refuses. A list that
 * Postfix alone asks leaves its refusals to Postfix's own words.
 */
#ifndef SETUP_SETUP_AGREE_LISTS_H
#define SETUP_SETUP_AGREE_LISTS_H

#include "setup/mta_source.h"
#include "setup/setup_differences.h"

struct ruleset;

/* Adds them, each with both places; `config` is the file of `r`. */
void differences_find_lists(struct differences *d,
    const struct mta_source *source, const struct ruleset *r,
    const char *config);

#endif
