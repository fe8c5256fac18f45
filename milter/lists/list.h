/*
 * list.h - local lists: addresses, networks, names, mailboxes, patterns
 *
 *	/etc/saywhy/deny	a text file, an entry and its comment a line
 *	cdb:FILE		DJB's constant database
 *	lmdb:FILE		LMDB, also as postmap(1) makes it
 * sqlite:FILE[:TABLE] columns key and comment; TABLE is "list" by default
 *
 * A line of a text is an entry of model/mailset.h or a network, and after
 * " # " its comment. In the other three a key is written like an entry, in
 * lower case and domains as A-labels; they hold no patterns and no "*".
 *
 * A list that is named several times is loaded once. It is loaded again when
 * its file changes (list_watch() checks every second and waits until the file
 * is at rest: it is in use within two); the new content replaces the old one at
 * once; when it has mistakes, the old one stays. Any thread may look up; nobody
 * waits for a load.
 */
#ifndef LISTS_LIST_H
#define LISTS_LIST_H

#include <stdbool.h>
#include <stddef.h>
#include <time.h>

#include "base/buf.h"

struct diags;
struct ip;
struct list;
struct mailbox;

enum list_answer {
	LIST_NO,
	LIST_YES,
	LIST_TEMPFAIL	/* the file could not be searched: `comment` says why */
};

struct list_hit {
	struct buf entry;	/* that matched, as it is kept */
	struct buf comment;	/* what the list says of it, "" nothing */
};

#define LIST_HIT_INIT { BUF_INIT, BUF_INIT }

void list_hit_free(struct list_hit *hit);

/*
 * The list of this name, loaded; NULL with every mistake in `d`. A relative
 * file is looked for beside the file `beside` (NULL: in the current folder).
 * A list that is open already is only loaded again when its file has changed.
 */
struct list *list_open(const char *name, const char *beside,
    struct diags *d);
void list_close(struct list *l);	/* NULL: nothing */

/*
 * The narrowest entry that matches goes to `hit`, which must be empty. No list
 * (NULL), an address that is not known, a NULL name: NO. A name with an "@" is
 * looked up as the mailbox that it is.
 */
enum list_answer list_find_ip(struct list *l, const struct ip *ip,
    struct list_hit *hit);
enum list_answer list_find_name(struct list *l, const char *name,
    struct list_hit *hit);
enum list_answer list_find_mailbox(struct list *l, const struct mailbox *m,
    struct list_hit *hit);

struct list_counts {
	size_t nets, names, patterns;
	bool any;		/* it has the entry "*" */
	bool uncounted;		/* the file does not say how many */
	bool cut;		/* the last line has no end: it is looked at
				   again when the file has rested */
};

/* What a list holds and how it fares, for a moment. */
struct list_state {
	const char *name;
	struct list_counts counts;
	struct timespec loaded;
	const char *failure;	/* why the file as it is now is not in use */
};

/* Calls fn for each list that is open. */
void list_each(void (*fn)(void *arg, const struct list_state *state),
    void *arg);

/* Begins and ends a thread that looks for changes. Mistakes go to the log. */
bool list_watch(void);
void list_watch_stop(void);

#endif
