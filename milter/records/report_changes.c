/* report_changes - what was refused before and after a change of the policy */

#include "records/report_changes.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "records/db.h"
#include "records/report.h"

#define DAY ((int64_t)86400000)
#define LEAST_MS ((int64_t)10 * 60000)	/* less tells nothing */
#define LEAST_DIFFERENCE 5

/* Each with the policy before it, and when the changes around it were. */
static const char changes[] =
    "SELECT host, time, before, policy, since, until FROM ("
    "SELECT host, time, policy, "
    "lag(policy) OVER w AS before, lag(time) OVER w AS since, "
    "lead(time) OVER w AS until FROM policy "
    "WINDOW w AS (PARTITION BY host ORDER BY time)) AS c "
    "WHERE time >= ? AND time < ? AND before IS NOT NULL "
    "AND (host = ? OR ? = 1) ORDER BY time DESC LIMIT ?";

static const char counts[] =
    "SELECT coalesce(reason, 'not recognised') AS why, "
    "sum(CASE WHEN time < ? THEN 1 ELSE 0 END), "
    "sum(CASE WHEN time < ? THEN 0 ELSE 1 END) FROM record "
    "WHERE host = ? AND time >= ? AND time < ? AND outcome <> 'taken' "
    "AND direction <> 'out' GROUP BY why";

static int64_t
least(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* The spans before and after are as long as each other. */
static void
take_change(struct report *r, struct query *q, int64_t now)
{
	struct report_change *c = &r->changes[r->nchanges++];
	int64_t end = least(r->until, now);

	c->host = mem_dup(query_column(q, 0));
	c->time = query_column_int(q, 1);
	c->before = mem_dup(query_column(q, 2));
	c->after = mem_dup(query_column(q, 3));
	if (query_column(q, 5) != NULL)
		end = least(end, query_column_int(q, 5));
	c->span = least(least(end - c->time, c->time -
	    query_column_int(q, 4)), DAY);
}

static int64_t
square(int64_t n)
{
	return n * n;
}

/* By more than chance would have it: three standard deviations. */
static bool
differs(int64_t before, int64_t after)
{
	int64_t by = after > before ? after - before : before - after;

	return by >= LEAST_DIFFERENCE && square(by) > 9 * (before + after);
}

static int
by_difference(const void *a, const void *b)
{
	const struct report_shift *x = a, *y = b;
	int64_t dx = llabs(x->after - x->before);
	int64_t dy = llabs(y->after - y->before);

	return dx != dy ? (dx > dy ? -1 : 1) : strcmp(x->reason, y->reason);
}

static void
take_shift(struct report_change *c, struct query *q)
{
	int64_t before = query_column_int(q, 1);
	int64_t after = query_column_int(q, 2);

	c->all_before += before;
	c->all_after += after;
	if (!differs(before, after))
		return;
	c->shifts = mem_room(c->shifts, c->nshifts, &c->shifts_cap,
	    sizeof *c->shifts);
	c->shifts[c->nshifts++] = (struct report_shift){
		.reason = mem_dup(query_column(q, 0)), .before = before,
		.after = after };
}

static bool
count(struct report_change *c, struct db *db)
{
	struct query *q = db_query(db, counts);
	enum db_answer answer;

	if (q == NULL)
		return false;
	query_int(q, c->time);
	query_int(q, c->time);
	query_text(q, c->host);
	query_int(q, c->time - c->span);
	query_int(q, c->time + c->span);
	while ((answer = query_step(q)) == DB_ROW)
		take_shift(c, q);
	query_free(q);
	if (c->nshifts > 1)
		qsort(c->shifts, c->nshifts, sizeof *c->shifts,
		    by_difference);
	return answer == DB_DONE;
}

bool
report_changes_gather(struct report *r, struct db *db)
{
	struct query *q = db_query(db, changes);
	int64_t now = clock_epoch_ms();
	enum db_answer answer = DB_DONE;
	size_t i;
	bool good;

	if (q == NULL)
		return false;
	query_int(q, r->since);
	query_int(q, r->until);
	query_text(q, r->host);
	query_int(q, r->host == NULL);
	query_int(q, REPORT_CHANGES_MAX);
	while ((answer = query_step(q)) == DB_ROW)
		take_change(r, q, now);
	query_free(q);
	good = answer == DB_DONE;
	for (i = 0; good && i < r->nchanges; i++)
		if (r->changes[i].span >= LEAST_MS)
			good = count(&r->changes[i], db);
		else
			r->changes[i].span = 0;
	return good;
}

void
report_changes_free(struct report *r)
{
	struct report_change *c;

	for (c = r->changes; c < r->changes + r->nchanges; c++) {
		while (c->nshifts > 0)
			free(c->shifts[--c->nshifts].reason);
		free(c->shifts);
		free(c->host);
		free(c->before);
		free(c->after);
	}
	r->nchanges = 0;
}
