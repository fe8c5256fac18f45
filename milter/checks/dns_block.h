/*
 * dns_block.h - dnsbl "…" { }, rhsbl "…" { }, dnswl "…" { }, uribl "…" { }: the
 * configuration of one list in DNS
 */
#ifndef CHECKS_DNS_BLOCK_H
#define CHECKS_DNS_BLOCK_H

#include "checks/check.h"
#include "lists/dnslist.h"
#include "lists/dnslist_answers.h"

/* What `zone` holds; the list is open once the options are ready. */
struct dns_zone {
	char *text;		/* with the operator's key; NULL: the title */
	struct dnslist *list;
};

/* What of a session is looked up in a list of names; bits. */
enum dns_match { DNS_MATCH_CLIENT = 1, DNS_MATCH_HELO = 2,
	DNS_MATCH_SENDER = 4, DNS_MATCH_FROM = 8, DNS_MATCH_REPLY_TO = 16 };

struct dns_block {
	struct option_item item;	/* title: what people call the list */
	struct dns_zone zone;
	struct dnslist_answers answers;	/* that count */
	long long weight;
	char *help;		/* template of a URL, or NULL */
	bool text;		/* query TXT, too? */
	int test;		/* enum dnslist_test */
	int reason;		/* index into the words of its row */
	unsigned match;		/* enum dns_match */
	int names;		/* enum dns_names: what of a link is queried */
	bool addresses;		/* query links to addresses, too? */
};

enum dns_names { DNS_NAMES_REGISTERED, DNS_NAMES_WHOLE };

struct dns_blocks {
	struct option_items blocks;	/* struct dns_block */
};

/* Rows of the blocks of each kind, and their finish. */
extern const struct option dns_block_dnsbl_rows[];
extern const struct option dns_block_rhsbl_rows[];
extern const struct option dns_block_dnswl_rows[];
extern const struct option dns_block_uribl_rows[];
bool dns_block_finish(void *item, struct buf *errmsg);

/* ready and active of a check whose options are struct dns_blocks. */
void dns_blocks_ready(void *options, const struct site *site,
    struct diags *d);
bool dns_blocks_active(const void *options, const struct site *site);

#endif
