/* store - the database of records */

#include "records/store.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/mem.h"
#include "records/db.h"
#include "records/db_name.h"
#include "records/policy_track.h"
#include "records/record.h"
#include "records/record_file.h"
#include "records/record_read.h"
#include "records/shipment.h"
#include "records/store_grams.h"
#include "records/store_row.h"
#include "records/store_server.h"
#include "records/store_sql.h"
#include "records/store_words.h"

/* A sender who was refused tries again within some days, or not at all. */
#define HOUR_MS ((int64_t)3600000)

struct store {
	struct db *db;
	const struct store_sql *sql;
	struct store_row *row;		/* NULL: open to read, or shared */
	struct shipment *shipment;	/* NULL: nobody ships */
	struct query *get, *version;	/* as they are needed */
	bool damaged;			/* some call found it so */
	bool words;			/* it has the index of words */
	struct policy_track policy;	/* of a file */
	/* of a failure that undo would hide */
	struct buf errmsg;
};

static bool
find_more(struct db *db)
{
	return store_grams_add(db) && store_words_merge_less(db);
}

/*
 * From version i to i + 1: statements, and what a statement cannot do. Never
 * changed once released, only added to.
 */
static const struct {
	const char *sql;
	bool (*then)(struct db *db);
} steps[] = {
	/* `line` apart: what is counted stays small and quick. */
	{ "CREATE TABLE record (n INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE,"
	" time INTEGER NOT NULL, issuer TEXT, outcome TEXT, direction TEXT,"
	" stage TEXT, reason TEXT, who TEXT, rule TEXT, exception TEXT,"
	" source TEXT, client BLOB, name TEXT, helo TEXT, login TEXT, "
	    "sender TEXT,"
	" sender_domain TEXT, queue_id TEXT);"
	"CREATE TABLE line (n INTEGER PRIMARY KEY, json TEXT NOT NULL);"
	"CREATE TABLE recipient (record INTEGER NOT NULL, address TEXT,"
	" domain TEXT);"
	"CREATE TABLE place (device INTEGER, inode INTEGER, offset INTEGER);"
	"INSERT INTO place VALUES (0, 0, 0);"
	"CREATE INDEX record_time ON record (time);"
	"CREATE INDEX record_client ON record (client);"
	"CREATE INDEX record_sender ON record (sender);"
	"CREATE INDEX record_queue_id ON record (queue_id);"
	"CREATE INDEX recipient_record ON recipient (record);"
	"CREATE INDEX recipient_address ON recipient (address);", NULL },
	/* When the same sender reached the same recipient after all. */
	{ "ALTER TABLE record ADD COLUMN later INTEGER;", NULL },
	/* Random keys make inserting into a large index slow. */
	{ "CREATE INDEX record_reason ON record (reason, time);",
	    store_words_make },
	{ "ALTER TABLE record ADD COLUMN host TEXT;"
	"UPDATE record SET host = (SELECT json_extract(json, '$.host') "
	    "FROM line WHERE line.n = record.n);", NULL },
	{ POLICY_TRACK_TABLE, NULL },
	{ STORE_GRAMS_TABLE, find_more },
};

#define VERSION ((int64_t)(sizeof steps / sizeof steps[0]))

/* Two processes may try at once: the second finds it done. */
static bool
migrate(struct db *db)
{
	struct buf sql = BUF_INIT;
	int64_t version;
	bool good = db_run(db, "BEGIN IMMEDIATE");

	version = db_number(db, "PRAGMA user_version", -1);
	for (; good && version >= 0 && version < VERSION; version++)
		good = db_run(db, steps[version].sql) &&
		    (steps[version].then == NULL || steps[version].then(db));
	buf_printf(&sql, "PRAGMA user_version = %lld; COMMIT",
	    (long long)VERSION);
	good = good && version == VERSION && db_run(db, sql.data);
	if (!good)
		db_run(db, "ROLLBACK");
	buf_free(&sql);
	return good;
}

/* False: a newer saywhy made it, or it cannot be brought up to date. */
static bool
is_current(struct db *db, const char *path, bool to_write, struct buf *errmsg)
{
	int64_t version = db_number(db, "PRAGMA user_version", 0);

	if (version == VERSION || (version < VERSION && to_write &&
	    migrate(db)))
		return true;
	if (version > VERSION)
		buf_printf(errmsg, "%s: made by a newer saywhy (version %lld, "
		    "we know %lld)", path, (long long)version,
		    (long long)VERSION);
	else if (to_write)
		buf_printf(errmsg, "%s: %s", path, db_errmsg(db));
	else
		buf_printf(errmsg,
		    "%s: made by an older saywhy; saywhyd brings "
		    "it up to date", path);
	return false;
}

/* What belongs around an open database; NULL: it was not opened. */
static struct store *
store_of(struct db *db, const char *path, bool to_write, bool *damaged,
    struct buf *errmsg)
{
	bool shared = db_is_server(path);
	struct store *s;

