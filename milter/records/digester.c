/* digester - the thread of "saywhy ship" that makes digests */

#include "records/digester.h"

#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <time.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "records/db.h"
#include "records/digest_make.h"
#include "records/store_server.h"

#define CHECK_MS 10000		/* when none is missing */
#define PAUSE_MS 20		/* between two */

struct digester {
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t wake;
	char *name;
	struct db *db;		/* of the thread; NULL: not connected */
	bool stop;		/* under the lock */
};

static bool
connect_to(struct digester *d)
{
	struct buf errmsg = BUF_INIT;

	if (d->db == NULL)
		d->db = db_open(d->name, true, NULL, &errmsg);
	if (d->db != NULL && !store_server_ready(d->db, d->name, false,
	    &errmsg)) {
		db_close(d->db);
		d->db = NULL;
	}
	buf_free(&errmsg);
	return d->db != NULL;
}

/* How long to wait until the next, in ms. */
static int
make_one(struct digester *d)
{
	int made = connect_to(d) ? digest_make(d->db, clock_epoch_ms()) : -1;

	if (made < 0) {
		db_close(d->db);
		d->db = NULL;
	}
	return made > 0 ? PAUSE_MS : CHECK_MS;
}

/* True: stop. */
static bool
wait_for(struct digester *d, int ms)
{
	struct timespec until;
	bool stop;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_nsec += (long)ms % 1000 * 1000000;
	until.tv_sec += ms / 1000 + until.tv_nsec / 1000000000;
	until.tv_nsec %= 1000000000;
	pthread_mutex_lock(&d->lock);
	while (!d->stop && pthread_cond_timedwait(&d->wake, &d->lock,
	    &until) == 0)
		;
	stop = d->stop;
	pthread_mutex_unlock(&d->lock);
	return stop;
}

static void *
run(void *arg)
{
	struct digester *d = arg;

	while (!wait_for(d, make_one(d)))
		;
	db_close(d->db);
	return NULL;
}

static void
digester_free(struct digester *d)
{
	pthread_mutex_destroy(&d->lock);
	pthread_cond_destroy(&d->wake);
	free(d->name);
	free(d);
}

struct digester *
digester_start(const char *store)
{
	struct digester *d = mem_alloc(sizeof *d);
	pthread_condattr_t attr;
	sigset_t all, was;
	int failed;

	pthread_mutex_init(&d->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&d->wake, &attr);
	pthread_condattr_destroy(&attr);
	d->name = mem_dup(store);
	sigfillset(&all);	/* signals are for the main thread */
	pthread_sigmask(SIG_SETMASK, &all, &was);
	failed = pthread_create(&d->thread, NULL, run, d);
	pthread_sigmask(SIG_SETMASK, &was, NULL);
	if (failed == 0)
		return d;
	log_error("no thread for the counts of reports: they take longer");
	digester_free(d);
	return NULL;
}

void
digester_stop(struct digester *d)
{
	if (d == NULL)
		return;
	pthread_mutex_lock(&d->lock);
	d->stop = true;
	pthread_cond_signal(&d->wake);
	pthread_mutex_unlock(&d->lock);
	pthread_join(d->thread, NULL);
	digester_free(d);
}
