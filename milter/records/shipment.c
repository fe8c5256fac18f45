/* shipment - records on their way into PostgreSQL, in batches */

#include "records/shipment.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "records/db.h"
#include "records/digest.h"
#include "records/policy_track.h"
#include "records/record_file.h"
#include "records/record_read.h"
#include "records/shipment_row.h"
#include "records/shipment_taken.h"
#include "records/store.h"
#include "records/store_server.h"

#define PIECE 65536		/* bytes that are sent while more are read */
#define BATCH_BITS 20		/* of a number; the others are the batch's */

/* How the rows of the batch at hand go in. */
enum way {
	DIRECT,			/* into the tables, while they come */
	STAGED,			/* some are there: by a table beside, at last */
	BROKEN			/* not at all */
};

struct shipment {
	struct db *db;
	char *shipper;
	int64_t retention;
	struct buf rows, lines;	/* of the batch */
	int64_t n, count;	/* number of its first row; how many */
	int64_t since, until;	/* their times */
	int64_t taken_until;	/* there is no mail that was taken later */
	size_t sent;		/* bytes of `rows` that are on their way */
	enum way way;
	bool saved, copying;	/* since the savepoint; a COPY is begun */
	int64_t *days;		/* of the batch, numbers since 1970 */
	size_t ndays, days_cap;
	int64_t *hours;		/* the same of hours */
	size_t nhours, hours_cap;
	int64_t *made;		/* days that have their partitions */
	size_t nmade, made_cap;
	struct shipment_taken taken;	/* of the batch */
	struct policy_track policy;
};

/* Of this connection, until it ends; the place begins where nothing is. */
static bool
take_name(struct shipment *s, struct buf *errmsg)
{
	struct query *q = db_query(s->db, "SELECT CASE WHEN "
	    "pg_try_advisory_lock(hashtext('saywhy ship'), hashtext(?)) "
	    "THEN 1 ELSE 0 END");
	enum db_answer answer;
	bool good;

	query_text(q, s->shipper);
	answer = query_step(q);
	good = answer == DB_ROW && query_column_int(q, 0) == 1;
	query_free(q);
	if (!good) {
		if (answer == DB_ROW)
			buf_printf(errmsg, "another saywhy ship is at work as "
			    "\"%s\": no two hosts may have the same name and "
			    "record-file", s->shipper);
		return false;
	}
	q = db_query(s->db, "INSERT INTO place (shipper, device, inode, at, "
	    "retention) VALUES (?, 0, 0, 0, ?) ON CONFLICT (shipper) "
	    "DO UPDATE SET retention = excluded.retention, seen = now()");
	query_text(q, s->shipper);
	query_int(q, s->retention);
	good = query_step(q) == DB_DONE;
	query_free(q);
	return good;
}

struct shipment *
shipment_new(struct db *db, const char *shipper, int64_t retention,
    struct buf *errmsg)
{
	struct shipment *s = mem_alloc(sizeof *s);

	s->db = db;
	s->shipper = mem_dup(shipper);
	s->retention = retention;
	s->rows = (struct buf)BUF_INIT;
	s->lines = (struct buf)BUF_INIT;
	/*
	 * A commit that a crash of the server takes back takes the position
	 * back with it, so none is waited for. Lines are not to be sorted.
	 */
	if (take_name(s, errmsg) && db_run(db, "SET synchronous_commit = off;"
	    "SET temp_buffers = '64MB'; SET work_mem = '64MB';"
	    "SET enable_mergejoin = off; SET enable_nestloop = off"))
		return s;
	if (errmsg->len == 0)
		buf_puts(errmsg, db_errmsg(db));
	shipment_free(s);
	return NULL;
}

void
shipment_free(struct shipment *s)
{
	if (s == NULL)
		return;
	buf_free(&s->rows);
	buf_free(&s->lines);
	shipment_taken_clear(&s->taken);
	policy_track_forget(&s->policy);
	free(s->days);
	free(s->hours);
	free(s->made);
	free(s->shipper);
	free(s);
}

static void
clear(struct shipment *s)
{
	buf_clear(&s->rows);
	buf_clear(&s->lines);
	s->count = 0;
	s->sent = 0;
	s->ndays = s->nhours = 0;
	s->saved = s->copying = false;
	if (s->way == BROKEN)
		s->way = DIRECT;
}

