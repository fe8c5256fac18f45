/*
 * blacklist.h - what the checks of the blacklist section share
 *
 * Each has one list in the configuration, named by its first option row.
 */
#ifndef CHECKS_BLACKLIST_H
#define CHECKS_BLACKLIST_H

#include "checks/check.h"
#include "model/mailset.h"

/* Options of a check whose list holds mailboxes, domains or names. */
struct blacklist {
	struct mailset entries;
};

/* active of such a check: is anything on the list? */
bool blacklist_active(const void *options, const struct site *site);

/* The peer is on the list, by this entry; NULL: it is not. */
void blacklist_found(const struct check_ctx *ctx, struct findings *found,
    int reason, const char *entry);

#endif
