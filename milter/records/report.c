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
#include "records/report_deferred.h"
#include "records/report_row.h"
#include "records/store.h"
#include "records/store_sql.h"
#include "records/tally.h"

#define HOUR ((int64_t)3600000)
#define DAY (24 * HOUR)
#define TELL_EACH 16384	/* records */

static const struct {
	const char *key, *title;
	size_t max;
	report_counted *counted;	/* NULL: not by record */
} lists[] = {
#define LIST(id, key, title, max, counted) \
	[REPORT_##id] = { key, title, max, counted },
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

/* All that is counted in one walk over the records. */
struct gathering {
	struct report *r;
	struct tally lists[REPORT_LISTS];
	struct tally reasons;		/* of the bars */
	int64_t *bars;			/* of each reason, r->nbars of them */
	size_t bars_cap;		/* reasons that there is room for */
	struct query *records, *recipients;
	/*
	 * the recipient at hand is of this record; INT64_MAX: there is none any
	 * more
	 */
	int64_t of;
};

/* An address has 16 bytes here, an IPv4 network 15, an IPv6 network 8. */
static char *
name_of(const char *bytes, size_t n, bool address)
{
	char text[IP_TEXT];
	struct ip ip = { .known = true };
	struct buf b = BUF_INIT;

	if (!address)
		return mem_ndup(bytes, n);
	memcpy(ip.b, bytes, n);
	buf_puts(&b, ip_format(&ip, text));
	if (n != 16)
		buf_puts(&b, n == 15 ? "/24" : "/64");
	return buf_steal(&b);
}

/* The most frequent become rows, the rest a sum. */
static void
take_rows(struct report *r, enum report_list list, struct tally *t)
{
	struct report_rows *rows = &r->lists[list];
	bool address = list == REPORT_CLIENTS || list == REPORT_NETWORKS;
	struct report_row *row;
	size_t i;

	tally_sort(t);
	for (i = 0; i < t->n; i++) {
		rows->sum += t->v[i].count;
		if (rows->n == lists[list].max) {
			rows->others += t->v[i].count;
			continue;
		}
		rows->v = mem_room(rows->v, rows->n, &rows->cap,
		    sizeof *rows->v);
		row = &rows->v[rows->n++];
		row->n = t->v[i].count;
		row->name = name_of(t->names.data + t->v[i].at, t->v[i].n,
		    address);
		memcpy(row->example, t->v[i].example, sizeof row->example);
	}
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
shade_of(const struct report *r, const char *reason, size_t n)
{
	const struct report_rows *reasons = &r->lists[REPORT_REASONS];
	size_t i;

	for (i = 0; i < reasons->n && i < REPORT_SHADES; i++)
		if (strlen(reasons->v[i].name) == n &&
		    memcmp(reasons->v[i].name, reason, n) == 0)
			return i;
	return REPORT_SHADES;
}

/* Which reasons get a shade is known when all are counted. */
static void
take_bars(struct gathering *g)
{
	const struct tally *t = &g->reasons;
	size_t i, bar, shade;

	for (i = 0; i < t->n; i++) {
		shade = shade_of(g->r, t->names.data + t->v[i].at, t->v[i].n);
		for (bar = 0; bar < g->r->nbars; bar++)
			g->r->bars[bar].shades[shade] +=
			    g->bars[i * g->r->nbars + bar];
	}
}

static void
count_bar(struct gathering *g, const struct report_record *record)
{
	const char *reason = record->reason != NULL ? record->reason :
	    "not recognised";
	size_t bar = (size_t)((record->time - g->r->since) / g->r->step), i;
	size_t nbars = g->r->nbars, was = g->bars_cap;

	if (record->outcome == NULL || strcmp(record->outcome, "observed") ==
	    0 || strcmp(record->outcome, "taken") == 0 || bar >= nbars)
		return;
	i = tally_add(&g->reasons, reason, strlen(reason), record->count,
	    NULL);
	g->bars = mem_room(g->bars, i, &g->bars_cap, nbars * sizeof *g->bars);
	if (g->bars_cap > was)
		memset(g->bars + was * nbars, 0, (g->bars_cap - was) * nbars *
		    sizeof *g->bars);
	g->bars[i * nbars + bar] += record->count;
}

/* To the first recipient of a record not before `n`. */
static bool
skip_recipients(struct gathering *g, int64_t n)
{
	enum db_answer answer = DB_ROW;

	while (g->of < n && (answer = query_step(g->recipients)) == DB_ROW)
		g->of = query_column_int(g->recipients, 0);
	if (answer == DB_DONE)
		g->of = INT64_MAX;
	return answer != DB_FAILED;
}

/* They lie in the order of their records. */
static bool
count_recipients(struct gathering *g, const struct report_record *record)
{
	enum db_answer answer = DB_ROW;
	const char *address;

	if (!skip_recipients(g, record->n))
		return false;
	while (g->of == record->n && answer == DB_ROW) {
		address = query_column(g->recipients, 1);
		if (record->refused && address != NULL)
			tally_add(&g->lists[REPORT_RECIPIENTS], address,
			    strlen(address), 1, record->id);
		answer = query_step(g->recipients);
		if (answer == DB_ROW)
			g->of = query_column_int(g->recipients, 0);
	}
	if (answer == DB_DONE)
		g->of = INT64_MAX;
	return answer != DB_FAILED;
}

#define ALL_LISTS ~0u

/* In those lists only: a bit for each. */
static void
count_record(struct gathering *g, const struct report_record *record,
    unsigned in)
{
	struct report_key key;
	int list;

	for (list = 0; list < REPORT_LISTS; list++)
		if ((in & 1u << list) != 0 && lists[list].counted != NULL &&
		    lists[list].counted(record, &key))
			tally_add(&g->lists[list], key.bytes, key.n,
			    record->count, record->id);
}

/* A /24 of IPv4 is 15 of the 16 bytes of a client, a /64 of IPv6 is 8. */
static void
count_networks(struct gathering *g)
{
	static const char mapped[12] = { [10] = '\xff', [11] = '\xff' };
	const struct tally *clients = &g->lists[REPORT_CLIENTS];
	const struct tally_row *c;
	const char *address;

	for (c = clients->v; c < clients->v + clients->n; c++) {
		address = clients->names.data + c->at;
		tally_add(&g->lists[REPORT_NETWORKS], address,
		    memcmp(address, mapped, sizeof mapped) == 0 ? 15 : 8,
		    c->count, c->example);
	}
}

#define IN_SPAN "time >= ? AND time < ? AND (host = ? OR ? = 1)"

static void
bind_span(const struct gathering *g, struct query *q)
{
	query_int(q, g->r->since);
	query_int(q, g->r->until);
	query_text(q, g->r->host);
	query_int(q, g->r->host == NULL);
}

/* From the first record to the last of that time, in the order of rows. */
static bool
begin(struct gathering *g, struct db *db, int64_t *rows)
{
	struct query *q = db_query(db, "SELECT min(n), max(n), count(*) "
	    "FROM record WHERE " IN_SPAN);
	int64_t from = 0, to = -1;

	if (q != NULL)
		bind_span(g, q);
	if (q != NULL && query_step(q) == DB_ROW) {
		from = query_column_int(q, 0);
		to = query_column_int(q, 1);
		*rows = query_column_int(q, 2);
	}
	query_free(q);
	g->records = db_query(db, "SELECT " REPORT_COLUMNS " FROM record "
	    "NOT INDEXED WHERE n BETWEEN ? AND ? AND " IN_SPAN
	    " ORDER BY n");
	g->recipients = db_query(db, "SELECT record, address FROM recipient "
	    "NOT INDEXED WHERE rowid >= coalesce((SELECT min(rowid) FROM "
	    "recipient WHERE record = (SELECT min(record) FROM recipient "
	    "WHERE record >= ?)), 1) ORDER BY rowid");
	if (q == NULL || g->records == NULL || g->recipients == NULL)
		return false;
	query_int(g->records, from);
	query_int(g->records, to);
	bind_span(g, g->records);
	query_int(g->recipients, from);
	g->of = -1;
	return true;
}

static bool
walk(struct gathering *g, int64_t rows, report_progress *tell, void *arg)
{
	enum db_answer answer = DB_FAILED;
	struct report_record record;
	int64_t done = 0;
	bool good = true;

	while (good && (answer = query_step(g->records)) == DB_ROW) {
		report_record_read(&record, g->records);
		count_record(g, &record, ALL_LISTS);
		count_bar(g, &record);
		good = count_recipients(g, &record);
		if (tell != NULL && done++ % TELL_EACH == 0)
			tell(arg, done, rows);
	}
	return good && answer == DB_DONE;
}

/*
 * A server counts itself; what it gives is a record and how many are alike.
 * Rows have the columns of REPORT_COLUMNS; `time` is where a bar begins.
 */
#define WHERE " FROM record WHERE " IN_SPAN
#define REFUSED " AND outcome IN ('reject', 'tempfail', 'bounced', " \
	"'deferred')"

static const struct {
	unsigned lists;
	bool bars;
	const char *sql;
} grouped[] = {
	{ ~(1u << REPORT_CLIENTS | 1u << REPORT_SENDERS |
	    1u << REPORT_PROVIDERS), true,
	    "SELECT 0, bar * ? + ?, max(id), outcome, reason, who, issuer, "
	    "direction, source, login, NULL, NULL, NULL, after, count(*) "
	    "FROM (SELECT (time - ?) / ? AS bar, id, outcome, reason, who, "
	    "issuer, direction, source, login, CASE WHEN later IS NOT NULL "
	    "THEN 1 END AS after" WHERE ") AS r GROUP BY bar, outcome, "
	    "reason, who, issuer, direction, source, login, after" },
	{ 1u << REPORT_CLIENTS, false,
	    "SELECT 0, 0, max(id), 'reject', NULL, NULL, NULL, NULL, NULL, "
	    "NULL, NULL, NULL, client, NULL, count(*)" WHERE REFUSED
	    " AND client IS NOT NULL GROUP BY client" },
	{ 1u << REPORT_SENDERS, false,
	    "SELECT 0, 0, max(id), 'reject', NULL, NULL, NULL, NULL, NULL, "
	    "NULL, NULL, sender_domain, NULL, NULL, count(*)" WHERE REFUSED
	    " AND sender_domain IS NOT NULL GROUP BY sender_domain" },
	{ 1u << REPORT_PROVIDERS, false,
	    "SELECT 0, 0, max(id), 'reject', reason, NULL, issuer, direction, "
	    "NULL, NULL, name, NULL, NULL, NULL, count(*)" WHERE REFUSED
	    " AND issuer = 'saywhy' AND direction <> 'out' AND "
	    "name IS NOT NULL GROUP BY reason, issuer, direction, name" },
};

static bool
ask_records(struct gathering *g, struct db *db, size_t i)
{
	struct query *q = db_query(db, grouped[i].sql);
	enum db_answer answer;
	struct report_record record;

	if (grouped[i].bars) {
		query_int(q, g->r->step);
		query_int(q, g->r->since);
		query_int(q, g->r->since);
		query_int(q, g->r->step);
	}
	bind_span(g, q);
	while ((answer = query_step(q)) == DB_ROW) {
		report_record_read(&record, q);
		count_record(g, &record, grouped[i].lists);
		if (grouped[i].bars)
			count_bar(g, &record);
	}
	query_free(q);
	return answer == DB_DONE;
}

static bool
ask_recipients(struct gathering *g, struct db *db)
{
	struct query *q = db_query(db, "SELECT address, count(*), max(id) "
	    "FROM (SELECT unnest(recipients) AS address, id" WHERE REFUSED
	    ") AS r GROUP BY address");
	enum db_answer answer;
	const char *address;

	bind_span(g, q);
	while ((answer = query_step(q)) == DB_ROW) {
		address = query_column(q, 0);
		tally_add(&g->lists[REPORT_RECIPIENTS], address,
		    strlen(address), query_column_int(q, 1),
		    query_column(q, 2));
	}
	query_free(q);
	return answer == DB_DONE;
}

static bool
ask_server(struct gathering *g, struct db *db)
{
	size_t i;

	for (i = 0; i < sizeof grouped / sizeof grouped[0]; i++)
		if (!ask_records(g, db, i))
			return false;
	return ask_recipients(g, db);
}

bool
report_gather(struct report *r, struct store *s, report_progress *tell,
    void *arg, struct buf *errmsg)
{
	struct gathering g = { .r = r };
	struct db *db = store_db(s);
	int64_t rows = 0;
	int list;
	bool good;

	choose_bars(r);
	for (list = 0; list < REPORT_LISTS; list++)
		tally_init(&g.lists[list]);
	tally_init(&g.reasons);
	good = (store_is_shared(s) ? ask_server(&g, db) :
	    begin(&g, db, &rows) && walk(&g, rows, tell, arg)) &&
	    report_deferred_gather(r, db, store_sql(s)->mails);
	if (!good)
		buf_puts(errmsg, db_errmsg(db));
	count_networks(&g);
	for (list = 0; list < REPORT_LISTS; list++) {
		take_rows(r, (enum report_list)list, &g.lists[list]);
		tally_free(&g.lists[list]);
	}
	take_bars(&g);
	tally_free(&g.reasons);
	free(g.bars);
	query_free(g.records);
	query_free(g.recipients);
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
	report_deferred_free(r);
}
