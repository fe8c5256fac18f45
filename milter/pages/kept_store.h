/*
 * kept_store.h - the store of the pages, open from one request to the next
 *
 * Opening a database costs ten times what reading a record costs. It is opened
 * anew when the file at the path is another one, or when a newer saywhy made
 * it another. One thread. Zeroed but for the path is closed.
 */
#ifndef PAGES_KEPT_STORE_H
#define PAGES_KEPT_STORE_H

#include <stdint.h>
#include <sys/types.h>

struct buf;
struct store;

struct kept_store {
	const char *path;	/* NULL: there is none; borrowed */
	struct store *store;
	dev_t device;
	ino_t inode;
	int64_t retry;		/* clock_ms() from which a server is asked */
	int64_t pause;		/* ms before that; 0: it answered last time */
};

/* Lives until the next call. NULL with words in errmsg. */
struct store *kept_store_open(struct kept_store *k, struct buf *errmsg);
void kept_store_close(struct kept_store *k);

#endif
