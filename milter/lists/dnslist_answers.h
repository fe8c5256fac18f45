/*
 * dnslist_answers.h - which answers of a DNS list count
 *
 *	127.0.0.2		this address
 *	127.0.0.2-11		each number may be a range,
 *	127.0.*.1-3		or any,
 *	127.0.0.&8		or one that has all of these bits
 *	127.0.0.2-127.0.1.255	from address to address
 *	127.0.0.0/24		this network
 *
 * All in 127.0.0.0/8, where lists answer (RFC 5782 section 2.1), and not in
 * 127.255.255.0/24, where they refuse to.
 */
#ifndef LISTS_DNSLIST_ANSWERS_H
#define LISTS_DNSLIST_ANSWERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;
struct ip;

struct dnslist_octet {
	uint8_t from, to;
	uint8_t bits;		/* that must be set, too */
};

struct dnslist_range {
	struct dnslist_octet octets[4];
	uint32_t from, to;	/* of the whole */
};

struct dnslist_answers {
	struct dnslist_range *v;
	size_t n, cap;
};

/* parse and free of option.h for a slot that is a struct dnslist_answers. */
bool dnslist_answers_parse(void *base, void *slot, const char *value,
    struct buf *errmsg);
void dnslist_answers_free(void *slot);

/* Does this answer count? */
bool dnslist_answers_has(const struct dnslist_answers *a,
    const struct ip *ip);

/* 127.255.255.x: the list refuses the question itself. */
bool dnslist_is_refusal(const struct ip *ip);
/* In 127.0.0.0/8. */
bool dnslist_is_answer(const struct ip *ip);

#endif
