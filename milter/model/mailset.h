/*
 * mailset.h - a set of mailboxes, domains and host names, as admins write them
 *
 *   example.org        that domain, and any mailbox in it
 *   .example.org       every domain below it (not itself)
 *   user@example.org   that mailbox; without +extension too
 *   user@              that local part in any domain, or in none
 * <> the null sender; patterns do not see it
 *   /pattern/flags     PCRE2, against the whole mailbox or name
 *   *                  anything
 *
 * Domains may be written in UTF-8 and are kept as A-labels; address literals
 * ("[192.0.2.7]") are domains too. Letters compare without case, local parts
 * too. The narrowest entry is found first, in the order of the table with
 * mailboxes before domains. Read by many threads once it is built.
 */
#ifndef MODEL_MAILSET_H
#define MODEL_MAILSET_H

#include <stdbool.h>
#include <stddef.h>

#include "base/strset.h"

struct buf;
struct mailbox;
struct pattern;

struct mailset {
	struct strset names;	/* everything but patterns */
	struct pattern **patterns;
	size_t npatterns, cap;
	bool any;	/* "*" */
};

/* False with words in errmsg when the entry has no such form. */
bool mailset_add(struct mailset *set, const char *entry, struct buf *errmsg);
/* The same where only host names are looked up: no mailbox could match. */
bool mailset_add_host(struct mailset *set, const char *entry,
    struct buf *errmsg);
bool mailset_is_empty(const struct mailset *set);
void mailset_clear(struct mailset *set);

/*
 * The entry that matches, as it is kept, or NULL. NULL name: NULL. A name
 * with an "@" in it (a login) is looked up as the mailbox it is.
 */
const char *mailset_find_mailbox(const struct mailset *set,
    const struct mailbox *m);
const char *mailset_find_name(const struct mailset *set, const char *name);

/* parse and free of option.h for a slot that is a struct mailset. */
bool mailset_parse(void *base, void *slot, const char *value,
    struct buf *errmsg);
bool mailset_parse_host(void *base, void *slot, const char *value,
    struct buf *errmsg);
void mailset_free_option(void *slot);

#endif
