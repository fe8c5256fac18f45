/*
 * setup_agree.h - where main.cf and saywhy.conf say different things
 *
 * Of domains, networks, DNS lists, permits and the largest message, each
 * difference with both places. Some do harm where saywhy enforces: mail that
 * Postfix would take is refused, for good. The others leave a refusal to
 * Postfix's own words.
 */
#ifndef SETUP_SETUP_AGREE_H
#define SETUP_SETUP_AGREE_H

#include <stdbool.h>

#include "setup/mta_source.h"
#include "setup/setup_differences.h"

struct ruleset;

/* Adds them; `config` is the file that `r` was read from. */
void differences_find(struct differences *d, const struct mta_source *source,
    const struct ruleset *r, const char *config);

/*
 * The same of the Postfix of this machine, main.cf in `folder` (NULL: its
 * own). False: there is none, and nothing is added.
 */
bool differences_find_here(struct differences *d, const struct ruleset *r,
    const char *config, const char *folder);

#endif
