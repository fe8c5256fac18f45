/*
 * dkim_key.h - what DNS says of a key (RFC 6376 section 3.6.1)
 *
 * A key is read once and kept with the answer that brought it, so that the
 * next message of the same signer finds it ready.
 */
#ifndef AUTH_DKIM_KEY_H
#define AUTH_DKIM_KEY_H

#include <stdbool.h>

#include "base/crypto.h"

struct dns_answer;

struct dkim_key {
	struct public_key *key;	/* NULL: it cannot be used, because */
	const char *failure;	/* of this, which lives on */
	unsigned bits;
	bool too_costly;	/* no signer has such an exponent or size */
	bool strict;		/* t=s: i= names d= itself */
};

/*
 * The key of an answer to DNS_TXT that was found; never NULL, lives as long as
 * the answer. Of several records the first that is a key counts (section
 * 3.6.2.2 leaves it open).
 */
const struct dkim_key *dkim_key_of(const struct dns_answer *answer);

#endif
