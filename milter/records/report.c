/* report - what was refused in a span of time, counted */

#include "records/report.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/net.h"
#include "records/db.h"
#include "records/store.h"

#define HOUR ((int64_t)3600000)
#define DAY (24 * HOUR)

static const struct {
	const char *key, *title;
	size_t max;
	const char *what, *from, *where;
} lists[] = {
#define LIST(id, key, title, max, what, from, where) \
	[REPORT_##id] = { key, title, max, what, from, where },
#include "records/report.def"
#undef LIST
};

const char *
report_title(enum report_list list)
{
	return lists[list].title;
}

const char *
report_key(enum report_list list)
{
	return lists[list].key;
}

void
report_put_time(struct buf *out, int64_t ms)
{
	time_t seconds = (time_t)(ms / 1000);
	struct tm tm;
	char text[32];

	gmtime_r(&seconds, &tm);
	strftime(text, sizeof text, seconds % 86400 == 0 ? "%Y-%m-%d" :
	    "%Y-%m-%d %H:%M", &tm);
	buf_puts(out, text);
}

/* An address has 16 bytes here, an IPv4 network 15, an IPv6 network 8. */
static char *
name_of(struct query *q)
{
	char text[IP_TEXT];
	struct ip ip = { .known = true };
	struct buf b = BUF_INIT;
	const void *bytes;
	size_t n;

	bytes = query_column_bytes(q, 0, &n);
	if (n != 16 && n != 15 && n != 8)
		return mem_dup(query_column(q, 0));
	memcpy(ip.b, bytes, n);
	buf_puts(&b, ip_format(&ip, text));
	if (n != 16)
		buf_puts(&b, n == 15 ? "/24" : "/64");
	return buf_steal(&b);
}

static void
take_row(struct report_rows *rows, struct query *q, bool blob, size_t max)
{
	struct report_row *row;
	const char *id = query_column(q, 2);

	rows->sum += query_column_int(q, 1);
	if (rows->n == max) {
		rows->others += query_column_int(q, 1);
		return;
	}
	rows->v = mem_room(rows->v, rows->n, &rows->cap, sizeof *rows->v);
	row = &rows->v[rows->n++];
	row->n = query_column_int(q, 1);
	row->name = blob ? name_of(q) : mem_dup(query_column(q, 0));
	snprintf(row->example, sizeof row->example, "%s", id != NULL ? id :
	    "");
}

static bool
gather_list(struct report *r, struct db *db, enum report_list list)
{
	bool blob = list == REPORT_CLIENTS || list == REPORT_NETWORKS;
	enum db_answer answer = DB_FAILED;
	struct buf sql = BUF_INIT;
	struct query *q;

	if (lists[list].what == NULL)
		return true;
	buf_printf(&sql, "SELECT %s AS what, count(*), max(id) FROM %s "
	    "WHERE time >= ? AND time < ? AND %s GROUP BY what "
	    "ORDER BY count(*) DESC, what", lists[list].what,
	    lists[list].from, lists[list].where);
	q = db_query(db, sql.data);
	if (q != NULL) {
		query_int(q, r->since);
		query_int(q, r->until);
	}
	while (q != NULL && (answer = query_step(q)) == DB_ROW)
		if (blob || query_column(q, 0) != NULL)
			take_row(&r->lists[list], q, blob, lists[list].max);
	query_free(q);
	buf_free(&sql);
	return answer == DB_DONE;
}

/* Hours, days or weeks, so that a chart has room for them. */
static void
choose_bars(struct report *r)
{
	static const int64_t steps[] = { HOUR, 3 * HOUR, DAY, 7 * DAY,
		28 * DAY };
	size_t i = 0;

	while (i < sizeof steps / sizeof steps[0] - 1 &&
	    (r->until - r->since) / steps[i] > 60)
		i++;
	r->step = steps[i];
	while ((r->until - r->since) / r->step >= REPORT_BARS_MAX)
		r->step *= 2;
	r->nbars = (size_t)((r->until - r->since + r->step - 1) / r->step);
	for (i = 0; i < r->nbars; i++)
		r->bars[i].begins = r->since + (int64_t)i * r->step;
}

static size_t
shade_of(const struct report *r, const char *reason)
{
	const struct report_rows *reasons = &r->lists[REPORT_REASONS];
	size_t i;

	for (i = 0; i < reasons->n && i < REPORT_SHADES; i++)
		if (strcmp(reasons->v[i].name, reason) == 0)
			return i;
	return REPORT_SHADES;
}

static bool
gather_bars(struct report *r, struct db *db)
{
	enum db_answer answer = DB_FAILED;
	struct query *q = db_query(db, "SELECT (time - ?) / ?, "
	    "coalesce(reason, 'not recognised'), count(*) FROM record "
	    "WHERE time >= ? AND time < ? AND outcome <> 'observed' "
	    "GROUP BY 1, 2");
	int64_t bar;

	if (q == NULL)
		return false;
	query_int(q, r->since);
	query_int(q, r->step);
	query_int(q, r->since);
	query_int(q, r->until);
	while ((answer = query_step(q)) == DB_ROW) {
		bar = query_column_int(q, 0);
		if (bar >= 0 && bar < (int64_t)r->nbars)
			r->bars[bar].shades[shade_of(r, query_column(q, 1))]
			    += query_column_int(q, 2);
	}
	query_free(q);
	return answer == DB_DONE;
}

bool
report_gather(struct report *r, struct store *s,
    void (*tell)(void *arg, int done, int all), void *arg, struct buf *errmsg)
{
	struct db *db = store_db(s);
	bool good = true;
	int list;

	choose_bars(r);
	for (list = 0; good && list < REPORT_LISTS; list++) {
		if (tell != NULL)
			tell(arg, list, REPORT_LISTS + 1);
		good = gather_list(r, db, (enum report_list)list);
	}
	good = good && gather_bars(r, db);
	if (!good)
		buf_puts(errmsg, db_errmsg(db));
	r->total = r->lists[REPORT_OUTCOMES].sum;
	return good;
}

void
report_add(struct report *r, enum report_list list, const char *name)
{
	struct report_rows *rows = &r->lists[list];

	rows->v = mem_room(rows->v, rows->n, &rows->cap, sizeof *rows->v);
	rows->v[rows->n++] = (struct report_row){ .name = mem_dup(name) };
}

void
report_free(struct report *r)
{
	struct report_rows *rows;

	for (rows = r->lists; rows < r->lists + REPORT_LISTS; rows++) {
		while (rows->n > 0)
			free(rows->v[--rows->n].name);
		free(rows->v);
	}
}