	if (db == NULL || !(shared ? store_server_ready : is_current)(db, path,
	    to_write, errmsg)) {
		if (db != NULL)
			*damaged = db_is_damaged(db);
		db_close(db);
		return NULL;
	}
	s = mem_alloc(sizeof *s);
	s->db = db;
	s->errmsg = (struct buf)BUF_INIT;
	s->sql = shared ? &store_sql_postgresql : &store_sql_sqlite;
	if (shared)
		return s;
	s->words = store_words_there(db);
	s->row = to_write ? store_row_new(db, s->words) : NULL;
	return s;
}

struct store *
store_open(const char *path, bool to_write, struct buf *errmsg)
{
	bool damaged = false;
	struct store *s = store_of(db_open(path, to_write, &damaged, errmsg),
	    path, to_write, &damaged, errmsg);

	if (damaged)
		buf_puts(errmsg, "; saywhyd builds it anew, and so does "
		    "\"saywhy store rebuild\"");
	return s;
}

struct store *
store_open_or_damaged(const char *path, bool *damaged, struct buf *errmsg)
{
	*damaged = false;
	return store_of(db_open(path, true, damaged, errmsg), path, true,
	    damaged, errmsg);
}

struct store *
store_open_within(const char *path, int ms, struct buf *errmsg)
{
	bool damaged = false;

	return store_of(db_open_within(path, ms, &damaged, errmsg), path,
	    false, &damaged, errmsg);
}

bool
store_is_shared(const struct store *s)
{
	return s->sql == &store_sql_postgresql;
}

const struct store_sql *
store_sql(const struct store *s)
{
	return s->sql;
}

bool
store_ship_as(struct store *s, const char *shipper, int64_t retention,
    struct buf *errmsg)
{
	s->shipment = shipment_new(s->db, shipper, retention, errmsg);
	return s->shipment != NULL;
}

bool
store_is_damaged(const struct store *s)
{
	return s->damaged;
}

void
store_close(struct store *s)
{
	if (s == NULL)
		return;
	store_row_free(s->row);
	shipment_free(s->shipment);
	policy_track_forget(&s->policy);
	query_free(s->get);
	query_free(s->version);
	db_close(s->db);
	buf_free(&s->errmsg);
	free(s);
}

struct db *
store_db(struct store *s)
{
	return s->db;
}

void
store_read_all(struct store *s)
{
	db_read_all(s->db);
}

bool
store_has_words(const struct store *s)
{
	return s->words;
}

void
store_put_pair(const struct store *s, struct buf *sql, struct buf *words,
    const char *sender, const char *recipient)
{
	if (!s->words)
		return;
	buf_puts(sql, " AND n IN (SELECT rowid FROM words WHERE words MATCH "
	    "?)");
	store_words_key(words, STORE_KEY_SENDER, sender);
	buf_puts(words, " AND");
	store_words_key(words, STORE_KEY_RECIPIENT, recipient);
}

static bool
failed(struct store *s)
{
	s->damaged |= db_is_damaged(s->db);
	buf_clear(&s->errmsg);
	buf_puts(&s->errmsg, db_errmsg(s->db));
	store_undo(s);
	return false;
}

bool
store_begin(struct store *s, struct record_position *position)
{
	struct query *q;
	bool good;

	if (s->shipment != NULL)
		return shipment_begin(s->shipment, position) || failed(s);
	if (!db_run(s->db, "BEGIN IMMEDIATE"))
		return failed(s);
	q = db_query(s->db, "SELECT device, inode, offset FROM place");
	good = q != NULL && query_step(q) == DB_ROW;
	if (good) {
		position->device = (uint64_t)query_column_int(q, 0);
		position->inode = (uint64_t)query_column_int(q, 1);
		position->offset = query_column_int(q, 2);
	}
	query_free(q);
	return good || failed(s);
}


bool
store_commit(struct store *s, const struct record_position *position)
{
	struct query *q;
	bool good;

	if (s->shipment != NULL)
		return shipment_commit(s->shipment, position) || failed(s);
	q = db_query(s->db,
	    "UPDATE place SET device = ?, inode = ?, offset = ?");
	good = q != NULL;
	if (good) {
		query_int(q, (int64_t)position->device);
		query_int(q, (int64_t)position->inode);
		query_int(q, position->offset);
		good = query_step(q) == DB_DONE;
	}
	query_free(q);
	return (good && policy_track_flush(&s->policy, s->db) &&
	    store_grams_add(s->db) &&
	    db_run(s->db, "COMMIT")) || failed(s);
}

void
store_undo(struct store *s)
{
	policy_track_forget(&s->policy);
	db_run(s->db, "ROLLBACK");
}

const char *
store_errmsg(const struct store *s)
{
	return s->errmsg.data;
}

/* ASCII, as the columns have it. */
static void
bind_lower(struct query *q, const char *text)
{
	char *lower = mem_dup(text);

	mem_lower(lower, strlen(lower));
	query_text(q, lower);
	free(lower);
}

