/*
 * list_fetch.h - a list is fetched from where it is made
 *
 * First its signature (URL.minisig), which is small and says whether there is
 * anything new; then the list, into a file beside its place. It takes the place
 * when its signature is good, not older than the one of the list there and for
 * a file of this name, and when it can be loaded; its signature follows.
 * Whatever else comes, the list stays as it was. Without a key the certificate
 * of the server vouches for the list, and there is no signature.
 */
#ifndef LISTS_LIST_FETCH_H
#define LISTS_LIST_FETCH_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

struct list_source;

enum list_fetch_answer {
	LIST_FETCH_NEW,		/* there is a new list */
	LIST_FETCH_SAME,	/* the one that is there is the newest */
	LIST_FETCH_BUSY,	/* another process is at it */
	LIST_FETCH_FAILED,	/* it could not be got */
	LIST_FETCH_REFUSED	/* what was got is not taken */
};

/*
 * One visit; `words` gets what it found out, without the name of the source.
 * Ends within four times the timeout of the source and some seconds.
 */
enum list_fetch_answer list_fetch(const struct list_source *src,
    struct buf *words);

/* Is the next visit due? `now` in seconds. */
bool list_fetch_is_due(const struct list_source *src, int64_t now);

#endif
