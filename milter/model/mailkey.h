/*
 * mailkey.h - under which keys a mailbox or a name may stand in a list
 *
 * What an admin writes (the table in mailset.h) is kept as a key: ASCII
 * letters in lower case, domains as A-labels. Whoever looks something up in a
 * set, a file or a database tries the keys below, the narrowest first. No
 * state; any thread.
 */
#ifndef MODEL_MAILKEY_H
#define MODEL_MAILKEY_H

#include <stdbool.h>
#include <stddef.h>

struct buf;
struct mailbox;

/* A key is not longer than this, so what is longer is in no list. */
#define MAILKEY_MAX 512

/* What a key stands for; bits, for sets of them. */
enum mailkey {
	MAILKEY_MAILBOX = 1,	/* user@example.org */
	MAILKEY_LOCAL = 2,	/* user@ */
	MAILKEY_DOMAIN = 4,	/* example.org, [192.0.2.7] */
	MAILKEY_BELOW = 8,	/* .example.org */
	MAILKEY_NULL = 16,	/* <> */
	MAILKEY_ALL = 31,
	/* of no key: local parts are not looked up without +extension */
	MAILKEY_EXTENDED = 32
};

/*
 * Appends the key of an entry and returns its kind. 0, nothing appended, with
 * words in errmsg when it has no such form; patterns and "*" have none.
 */
enum mailkey mailkey_put(struct buf *key, const char *entry,
    struct buf *errmsg);

/* Called with n bytes of a key; true ends the search. */
typedef bool mailkey_try(void *arg, const char *key, size_t n);

/*
 * Tries the keys of a mailbox, or of a host name, that are of these kinds (enum
 * mailkey). False when fn accepted none. A mailbox without a valid form has
 * none.
 */
bool mailkey_of_mailbox(const struct mailbox *m, unsigned kinds,
    mailkey_try *try_key, void *arg);
bool mailkey_of_name(const char *name, unsigned kinds, mailkey_try *try_key,
    void *arg);

/* Appends a mailbox as patterns see it: unquoted, without a source route. */
void mailkey_put_whole(struct buf *out, const struct mailbox *m);

#endif
