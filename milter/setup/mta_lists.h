/*
 * mta_lists.h - the domains that Postfix takes mail for, and whom it trusts
 *
 * mydestination, virtual_alias_domains, virtual_mailbox_domains, relay_domains
 * and mynetworks, with their tables and files; pure.
 */
#ifndef SETUP_MTA_LISTS_H
#define SETUP_MTA_LISTS_H

#include <stdbool.h>
#include <stddef.h>

#include "setup/mta_source.h"

struct mta_item {
	char *name;
	const char *setting;	/* of main.cf, that it comes from */
};

struct mta_items {
	struct mta_item *v;
	size_t n, cap;
};

struct mta_lists {
	struct mta_items domains;	/* "example.org", ".example.org" */
	struct mta_items networks;	/* as net_parse() takes them */
	struct mta_items tables;	/* of domains, that cannot be listed */
	struct mta_items odd;	/* of mynetworks, that is no network */
};

void mta_lists_read(struct mta_lists *l, const struct mta_source *source);
void mta_lists_clear(struct mta_lists *l);

/*
 * The next word of a setting, in `word`: blanks and commas part them, braces
 * hold them together. False: there is none. A longer one is cut.
 */
#define MTA_WORD_MAX 512
bool mta_next_word(const char **p, char word[MTA_WORD_MAX]);

#endif
