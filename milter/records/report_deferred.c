/* report_deferred - what deferring did: how many came again, how much later */

#include "records/report_deferred.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "records/db.h"
#include "records/report.h"

/*
 * One row a mail, those of a reason together: a sender and a recipient, and
 * when it was taken, so that the next time it is deferred is another one. What
 * was not taken has no delay and comes first.
 */
static const char mails[] =
    "SELECT coalesce(reason, 'not recognised') AS why, "
    "later - min(time) AS delay FROM %s "
    "WHERE outcome = 'tempfail' AND direction <> 'out' "
    "AND time >= ? AND time < ? "
    "GROUP BY why, sender, address, later ORDER BY why, delay NULLS FIRST";

/* The delays of the reason at hand, ascending. */
struct delays {
	int64_t *v;
	size_t n, cap;
};

static struct report_deferred *
row_of(struct report *r, const char *reason)
{
	struct report_deferred *row;

	if (r->ndeferred > 0 &&
	    strcmp(r->deferred[r->ndeferred - 1].reason, reason) == 0)
		return &r->deferred[r->ndeferred - 1];
	r->deferred = mem_room(r->deferred, r->ndeferred, &r->deferred_cap,
	    sizeof *r->deferred);
	row = &r->deferred[r->ndeferred++];
	*row = (struct report_deferred){ .reason = mem_dup(reason) };
	return row;
}

static void
take(struct report *r, struct delays *d, const char *reason, bool taken,
    int64_t delay)
{
	struct report_deferred *row = row_of(r, reason);

	if (row->mails++ == 0)
		d->n = 0;
	if (!taken)
		return;
	d->v = mem_room(d->v, d->n, &d->cap, sizeof *d->v);
	d->v[d->n++] = delay > 0 ? delay : 0;
	row->taken = (int64_t)d->n;
	row->median = d->v[(d->n - 1) / 2];
	row->ninth = d->v[(d->n * 9 + 9) / 10 - 1];
}

void
report_put_delay(struct buf *out, int64_t ms)
{
	int64_t seconds = (ms + 500) / 1000;

	if (seconds < 120)
		buf_printf(out, "%" PRId64 " s", seconds);
	else if (seconds < 120 * 60)
		buf_printf(out, "%" PRId64 " min", (seconds + 30) / 60);
	else
		buf_printf(out, "%" PRId64 " h", (seconds + 1800) / 3600);
}

static int
by_mails(const void *a, const void *b)
{
	const struct report_deferred *x = a, *y = b;

	return x->mails > y->mails ? -1 : x->mails < y->mails;
}

bool
report_deferred_gather(struct report *r, struct db *db, const char *from)
{
	struct buf sql = BUF_INIT;
	struct query *q;
	struct delays d = { .v = NULL };
	enum db_answer answer = DB_FAILED;

	buf_printf(&sql, mails, from);
	q = db_query(db, sql.data);
	buf_free(&sql);
	if (q == NULL)
		return false;
	query_int(q, r->since);
	query_int(q, r->until);
	while ((answer = query_step(q)) == DB_ROW)
		take(r, &d, query_column(q, 0), query_column(q, 1) != NULL,
		    query_column_int(q, 1));
	query_free(q);
	free(d.v);
	if (r->ndeferred > 1)
		qsort(r->deferred, r->ndeferred, sizeof *r->deferred,
		    by_mails);
	return answer == DB_DONE;
}

void
report_deferred_free(struct report *r)
{
	while (r->ndeferred > 0)
		free(r->deferred[--r->ndeferred].reason);
	free(r->deferred);
}
