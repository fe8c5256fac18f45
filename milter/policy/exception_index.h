/*
 * exception_index.h - which exceptions may be about a session or a recipient
 *
 * An exception that names networks is found by the client's address; one that
 * names none, by a login, sender, HELO name or recipient of it, so that ten
 * thousand cost what ten do. Only those that name nothing of it, or patterns,
 * are looked at in turn. Zeroed is empty; built by one thread, then read by
 * any number.
 */
#ifndef POLICY_EXCEPTION_INDEX_H
#define POLICY_EXCEPTION_INDEX_H

#include <stddef.h>

#include "base/net.h"

struct mailbox;
struct option_items;
struct session;

struct exception_link {
	size_t exception;	/* its number, from 0 */
	size_t next;		/* number of a link, or EXCEPTION_NONE */
};

#define EXCEPTION_NONE ((size_t)-1)

struct exception_key {
	const char *key;	/* of model/mailkey.h; the exception's own */
	size_t exception;
};

/* Those that are found by one kind of name, in the order of their keys. */
struct exception_keys {
	struct exception_key *v;
	size_t n, cap;
};

enum exception_name { EXCEPTION_BY_LOGIN, EXCEPTION_BY_SENDER,
	EXCEPTION_BY_HELO, EXCEPTION_BY_RECIPIENT, EXCEPTION_NAMES };

struct exception_index {
	struct netset nets;
	size_t *first;			/* of each network: a link */
	struct exception_link *links;
	size_t nlinks;
	struct exception_keys names[EXCEPTION_NAMES];
	size_t *others;			/* exceptions that are in neither */
	size_t nothers;
};

/* Of struct exception; their numbers are those in `all`, which outlives it. */
void exception_index_build(struct exception_index *x,
    const struct option_items *all);
void exception_index_free(struct exception_index *x);

/* Numbers of exceptions, ascending, some of them perhaps twice. */
struct exception_found {
	size_t *v;		/* free() frees it; or NULL */
	size_t n, cap;
};

/* Those that may be about this session, whoever the recipient is. */
struct exception_found exception_index_find(const struct exception_index *x,
    const struct session *s);

/* The others that may be about this recipient; of NULL none. */
struct exception_found exception_index_of_rcpt(
    const struct exception_index *x, const struct mailbox *rcpt);

#endif
