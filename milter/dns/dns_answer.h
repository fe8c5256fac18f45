/*
 * dns_answer.h - an answer and those who hold it; for the files of dns.h only
 *
 * Built by one thread; once it is shared nothing of it changes but the count,
 * and what was made of it, once.
 */
#ifndef DNS_DNS_ANSWER_H
#define DNS_DNS_ANSWER_H

#include "dns/dns.h"

struct dns_made;

/* An answer that is counted: the last holder frees it. */
struct dns_shared_answer {
	struct dns_answer answer;	/* first, so that it is both */
	_Atomic int holders;
	size_t bytes;			/* of memory */
	struct dns_record *records;	/* what answer.v points to */
	struct dns_made *_Atomic made;	/* of dns_parsed(); or NULL */
};

/* An empty answer with one reference. */
struct dns_shared_answer *dns_answer_new(enum dns_status status,
    const char *failure);
/* A copy of the record at the end; text NULL: none. */
void dns_answer_add(struct dns_shared_answer *h,
    const struct dns_record *record);

/* What dns_parsed() keeps, of all answers. */
size_t dns_parsed_bytes(void);

/* One holder more. */
const struct dns_answer *dns_answer_share(struct dns_shared_answer *h);

#endif
