/* kept_store - the store of the pages, open from one request to the next */

#include "pages/kept_store.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/clock.h"
#include "records/db_name.h"
#include "records/store.h"

#define RETRY_MS 2000

static bool
is_the_same(const struct kept_store *k, const struct stat *st)
{
	return k->store != NULL && k->device == st->st_dev &&
	    k->inode == st->st_ino && store_is_current(k->store);
}

/* Pages do not wait for a server that was away a moment ago. */
static struct store *
open_server(struct kept_store *k, struct buf *errmsg)
{
	if (k->store != NULL && store_is_current(k->store))
		return k->store;
	kept_store_close(k);
	if (clock_ms() < k->retry) {
		buf_puts(errmsg, "the store does not answer");
		return NULL;
	}
	k->store = store_open(k->path, false, errmsg);
	k->retry = k->store == NULL ? clock_ms() + RETRY_MS : 0;
	return k->store;
}

struct store *
kept_store_open(struct kept_store *k, struct buf *errmsg)
{
	struct stat st = { .st_ino = 0 };

	if (k->path == NULL)
		return NULL;
	if (db_is_server(k->path))
		return open_server(k, errmsg);
	/* Before it is opened: if it changes meanwhile, it is opened again. */
	if (stat(k->path, &st) == 0 && is_the_same(k, &st))
		return k->store;
	kept_store_close(k);
	k->store = store_open(k->path, false, errmsg);
	k->device = st.st_dev;
	k->inode = st.st_ino;
	return k->store;
}

void
kept_store_close(struct kept_store *k)
{
	store_close(k->store);
	k->store = NULL;
}
