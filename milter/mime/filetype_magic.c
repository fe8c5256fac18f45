/*
 * filetype_magic - what a file is; the only includer of <magic.h>
 *
 * A cookie of libmagic serves one thread at a time and costs milliseconds to
 * make, so a few are shared. The library is loaded with the first (dlopen(3)),
 * as it brings along three others. saywhyd is linked to it.
 */

#include <magic.h>
#include <pthread.h>
#include <string.h>

#include "base/buf.h"
#include "base/library.h"
#include "mime/filetype.h"

#define COOKIES 4

#define FUNCTIONS(F) \
	F(magic_open) F(magic_load) F(magic_buffer) F(magic_close)

LIBRARY_OF(FUNCTIONS, SAYWHY_LIBMAGIC, "attachments are known by what they say")

static struct {
	pthread_mutex_t lock;
	pthread_cond_t freed;
	magic_t idle[COOKIES];
	size_t nidle, made;
} pool = { .lock = PTHREAD_MUTEX_INITIALIZER,
	.freed = PTHREAD_COND_INITIALIZER };

static magic_t
cookie_new(void)
{
	magic_t cookie = lib.magic_open(MAGIC_MIME_TYPE |
	    MAGIC_NO_CHECK_COMPRESS | MAGIC_NO_CHECK_TAR |
	    MAGIC_NO_CHECK_JSON | MAGIC_NO_CHECK_CSV);

	if (cookie != NULL && lib.magic_load(cookie, NULL) != 0) {
		lib.magic_close(cookie);
		cookie = NULL;
	}
	return cookie;
}

/* An idle one, a new one, or the first that is given back. NULL: none can be
   made. */
static magic_t
cookie_take(void)
{
	magic_t cookie = NULL;

	pthread_mutex_lock(&pool.lock);
	while (pool.nidle == 0 && pool.made == COOKIES)
		pthread_cond_wait(&pool.freed, &pool.lock);
	if (pool.nidle > 0)
		cookie = pool.idle[--pool.nidle];
	else
		pool.made++;
	pthread_mutex_unlock(&pool.lock);
	if (cookie != NULL || (cookie = cookie_new()) != NULL)
		return cookie;
	pthread_mutex_lock(&pool.lock);
	pool.made--;
	pthread_cond_signal(&pool.freed);
	pthread_mutex_unlock(&pool.lock);
	return NULL;
}

static void
cookie_give(magic_t cookie)
{
	pthread_mutex_lock(&pool.lock);
	pool.idle[pool.nidle++] = cookie;
	pthread_cond_signal(&pool.freed);
	pthread_mutex_unlock(&pool.lock);
}

bool
filetype_ready(struct buf *errmsg)
{
	magic_t cookie;

	if (!is_there()) {
		buf_puts(errmsg, "libmagic is not there (Debian: libmagic1)");
		return false;
	}
	cookie = cookie_take();
	if (cookie == NULL) {
		buf_puts(errmsg, "libmagic finds no database (Debian: "
		    "libmagic-mgc)");
		return false;
	}
	cookie_give(cookie);
	return true;
}

void
filetype_find(const char *bytes, size_t n, struct buf *type)
{
	magic_t cookie = is_there() ? cookie_take() : NULL;
	const char *found;

	if (cookie == NULL)
		return;
	found = lib.magic_buffer(cookie, bytes, n);
	if (found != NULL && strchr(found, '/') != NULL)
		buf_puts(type, found);
	cookie_give(cookie);
}
