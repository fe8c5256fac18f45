/* digester - the thread of "saywhy ship" that makes digests */

#include "records/digester.h"

#include <stdbool.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/worker.h"
#include "records/db.h"
#include "records/digest_make.h"
#include "records/store_server.h"

#define CHECK_MS 10000		/* when none is missing */
#define PAUSE_MS 20		/* between two */

struct digester {
	struct worker worker;
	char *name;
	struct db *db;		/* of the thread; NULL: not connected */
};

static bool
connect_to(struct digester *d)
{
	struct buf errmsg = BUF_INIT;

	if (d->db == NULL)
		d->db = db_open(d->name, true, NULL, &errmsg);
	if (d->db != NULL && !store_server_ready(d->db, d->name, true,
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

static void *
run(void *arg)
{
	struct digester *d = arg;

	while (!worker_wait(&d->worker, make_one(d)))
		;
	db_close(d->db);
	return NULL;
}

static void
digester_free(struct digester *d)
{
	free(d->name);
	free(d);
}

struct digester *
digester_start(const char *store)
{
	struct digester *d = mem_alloc(sizeof *d);

	d->name = mem_dup(store);
	if (worker_start(&d->worker, run, d))
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
	worker_stop(&d->worker);
	digester_free(d);
}
