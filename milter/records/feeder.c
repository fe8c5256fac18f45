/* feeder - the thread of saywhyd that feeds the store and lets it expire */

#include "records/feeder.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/worker.h"
#include "records/db_name.h"
#include "records/feed.h"
#include "records/recorder.h"
#include "records/store.h"
#include "records/store_damaged.h"

#define POLL_MS 100
#define RETRY_MS 2000
#define EXPIRE_MS 60000
#define LAST_MS 1000
#define REBUILD_MS 600000

struct feeder {
	struct worker worker;
	char *file, *path;
	int64_t retention, max;
	struct store *store;	/* of the thread, like feed */
	struct feed *feed;
	int64_t next_expire, next_rebuild;
	dev_t device;		/* of the store that is open */
	ino_t inode;
	bool damaged;
	pthread_mutex_t lock;	/* over the health */
	struct feeder_health health;
};

/* Says that the store fails, and that it works again, once each. */
static void
tell(struct feeder *f, bool failing, const struct buf *errmsg)
{
	bool changed;

	pthread_mutex_lock(&f->lock);
	changed = f->health.failing != failing;
	f->health.failing = failing;
	snprintf(f->health.failure, sizeof f->health.failure, "%s",
	    failing ? errmsg->data : "");
	if (f->feed != NULL) {
		f->health.taken = feed_counts(f->feed).taken;
		f->health.bad = feed_counts(f->feed).bad;
		f->health.behind = feed_counts(f->feed).behind;
		f->health.newest = feed_counts(f->feed).newest;
	}
	pthread_mutex_unlock(&f->lock);
	if (changed && failing)
		log_error("store %s fails, records stay in %s until it works "
		    "again: %s", f->path, f->file, errmsg->data);
	else if (changed)
		log_info("store %s works again", f->path);
}

static void
close_store(struct feeder *f)
{
	feed_free(f->feed);
	store_close(f->store);
	f->feed = NULL;
	f->store = NULL;
}

/*
 * A damaged store is renamed, but not again and again on a disk that fails.
 * True: a new one can be made.
 */
static bool
rename_damaged(struct feeder *f, const char *words)
{
	struct buf errmsg = BUF_INIT, to = BUF_INIT;
	bool done;

	close_store(f);
	f->damaged = false;
	if (clock_ms() < f->next_rebuild)
		return false;
	f->next_rebuild = clock_ms() + REBUILD_MS;
	done = store_rename_damaged(f->path, &to, &errmsg);
	if (done)
		log_error("store %s was damaged (%s): it is now %s, and is "
		    "built anew from %s", f->path, words, to.data, f->file);
	else
		log_error("store %s is damaged, and stays: %s", f->path,
		    errmsg.data);
	buf_free(&errmsg);
	buf_free(&to);
	return done;
}

/* Somebody else put another file in its place ("saywhy store rebuild"). */
static bool
was_replaced(const struct feeder *f)
{
	struct stat now;

	return stat(f->path, &now) != 0 || now.st_ino != f->inode ||
	    now.st_dev != f->device;
}

static void
note_inode(struct feeder *f)
{
	struct stat now = { .st_ino = 0 };

	(void)!stat(f->path, &now);
	f->inode = now.st_ino;
	f->device = now.st_dev;
}

static bool
open_store(struct feeder *f, struct buf *errmsg)
{
	if (f->store != NULL && was_replaced(f))
		close_store(f);
	if (f->store == NULL) {
		f->store = store_open_or_damaged(f->path, &f->damaged,
		    errmsg);
		note_inode(f);
	}
	if (f->store == NULL)
		return false;
	if (f->feed == NULL)
		f->feed = feed_new(f->file, f->store);
	return true;
}

/* One slice at a time, so that new records never wait for long. */
static bool
expire(struct feeder *f, struct buf *errmsg)
{
	int n;

	if (clock_ms() < f->next_expire)
		return true;
	store_expire_damaged(f->path, clock_epoch_ms() - f->retention);
	n = store_expire(f->store, clock_epoch_ms() - f->retention, f->max);
	if (n < 0)
		buf_puts(errmsg, store_errmsg(f->store));
	if (n < STORE_SLICE)
		f->next_expire = clock_ms() + EXPIRE_MS;
	return n >= 0;
}

/* Returns how long to wait until the next batch. */
static int
import_batch(struct feeder *f)
{
	struct buf errmsg = BUF_INIT;
	enum feed_answer answer = FEED_FAILED;

	if (open_store(f, &errmsg)) {
		feed_oldest(f->feed, clock_epoch_ms() - f->retention);
		answer = feed_batch(f->feed, &errmsg);
		if (answer != FEED_FAILED && !expire(f, &errmsg))
			answer = FEED_FAILED;
	}
	f->damaged |= f->store != NULL && store_is_damaged(f->store);
	if (f->damaged && rename_damaged(f, errmsg.data))
		answer = FEED_MORE;
	else
		tell(f, answer == FEED_FAILED, &errmsg);
	buf_free(&errmsg);
	switch (answer) {
	case FEED_MORE:
		return 0;
	case FEED_IDLE:
		return POLL_MS;
	case FEED_FAILED:
		break;
	}
	return RETRY_MS;
}

static void *
feed_and_expire(void *arg)
{
	struct feeder *f = arg;
	int64_t last;

	while (!worker_wait(&f->worker, import_batch(f)))
		;
	last = clock_ms() + LAST_MS;
	while (import_batch(f) == 0 && clock_ms() < last)
		;
	close_store(f);
	return NULL;
}

static void
feeder_free(struct feeder *f)
{
	pthread_mutex_destroy(&f->lock);
	free(f->file);
	free(f->path);
	free(f);
}

static struct feeder *
feeder_new(const struct record_options *opt)
{
	struct feeder *f = mem_alloc(sizeof *f);

	pthread_mutex_init(&f->lock, NULL);
	f->file = mem_dup(opt->file);
	f->path = mem_dup(opt->store);
	f->retention = opt->retention;
	f->max = opt->store_size;
	f->health.on = true;
	return f;
}

struct feeder *
feeder_start(const struct record_options *opt)
{
	struct feeder *f;

	if (opt->store == NULL || opt->file == NULL ||
	    db_is_server(opt->store))
		return NULL;
	f = feeder_new(opt);
	if (worker_start(&f->worker, feed_and_expire, f))
		return f;
	log_error("store %s: pthread_create failed", opt->store);
	feeder_free(f);
	return NULL;
}

void
feeder_stop(struct feeder *f)
{
	if (f == NULL)
		return;
	worker_stop(&f->worker);
	feeder_free(f);
}

struct feeder_health
feeder_health(struct feeder *f)
{
	struct feeder_health health = { .on = false };

	if (f == NULL)
		return health;
	pthread_mutex_lock(&f->lock);
	health = f->health;
	pthread_mutex_unlock(&f->lock);
	return health;
}

int64_t
feeder_lag(const struct feeder_health *health)
{
	return health->behind > 0 && health->newest > 0 ?
	    clock_epoch_ms() - health->newest : 0;
}
