/* match_near - the records around a time, each read from the store once */

#include "records/match_near.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/net.h"
#include "base/siphash.h"
#include "records/db.h"
#include "records/record_read.h"

#define BUCKETS 4096
#define SIDE_MS 30000		/* kept before and behind the time at hand */
#define OLD_MS 60000		/* so old, they are thrown away at last */
#define HALF_SECOND 500

/* The rows of a client, in the order of their time. */
struct client {
	struct client *next;
	struct ip ip;
	struct near_row **v;
	size_t n, cap;
};

struct match_near {
	struct db *db;
	struct query *between, *added, *newest, *line;
	struct client *buckets[BUCKETS];
	struct client unknown;		/* rows without an address */
	int64_t since, until;		/* what is kept; both 0: nothing */
	int64_t newest_row;		/* that was read */
	bool grown;			/* in this move */
};

struct match_near *
match_near_new(struct db *db)
{
	struct match_near *m = mem_alloc(sizeof *m);

	m->db = db;
	m->between = db_query(db, "SELECT n, time, source IS NULL, client "
	    "FROM record WHERE time > ? AND time <= ? ORDER BY time, n");
	m->added = db_query(db, "SELECT n, time, source IS NULL, client "
	    "FROM record WHERE n > ? ORDER BY n");
	m->newest = db_query(db, "SELECT max(n) FROM record");
	m->line = db_query(db, "SELECT json FROM line WHERE n = ?");
	if (m->between != NULL && m->added != NULL && m->newest != NULL &&
	    m->line != NULL)
		return m;
	match_near_free(m);
	return NULL;
}

void
near_row_shrink(struct near_row *row)
{
	parsed_free(row->parsed);
	row->parsed = NULL;
	row->read = false;
}

static void
row_free(struct near_row *row)
{
	near_row_shrink(row);
	free(row);
}

/* Rows before that time go. */
static void
client_cut(struct client *c, int64_t since)
{
	size_t old = 0;

	while (old < c->n && c->v[old]->time <= since)
		row_free(c->v[old++]);
	if (old == 0)
		return;
	c->n -= old;
	memmove(c->v, c->v + old, c->n * sizeof *c->v);
}

static void
cut(struct match_near *m, int64_t since)
{
	struct client **at, *c;
	size_t i;

	client_cut(&m->unknown, since);
	for (i = 0; i < BUCKETS; i++)
		for (at = &m->buckets[i]; (c = *at) != NULL;) {
			client_cut(c, since);
			if (c->n > 0) {
				at = &c->next;
				continue;
			}
			*at = c->next;
			free(c->v);
			free(c);
		}
	m->since = since;
}

void
match_near_free(struct match_near *m)
{
	if (m == NULL)
		return;
	cut(m, INT64_MAX);
	free(m->unknown.v);
	query_free(m->between);
	query_free(m->added);
	query_free(m->newest);
	query_free(m->line);
	free(m);
}

static size_t
bucket_of(const uint8_t address[16])
{
	static const uint64_t key[2] = { 3, 4 };

	return siphash(key, address, 16) % BUCKETS;
}

static struct client *
find_client(const struct match_near *m, const struct ip *ip)
{
	struct client *c;

	for (c = m->buckets[bucket_of(ip->b)]; c != NULL; c = c->next)
		if (ip_equal(&c->ip, ip))
			return c;
	return NULL;
}

static struct client *
client_of(struct match_near *m, const void *address, size_t n)
{
	struct ip ip = { .known = true };
	struct client *c;

	if (address == NULL || n != sizeof ip.b)
		return &m->unknown;
	memcpy(ip.b, address, sizeof ip.b);
	c = find_client(m, &ip);
	if (c != NULL)
		return c;
	c = mem_alloc(sizeof *c);
	c->ip = ip;
	c->next = m->buckets[bucket_of(ip.b)];
	m->buckets[bucket_of(ip.b)] = c;
	return c;
}

/* The row that a query is at, if it is of a session and of our time. */
static void
keep(struct match_near *m, struct query *q)
{
	int64_t time = query_column_int(q, 1);
	const void *address;
	struct near_row *row;
	struct client *c;
	size_t n, at;

	if (query_column_int(q, 2) == 0 || time <= m->since ||
	    time > m->until)
		return;
	address = query_column_bytes(q, 3, &n);
	c = client_of(m, address, n);
	row = mem_alloc(sizeof *row);
	row->n = query_column_int(q, 0);
	row->time = time;
	row->place = -1;
	c->v = mem_room(c->v, c->n, &c->cap, sizeof *c->v);
	/* Mostly it is the last. */
	for (at = c->n++; at > 0 && c->v[at - 1]->time > time; at--)
		c->v[at] = c->v[at - 1];
	c->v[at] = row;
	m->grown = true;
}

