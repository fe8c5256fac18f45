/* report_deferred - what deferring did: how many came again, how much later */

#include "records/report_deferred.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "records/report.h"
#include "records/report_row.h"

#define NOT_TAKEN INT64_MIN

struct delay {
	const char *reason;
	int64_t ms;
};

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

void
deferrals_init(struct deferrals *d)
{
	memset(d, 0, sizeof *d);
	tally_init(&d->mails);
	d->key = (struct buf)BUF_INIT;
}

void
deferrals_free(struct deferrals *d)
{
	tally_free(&d->mails);
	buf_free(&d->key);
	free(d->first);
}

void
deferrals_add(struct deferrals *d, const struct report_record *r,
    const char *sender, const char *recipient, int64_t later)
{
	const char *reason = r->reason != NULL ? r->reason : "not recognised";
	struct buf *key = &d->key;
	size_t i, known = d->mails.n;

	if (!r->later)
		later = NOT_TAKEN;
	buf_clear(key);
	buf_put(key, reason, strlen(reason) + 1);
	tally_put_text(key, sender);
	tally_put_text(key, recipient);
	buf_put(key, &later, sizeof later);
	i = tally_add(&d->mails, key->data, key->len, 1, NULL);
	d->first = mem_room(d->first, i, &d->cap, sizeof *d->first);
	if (i == known || r->time < d->first[i])
		d->first[i] = r->time;
}

static int
by_reason(const void *a, const void *b)
{
	const struct delay *x = a, *y = b;
	int order = strcmp(x->reason, y->reason);

	return order != 0 ? order : (x->ms > y->ms) - (x->ms < y->ms);
}

void
deferrals_count(const struct deferrals *d, struct report *r)
{
	struct delay *delays = mem_array(d->mails.n + 1, sizeof *delays);
	struct report_delays together = { .v = NULL };
	const struct tally_row *row;
	const char *reason;
	int64_t later;
	size_t i, n = 0;

	for (i = 0; i < d->mails.n; i++) {
		row = &d->mails.v[i];
		reason = d->mails.names.data + row->at;
		memcpy(&later, reason + row->n - sizeof later, sizeof later);
		if (later == NOT_TAKEN)
			report_deferred_missed(r, reason, strlen(reason));
		else
			delays[n++] = (struct delay){ .reason = reason,
				.ms = later - d->first[i] };
	}
	qsort(delays, n, sizeof *delays, by_reason);
	for (i = 0; i < n; i++)
		report_deferred_taken(r, &together, delays[i].reason,
		    delays[i].ms);
	free(delays);
	free(together.v);
	report_deferred_sort(r);
}

void
report_deferred_free(struct report *r)
{
	while (r->ndeferred > 0)
		free(r->deferred[--r->ndeferred].reason);
	free(r->deferred);
}
