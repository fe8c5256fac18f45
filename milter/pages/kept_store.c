/* kept_store - the store of the pages, open from one request to the next */

#include "pages/kept_store.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/clock.h"
#include "records/db_name.h"
#include "records/store.h"

#define WAIT_MS 1000	/* for a server */
#define RETRY_MS 2000
#define RETRY_MAX_MS 16000

static bool
is_the_same(const struct kept_store *k, const struct stat *st)
{
	return k->store != NULL && k->device == st->st_dev &&
	    k->inode == st->st_ino && store_is_current(k->store);
}

/* The longer a server is away, the less often a page waits for it. */
static void
put_off(struct kept_store *k, bool waited)
{
	k->pause = !waited || k->pause == 0 ? RETRY_MS :
	    k->pause < RETRY_MAX_MS ? 2 * k->pause : k->pause;
	k->retry = clock_ms() + k->pause;
}

/* One that is gone is connected to again; one that is silent is not. */
static struct store *
open_server(struct kept_store *k, struct buf *errmsg)
{
	int64_t began = clock_ms();
	bool waited;

	if (k->store != NULL && store_is_current(k->store))
		return k->store;
	if (k->store != NULL && clock_ms() - began >= WAIT_MS)
		put_off(k, true);
	kept_store_close(k);
	if (clock_ms() < k->retry) {
		buf_puts(errmsg, "the store does not answer");
		return NULL;
	}
	k->store = store_open_within(k->path, WAIT_MS, errmsg);
	waited = clock_ms() - began >= WAIT_MS;
	if (k->store == NULL)
		put_off(k, waited);
	else
		k->retry = k->pause = 0;
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