static void
read_added(struct match_near *m)
{
	int64_t n;

	query_int(m->added, m->newest_row);
	while (query_step(m->added) == DB_ROW) {
		n = query_column_int(m->added, 0);
		keep(m, m->added);
		m->newest_row = n;
	}
}

/* Up to that time; inside a transaction, so that nothing is read twice. */
static void
read_until(struct match_near *m, int64_t until)
{
	int64_t from = m->until;

	m->until = until;
	query_int(m->between, from);
	query_int(m->between, until);
	while (query_step(m->between) == DB_ROW)
		keep(m, m->between);
}

static void
begin_at(struct match_near *m, int64_t since, int64_t until)
{
	cut(m, INT64_MAX);
	m->since = m->until = since;
	if (query_step(m->newest) == DB_ROW)
		m->newest_row = query_column_int(m->newest, 0);
	while (query_step(m->newest) == DB_ROW)
		;
	read_until(m, until);
}

bool
match_near_move(struct match_near *m, int64_t time)
{
	bool new = time - MATCH_NEAR_MS <= m->since || time - SIDE_MS >
	    m->until;

	m->grown = false;
	if (!new && time + MATCH_NEAR_MS <= m->until) {
		read_added(m);
	} else if (db_run(m->db, "BEGIN")) {
		if (new) {
			begin_at(m, time - SIDE_MS, time + SIDE_MS);
		} else {
			read_added(m);
			read_until(m, time + SIDE_MS);
		}
		db_run(m->db, "COMMIT");
	}
	if (m->since < time - OLD_MS)
		cut(m, time - SIDE_MS);
	return m->grown;
}

const struct parsed_record *
match_near_parsed(struct match_near *m, struct near_row *row)
{
	const char *line;

	if (row->read)
		return row->parsed;
	row->read = true;
	query_int(m->line, row->n);
	while (query_step(m->line) == DB_ROW) {
		line = query_column(m->line, 0);
		if (line != NULL && row->parsed == NULL)
			row->parsed = record_read(line, strlen(line));
	}
	return row->parsed;
}

/* The first row of that time or later. */
static size_t
first_from(const struct client *c, int64_t time)
{
	size_t low = 0, high = c->n, middle;

	while (low < high) {
		middle = low + (high - low) / 2;
		if (c->v[middle]->time < time)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

void
match_near_walk(const struct match_near *m, const struct ip *client,
    int64_t time, struct near_walk *w)
{
	const struct client *all[] = { find_client(m, client), &m->unknown };
	size_t i, first;

	memset(w, 0, sizeof *w);
	w->time = time;
	for (i = 0; i < 4; i++) {
		if (all[i / 2] == NULL)
			continue;
		first = first_from(all[i / 2], time + HALF_SECOND);
		w->of[i].rows = all[i / 2]->v;
		w->of[i].back = i % 2 == 0;
		w->of[i].next = w->of[i].back ? first - 1 : first;
		w->of[i].left = w->of[i].back ? first :
		    all[i / 2]->n - first;
	}
}

/* How far it is from the middle of its event's second, -1: too far. */
static int64_t
distance(const struct near_walk *w, const struct near_row *row)
{
	if (llabs(row->time - w->time) > MATCH_NEAR_MS)
		return -1;
	return llabs(row->time - w->time - HALF_SECOND);
}

struct near_row *
near_walk_next(struct near_walk *w)
{
	struct near_row *row = NULL, *next;
	int64_t far, best = -1;
	size_t i, from = 0;

	for (i = 0; i < 4; i++) {
		if (w->of[i].left == 0)
			continue;
		next = w->of[i].rows[w->of[i].next];
		far = distance(w, next);
		if (far < 0 || (best >= 0 && far >= best))
			continue;
		best = far;
		row = next;
		from = i;
	}
	if (row != NULL) {
		w->of[from].left--;
		w->of[from].next += w->of[from].back ? (size_t)-1 : 1;
	}
	return row;
}