bool
shipment_begin(struct shipment *s, struct record_position *position)
{
	struct query *q;
	bool good;

	clear(s);
	shipment_taken_clear(&s->taken);
	if (!db_run(s->db, "BEGIN"))
		return false;
	q = db_query(s->db, "SELECT device, inode, at, nextval('batch'), "
	    "(SELECT max(taken) FROM place) FROM place WHERE shipper = ? "
	    "FOR UPDATE");
	query_text(q, s->shipper);
	good = query_step(q) == DB_ROW;
	if (good) {
		position->device = (uint64_t)query_column_int(q, 0);
		position->inode = (uint64_t)query_column_int(q, 1);
		position->offset = query_column_int(q, 2);
		s->n = query_column_int(q, 3) << BATCH_BITS;
		s->taken_until = query_column_int(q, 4);
	}
	query_free(q);
	return good;
}

static bool
has(const int64_t *days, size_t n, int64_t day)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (days[i] == day)
			return true;
	return false;
}

static bool
make_days(struct shipment *s)
{
	size_t i;

	for (i = 0; i < s->ndays; i++)
		if (!has(s->made, s->nmade, s->days[i]) &&
		    !store_server_make_day(s->db, s->days[i] *
		    STORE_SERVER_DAY))
			return false;
	return true;
}

/* Once it is committed, they are there. */
static void
remember_days(struct shipment *s)
{
	size_t i;

	for (i = 0; i < s->ndays; i++) {
		if (has(s->made, s->nmade, s->days[i]))
			continue;
		s->made = mem_room(s->made, s->nmade, &s->made_cap,
		    sizeof *s->made);
		s->made[s->nmade++] = s->days[i];
	}
}

static bool
begin_copy(struct shipment *s, const char *sql)
{
	s->copying = db_copy_begin(s->db, sql);
	return s->copying && db_copy_put(s->db, SHIPMENT_ROW_BEGIN,
	    sizeof SHIPMENT_ROW_BEGIN - 1);
}

static bool
end_copy(struct shipment *s)
{
	bool put;

	if (!s->copying)
		return true;
	s->copying = false;
	put = db_copy_put(s->db, SHIPMENT_ROW_END,
	    sizeof SHIPMENT_ROW_END - 1);
	return db_copy_end(s->db) && put;
}

static bool
copy_all(struct shipment *s, const char *sql, const struct buf *rows)
{
	bool good = begin_copy(s, sql) && db_copy_put(s->db, rows->data,
	    rows->len);

	return end_copy(s) && good;
}

/* What is there of the rows, into their tables. */
static bool
send_rows(struct shipment *s)
{
	size_t from = s->sent;

	if (!s->saved && !(s->saved = db_run(s->db, "SAVEPOINT direct")))
		return false;
	if (!s->copying && (!make_days(s) || !begin_copy(s, "COPY record ("
	    SHIPMENT_ROW_COLUMNS ") FROM STDIN (FORMAT binary)")))
		return false;
	s->sent = s->rows.len;
	return db_copy_put(s->db, s->rows.data + from, s->sent - from);
}

/* It failed; when rows are there already, there is another way. */
static void
leave_direct(struct shipment *s)
{
	bool duplicate = db_is_duplicate(s->db);

	s->copying = false;
	s->way = duplicate && db_run(s->db, "ROLLBACK TO direct") ? STAGED :
	    BROKEN;
}

static void
note_hour(struct shipment *s, int64_t hour)
{
	if (s->nhours > 0 && s->hours[s->nhours - 1] == hour)
		return;
	if (has(s->hours, s->nhours, hour))
		return;
	s->hours = mem_room(s->hours, s->nhours, &s->hours_cap,
	    sizeof *s->hours);
	s->hours[s->nhours++] = hour;
}

/* A day that has no partition yet can be made between two COPYs only. */
static void
note_day(struct shipment *s, int64_t day)
{
	if (has(s->days, s->ndays, day))
		return;
	s->days = mem_room(s->days, s->ndays, &s->days_cap, sizeof *s->days);
	s->days[s->ndays++] = day;
	if (s->copying && !has(s->made, s->nmade, day) && !(send_rows(s) &&
	    end_copy(s)))
		leave_direct(s);
}

