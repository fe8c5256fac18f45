/* report_deferred - what deferring did: how many came again, how much later */

#include "records/report_deferred.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "records/db.h"
#include "records/report_gathering.h"

/*
 * One row a mail, those of a reason together: a sender and a recipient, and
 * when it was taken, so that the next time it is deferred is another one. What
 * was not taken has no delay and comes first. Rows in turn are read sooner
 * than by an index that names most of them.
 */
static const char mails[] =
    "SELECT coalesce(reason, 'not recognised') AS why, "
    "later - min(time) AS delay FROM record NOT INDEXED "
    "CROSS JOIN recipient ON record = n "
    "WHERE n BETWEEN ? AND ? AND outcome = 'tempfail' AND direction <> 'out' "
    "AND time >= ? AND time < ? AND (host = ? OR ? = 1) "
    "GROUP BY why, sender, address, later ORDER BY why, delay NULLS FIRST";

static struct report_deferred *
row_of(struct report *r, const char *reason, size_t n)
{
	struct report_deferred *row;

	for (row = r->deferred; row < r->deferred + r->ndeferred; row++)
		if (strlen(row->reason) == n && memcmp(row->reason, reason,
		    n) == 0)
			return row;
	r->deferred = mem_room(r->deferred, r->ndeferred, &r->deferred_cap,
	    sizeof *r->deferred);
	row = &r->deferred[r->ndeferred++];
	*row = (struct report_deferred){ .reason = mem_ndup(reason, n) };
	return row;
}

void
report_deferred_missed(struct report *r, const char *reason, size_t n)
{
	row_of(r, reason, n)->mails++;
}

void
report_deferred_taken(struct report *r, struct report_delays *d,
    const char *reason, int64_t delay)
{
	struct report_deferred *row = row_of(r, reason, strlen(reason));

	row->mails++;
	if (row->taken == 0)
		d->n = 0;
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

	if (x->mails != y->mails)
		return x->mails > y->mails ? -1 : 1;
	return strcmp(x->reason, y->reason);
}

void
report_deferred_sort(struct report *r)
{
	if (r->ndeferred > 1)
		qsort(r->deferred, r->ndeferred, sizeof *r->deferred,
		    by_mails);
}

bool
report_deferred_gather(struct gathering *g, struct db *db)
{
	struct report *r = g->r;
	struct query *q = db_query(db, mails);
	struct report_delays d = { .v = NULL };
	enum db_answer answer = DB_FAILED;
	const char *reason;

	if (q == NULL)
		return false;
	query_int(q, g->from);
	query_int(q, g->to);
	query_int(q, r->since);
	query_int(q, r->until);
	query_text(q, r->host);
	query_int(q, r->host == NULL);
	while ((answer = query_step(q)) == DB_ROW) {
		reason = query_column(q, 0);
		if (query_column(q, 1) != NULL)
			report_deferred_taken(r, &d, reason,
			    query_column_int(q, 1));
		else
			report_deferred_missed(r, reason, strlen(reason));
	}
	query_free(q);
	free(d.v);
	report_deferred_sort(r);
	return answer == DB_DONE;
}

void
report_deferred_free(struct report *r)
{
	while (r->ndeferred > 0)
		free(r->deferred[--r->ndeferred].reason);
	free(r->deferred);
}
