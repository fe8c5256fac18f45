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
#include "records/report_changes.h"
#include "records/report_deferred.h"
#include "records/report_gathering.h"
#include "records/report_server.h"
#include "records/report_walk.h"
#include "records/store.h"

#define HOUR ((int64_t)3600000)
#define DAY (24 * HOUR)

static const struct {
	const char *key, *title;
	size_t max;
} lists[] = {
#define LIST(id, key, title, max, counted) \
	[REPORT_##id] = { key, title, max },
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

	tally_sort(t, lists[list].max);
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
	int64_t step;
	size_t i = 0;

	while (i < sizeof steps / sizeof steps[0] - 1 &&
	    (r->until - r->since) / steps[i] > 60)
		i++;
	step = steps[i];
	while ((r->until - r->since) / step >= REPORT_BARS_MAX)
		step *= 2;
	gathering_bars(r, step);
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

/* A /24 of IPv4 is 15 of the 16 bytes of a client, a /64 of IPv6 is 8. */
static void
count_networks(struct gathering *g)
{
	static const char mapped[12] = { [10] = '\xff', [11] = '\xff' };
	const struct tally *clients = &g->lists[REPORT_CLIENTS];
	struct tally_batch networks;
	const struct tally_row *c;
	const char *address;

	tally_batch_begin(&networks, &g->lists[REPORT_NETWORKS]);
	for (c = clients->v; c < clients->v + clients->n; c++) {
		address = clients->names.data + c->at;
		tally_batch_add(&networks, address,
		    memcmp(address, mapped, sizeof mapped) == 0 ? 15 : 8,
		    c->count, c->example);
	}
	tally_batch_end(&networks);
}

bool
report_gather(struct report *r, struct store *s, report_progress *tell,
    void *arg, struct buf *errmsg)
{
	struct gathering g;
	struct db *db = store_db(s);
	int list;
	bool good;

	choose_bars(r);
	gathering_init(&g, r);
	good = (store_is_shared(s) ? report_server_gather(&g, db) :
	    report_walk(&g, db, tell, arg)) &&
	    report_changes_gather(r, db);
	if (!good)
		buf_puts(errmsg, db_errmsg(db));
	count_networks(&g);
	for (list = 0; list < REPORT_LISTS; list++)
		take_rows(r, (enum report_list)list, &g.lists[list]);
	take_bars(&g);
	gathering_free(&g);
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
	report_changes_free(r);
}