bool
store_came_later(struct store *s, const char *sender, const char *recipient,
    int64_t time)
{
	struct buf sql = BUF_INIT, words = BUF_INIT;
	struct query *q;
	bool good;

	buf_printf(&sql, "UPDATE record SET later = ? "
	    "WHERE later IS NULL AND sender = ? AND "
	    "outcome IN ('reject', 'tempfail') AND "
	    "time BETWEEN ? AND ? AND direction <> 'out' AND %s",
	    s->sql->recipient);
	store_put_pair(s, &sql, &words, sender, recipient);
	q = db_query(s->db, sql.data);
	good = q != NULL;
	if (good) {
		query_int(q, time);
		bind_lower(q, sender);
		query_int(q, time - STORE_LATER_MS);
		query_int(q, time + STORE_SOONER_MS);
		bind_lower(q, recipient);
		if (words.len > 0)
			query_text(q, words.data);
		good = query_step(q) == DB_DONE;
	}
	query_free(q);
	buf_free(&sql);
	buf_free(&words);
	return good;
}

/* The record of a deferral that is over closes those before it. */
static bool
close_deferrals(struct store *s, const struct parsed_record *t)
{
	const char *outcome = parsed_text(t, "outcome");
	const char *sender = parsed_text(t, "sender");
	const char *recipient = parsed_item(t, "recipients", 0);

	return outcome == NULL || strcmp(outcome, "taken") != 0 ||
	    sender == NULL || recipient == NULL ||
	    store_came_later(s, sender, recipient, parsed_time(t));
}

bool
store_put(struct store *s, const struct parsed_record *t, const char *line,
    size_t n)
{
	if (s->shipment != NULL) {
		shipment_put(s->shipment, t, line, n);
		return true;
	}
	policy_track_note(&s->policy, t);
	return (store_row_put(s->row, t, line, n) && close_deferrals(s, t)) ||
	    failed(s);
}

bool
store_is_current(struct store *s)
{
	int64_t version = -1;

	if (s->version == NULL)
		s->version = db_query(s->db, s->sql->version);
	while (s->version != NULL && query_step(s->version) == DB_ROW)
		version = query_column_int(s->version, 0);
	return store_is_shared(s) ? version > 0 : version == VERSION;
}

/* In a server by the day that the id tells; to open all takes its time. */
static bool
get_near(struct store *s, const char *id, struct buf *line)
{
	int64_t hour = record_id_hour(id, clock_epoch_ms());

	return store_server_get(s->db, id, hour - HOUR_MS, hour + 2 * HOUR_MS,
	    line);
}

bool
store_get(struct store *s, const char *id, struct buf *line)
{
	bool found = false;

	if (store_is_shared(s) && get_near(s, id, line))
		return true;
	if (s->get == NULL)
		s->get = db_query(s->db, s->sql->get);
	if (s->get == NULL)
		return false;
	query_text(s->get, id);
	/* To its end, so that no transaction stays open. */
	while (query_step(s->get) == DB_ROW) {
		found = true;
		buf_puts(line, query_column(s->get, 0));
	}
	return found;
}

/* Removes the records of the table `old` from the index of words. */
static bool
remove_words(struct store *s)
{
	struct query *q;
	enum db_answer answer = DB_FAILED;
	bool good = true;

	if (!s->words)
		return true;
	q = db_query(s->db, "SELECT n, json FROM line WHERE n IN "
	    "(SELECT n FROM old)");
	while (q != NULL && good && (answer = query_step(q)) == DB_ROW)
		good = store_words_remove(s->db, query_column_int(q, 0),
		    query_column(q, 1));
	query_free(q);
	return good && answer == DB_DONE;
}

/*
 * Removes the records that one statement selects, with everything that belongs
 * to them.
 */
static int
remove_those(struct store *s, const char *which)
{
	struct buf sql = BUF_INIT;
	int n = -1;

	buf_printf(&sql, "BEGIN IMMEDIATE;"
	    "CREATE TEMP TABLE IF NOT EXISTS old (n INTEGER PRIMARY KEY);"
	    "DELETE FROM old; INSERT INTO old %s LIMIT %d", which,
	    STORE_SLICE);
	if (db_run(s->db, sql.data) && remove_words(s) && db_run(s->db,
	    "DELETE FROM line WHERE n IN (SELECT n FROM old);"
	    "DELETE FROM recipient WHERE record IN (SELECT n FROM old);"
	    "DELETE FROM record WHERE n IN (SELECT n FROM old)")) {
		n = db_changed(s->db);
		if (!store_grams_remove(s->db) || !db_run(s->db,
		    "COMMIT; PRAGMA incremental_vacuum(2000)"))
			n = -1;
	}
	if (n < 0)
		failed(s);
	buf_free(&sql);
	return n;
}

int
store_expire(struct store *s, int64_t oldest, int64_t max)
{
	struct buf which = BUF_INIT;
	int n;

	if (s->shipment != NULL) {
		n = shipment_expire(s->shipment, oldest);
		return n > 0 ? STORE_SLICE : n < 0 && !failed(s) ? -1 : 0;
	}
	buf_printf(&which, "SELECT n FROM record WHERE time < %lld",
	    (long long)oldest);
	n = remove_those(s, which.data);
	buf_free(&which);
	if (n == 0 && max > 0 && db_size(s->db) > max)
		n = remove_those(s, "SELECT n FROM record ORDER BY time");
	return n;
}
