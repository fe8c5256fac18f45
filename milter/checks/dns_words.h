/* dns_words.h - what a reply says about a list in DNS; for dnsbl_query.c */
#ifndef CHECKS_DNS_WORDS_H
#define CHECKS_DNS_WORDS_H

#include <stdbool.h>

#include "base/buf.h"

struct dns_answer;
struct dns_block;
struct ip;

struct dns_words {
	struct buf text;	/* the list's own words, without the key */
	struct buf url;		/* where one asks for removal, never empty */
};

/*
 * Is this a template for `help`: {client}, {domain}, {list} and no others?
 * False with words in errmsg.
 */
bool dns_words_check(const char *help, struct buf *errmsg);

/*
 * The URL is `help` of the block, or else what looks like one in the list's
 * text, or else the list's name. `domain` NULL: it is about the client. `text`
 * NULL: it was not queried.
 */
void dns_words_make(struct dns_words *w, const struct dns_block *block,
    const struct ip *client, const char *domain,
    const struct dns_answer *text);
void dns_words_free(struct dns_words *w);

#endif