void
shipment_put(struct shipment *s, const struct parsed_record *t,
    const char *line, size_t n)
{
	int64_t time = parsed_time(t);

	shipment_taken_note(&s->taken, t);
	policy_track_note(&s->policy, t);
	s->since = s->count == 0 || time < s->since ? time : s->since;
	s->until = s->count == 0 || time > s->until ? time : s->until;
	note_hour(s, time / DIGEST_HOUR);
	note_day(s, time / STORE_SERVER_DAY);
	shipment_row_put(&s->rows, s->n + s->count, t);
	shipment_row_put_line(&s->lines, s->n + s->count, time, line, n);
	s->count++;
	if (s->way == DIRECT && s->rows.len - s->sent >= PIECE &&
	    !send_rows(s))
		leave_direct(s);
}

#define LINES "(" SHIPMENT_ROW_LINE_COLUMNS ") FROM STDIN (FORMAT binary)"

static bool
unload_directly(struct shipment *s)
{
	bool good = send_rows(s);

	return end_copy(s) && good && copy_all(s, "COPY line " LINES,
	    &s->lines);
}

/*
 * By tables of this session, and from there what is new. As long as something
 * was there the next batch goes the same way at once.
 */
static bool
unload_staged(struct shipment *s)
{
	bool good = make_days(s) && db_run(s->db,
	    "CREATE TEMP TABLE IF NOT EXISTS incoming (LIKE record) "
	    "ON COMMIT DELETE ROWS;"
	    "CREATE TEMP TABLE IF NOT EXISTS incoming_line (LIKE line) "
	    "ON COMMIT DELETE ROWS") &&
	    copy_all(s, "COPY incoming (" SHIPMENT_ROW_COLUMNS ") FROM STDIN "
	    "(FORMAT binary)", &s->rows) &&
	    copy_all(s, "COPY incoming_line " LINES, &s->lines) &&
	    db_run(s->db, "WITH new AS (INSERT INTO record ("
	    SHIPMENT_ROW_COLUMNS ") SELECT " SHIPMENT_ROW_COLUMNS
	    " FROM incoming ON CONFLICT DO NOTHING RETURNING n) "
	    "INSERT INTO line (" SHIPMENT_ROW_LINE_COLUMNS ") SELECT "
	    SHIPMENT_ROW_LINE_COLUMNS " FROM incoming_line "
	    "WHERE n IN (SELECT n FROM new)");

	if (good && db_changed(s->db) == s->count)
		s->way = DIRECT;
	if (good && db_changed(s->db) == 0)
		s->nhours = 0;
	return good;
}

static bool
unload(struct shipment *s)
{
	if (s->count == 0)
		return s->way != BROKEN;
	if (s->way == DIRECT) {
		if (unload_directly(s))
			return true;
		leave_direct(s);
	}
	return s->way == STAGED && unload_staged(s);
}

/* Mostly no mail was taken yet that is deferred in this batch. */
static bool
close_deferrals(struct shipment *s)
{
	return shipment_taken_close(&s->taken, s->db) &&
	    (s->count == 0 || s->taken_until < s->since - STORE_SOONER_MS ||
	    shipment_taken_close_late(s->db, s->n, s->count, s->since,
	    s->until));
}

bool
shipment_commit(struct shipment *s, const struct record_position *position)
{
	struct query *q;
	bool good;

	if (!unload(s) || !digest_take_away(s->db, s->hours, s->nhours) ||
	    !close_deferrals(s))
		return false;
	if (!policy_track_flush(&s->policy, s->db)) {
		policy_track_forget(&s->policy);
		return false;
	}
	q = db_query(s->db, "UPDATE place SET device = ?, inode = ?, at = ?, "
	    "taken = greatest(taken, ?), seen = now() WHERE shipper = ?");
	query_int(q, (int64_t)position->device);
	query_int(q, (int64_t)position->inode);
	query_int(q, position->offset);
	query_int(q, s->taken.newest);
	query_text(q, s->shipper);
	good = query_step(q) == DB_DONE && db_run(s->db, "COMMIT");
	query_free(q);
	if (good)
		remember_days(s);
	else
		policy_track_forget(&s->policy);
	return good;
}

int
shipment_expire(struct shipment *s, int64_t oldest)
{
	int64_t longest = db_number(s->db, "SELECT max(retention) FROM place "
	    "WHERE seen > now() - interval '30 days'", s->retention);
	int dropped;

	if (longest > s->retention)
		oldest -= longest - s->retention;
	dropped = store_server_drop_day(s->db, oldest);
	if (dropped > 0)
		s->nmade = 0;
	return dropped;
}
