/*
 * exception_index.h - which exceptions may be about a session, by its client
 *
 * Exceptions that name networks are found by the client's address, so that
 * ten thousand of them cost what ten do; those that name none are looked at in
 * turn. Zeroed is empty; built by one thread, then read by any number.
 */
#ifndef POLICY_EXCEPTION_INDEX_H
#define POLICY_EXCEPTION_INDEX_H

#include <stddef.h>

#include "base/net.h"

struct option_items;

struct exception_link {
	size_t exception;	/* its number, from 0 */
	size_t next;		/* number of a link, or EXCEPTION_NONE */
};

#define EXCEPTION_NONE ((size_t)-1)

struct exception_index {
	struct netset nets;
	size_t *first;			/* of each network: a link */
	struct exception_link *links;
	size_t nlinks;
	size_t *others;			/* exceptions without networks */
	size_t nothers;
};

/* Of struct exception; their numbers are those in `all`. */
void exception_index_build(struct exception_index *x,
    const struct option_items *all);
void exception_index_free(struct exception_index *x);

/*
 * The exceptions that may be about this client, in their order. NULL: none;
 * else the caller frees it.
 */
size_t *exception_index_find(const struct exception_index *x,
    const struct ip *client, size_t *n);

#endif
