/* store_server - the schema of a store in PostgreSQL, and its partitions */

#include "records/store_server.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/buf.h"
#include "records/db.h"
#include "records/db_name.h"
#include "records/policy_track.h"

/* One at a time; the number is "saywhy" in ASCII. */
#define LOCK "SELECT pg_advisory_xact_lock(126879297794425)"
#define DAY_TEXT 9		/* "20260102" */

/*
 * From version i to i + 1; never changed once released, only added to.
 * `works_from` is the version of the schema that a saywhy must know at least.
 */
static const struct {
	int works_from;
	const char *sql;
} steps[] = {
	/* Bytes compare in C, which is faster than in any language. */
	{ 1, "CREATE TABLE saywhy (version bigint, works_from bigint);"
	"INSERT INTO saywhy VALUES (0, 0);"
	"CREATE TABLE place (shipper text PRIMARY KEY, device bigint NOT NULL,"
	" inode bigint NOT NULL, at bigint NOT NULL, retention bigint NOT "
	    "NULL, seen timestamptz NOT NULL DEFAULT now());"
	"CREATE SEQUENCE batch;"
	"CREATE TABLE record (n bigint NOT NULL,"
	" id text COLLATE \"C\" NOT NULL, time bigint NOT NULL,"
	" host text COLLATE \"C\", issuer text COLLATE \"C\","
	" outcome text COLLATE \"C\", direction text COLLATE \"C\","
	" stage text COLLATE \"C\", reason text COLLATE \"C\","
	" who text COLLATE \"C\", rule text COLLATE \"C\","
	" exception text COLLATE \"C\", source text COLLATE \"C\","
	" client bytea, name text COLLATE \"C\", helo text COLLATE \"C\","
	" login text COLLATE \"C\", sender text COLLATE \"C\","
	" sender_domain text COLLATE \"C\", queue_id text COLLATE \"C\","
	" later bigint, recipients text[] COLLATE \"C\","
	" domains text[] COLLATE \"C\", PRIMARY KEY (time, id))"
	" PARTITION BY RANGE (time);"
	"CREATE TABLE line (n bigint NOT NULL, time bigint NOT NULL,"
	" json text NOT NULL, PRIMARY KEY (n, time))"
	" PARTITION BY RANGE (time);"
	/* A hash costs a sixth of a tree to fill; no order is asked there. */
	"CREATE INDEX record_id ON record USING hash (id);"
	"CREATE INDEX record_host ON record (host);"
	"CREATE INDEX record_reason ON record (reason);"
	"CREATE INDEX record_client ON record (client);"
	"CREATE INDEX record_sender ON record USING hash (sender);"
	"CREATE INDEX record_name ON record (reverse(lower(name)));"
	"CREATE INDEX record_login ON record (login) WHERE login IS NOT NULL;"
	"CREATE INDEX record_queue_id ON record (queue_id) "
	    "WHERE queue_id IS NOT NULL;"
	"CREATE INDEX record_later ON record (time) "
	    "WHERE later IS NOT NULL;"
	"CREATE INDEX record_to ON record USING gin (recipients, domains);"
	/* Counts of hours and days that are over (digest.h). */
	"CREATE TABLE digest (begins bigint, hours int, counts bytea NOT NULL,"
	" PRIMARY KEY (begins, hours));"
	"ALTER TABLE digest ALTER counts SET STORAGE EXTERNAL;" },
	{ 1, POLICY_TRACK_TABLE },
	/* Which deferred mail was taken, and until when a host knows of it. */
	{ 1, "ALTER TABLE place ADD COLUMN taken bigint;"
	"CREATE INDEX record_taken ON record (sender, time) "
	    "WHERE outcome = 'taken';" },
};

#define VERSION ((int64_t)(sizeof steps / sizeof steps[0]))

static int64_t
version_of(struct db *db)
{
	if (db_number(db, "SELECT count(*) FROM pg_class WHERE oid = "
	    "to_regclass('saywhy')", 0) == 0)
		return 0;
	return db_number(db, "SELECT version FROM saywhy", -1);
}

static bool
step(struct db *db, int64_t version)
{
	struct buf sql = BUF_INIT;
	bool good;

	buf_printf(&sql, "UPDATE saywhy SET version = %lld, works_from = %d",
	    (long long)version + 1, steps[version].works_from);
	good = db_run(db, steps[version].sql) && db_run(db, sql.data);
	buf_free(&sql);
	return good;
}

/* Many hosts may try at once: the second finds it done. */
static bool
migrate(struct db *db)
{
	bool good = db_run(db, "BEGIN") && db_run(db, LOCK);
	int64_t version = good ? version_of(db) : -1;

	for (; good && version >= 0 && version < VERSION; version++)
		good = step(db, version);
	return good && db_run(db, "COMMIT");
}

/*
 * Its version, and the one that a saywhy must know. Mostly it is there. What a
 * statement costs shows in "saywhy show": with the first one the session learns
 * that nothing is written, and that no compiler is worth its start.
 */
static int64_t
versions_of(struct db *db, bool to_write, int64_t *works_from)
{
	struct query *q = db_query(db, to_write ?
	    "SELECT version, works_from FROM saywhy" :
	    "SELECT version, works_from, set_config('jit', 'off', false), "
	    "set_config('default_transaction_read_only', 'on', false) "
	    "FROM saywhy");
	int64_t version = -1;

	*works_from = 0;
	while (query_step(q) == DB_ROW) {
		version = query_column_int(q, 0);
		*works_from = query_column_int(q, 1);
	}
	query_free(q);
	return version >= 0 ? version : version_of(db);
}

bool
store_server_ready(struct db *db, const char *name, bool to_write,
    struct buf *errmsg)
{
	int64_t from, version = versions_of(db, to_write, &from);

	if (version >= 0 && version < VERSION && to_write) {
		if (migrate(db))
			return true;
		db_put_name(errmsg, name);
		buf_printf(errmsg, ": %s", db_errmsg(db));
		return false;
	}
	if (version >= VERSION && from <= VERSION && from > 0)
		return true;
	db_put_name(errmsg, name);
	if (version < 0)
		buf_printf(errmsg, ": %s", db_errmsg(db));
	else if (version < VERSION)
		buf_puts(errmsg, version == 0 ? ": nothing was shipped there "
		    "yet (saywhy ship)" : ": made by an older saywhy; a newer "
		    "\"saywhy ship\" brings it up to date");
	else
		buf_printf(errmsg, ": made for a newer saywhy (it wants "
		    "version %lld, we know %lld)", (long long)from,
		    (long long)VERSION);
	return false;
}

static void
day_text(int64_t time, char text[DAY_TEXT])
{
	time_t seconds = (time_t)(time / 1000);
	struct tm tm;

	gmtime_r(&seconds, &tm);
	strftime(text, DAY_TEXT, "%Y%m%d", &tm);
}

static bool
is_true(struct db *db, const char *what, const char *day)
{
	struct buf sql = BUF_INIT;
	bool yes;

	buf_printf(&sql, "SELECT CASE WHEN %s THEN 1 ELSE 0 END", what);
	buf_printf(&sql, " FROM (SELECT to_regclass('record_%s') AS record, "
	    "to_regclass('line_%s') AS line) AS day", day, day);
	yes = db_number(db, sql.data, 0) == 1;
	buf_free(&sql);
	return yes;
}

/*
 * The tables of a day are asked themselves, so that those of the others are not
 * opened. Who may read `record` and `line` alone asks these.
 */
static bool
get_of_day(struct db *db, const char *id, int64_t time, struct buf *line)
{
	struct buf sql = BUF_INIT, in_day = BUF_INIT;
	struct query *q;
	char day[DAY_TEXT + 1] = "_";
	bool found = false;

	day_text(time, day + 1);
	if (!is_true(db, "has_table_privilege(record, 'SELECT') AND "
	    "has_table_privilege(line, 'SELECT')", day + 1))
		day[0] = '\0';
	buf_printf(&in_day, " AND time BETWEEN %" PRId64 " AND %" PRId64,
	    time, time + STORE_SERVER_DAY - 1);
	/* What one table is asked after the other takes less to plan. */
	buf_printf(&sql, "SELECT json FROM line%s WHERE n = (SELECT n FROM "
	    "record%s WHERE id = ?%s LIMIT 1)%s", day, day, in_day.data,
	    in_day.data);
	q = db_query(db, sql.data);
	query_text(q, id);
	while (query_step(q) == DB_ROW) {
		found = true;
		buf_puts(line, query_column(q, 0));
	}
	query_free(q);
	buf_free(&sql);
	buf_free(&in_day);
	return found;
}

bool
store_server_get(struct db *db, const char *id, int64_t since, int64_t until,
    struct buf *line)
{
	int64_t day = since - since % STORE_SERVER_DAY;
	bool found = false;

	for (; !found && day <= until; day += STORE_SERVER_DAY)
		found = get_of_day(db, id, day, line);
	return found;
}

/*
 * Made beside and attached, for that does not wait for those who read, nor do
 * they for it.
 */
bool
store_server_make_day(struct db *db, int64_t time)
{
	static const char *const tables[] = { "record", "line" };
	int64_t begin = time - time % STORE_SERVER_DAY;
	struct buf sql = BUF_INIT;
	char day[DAY_TEXT];
	size_t i;
	bool good;

	day_text(time, day);
	good = db_run(db, LOCK);
	if (good && is_true(db, "line IS NOT NULL", day))
		return true;
	for (i = 0; good && i < 2; i++) {
		buf_clear(&sql);
		buf_printf(&sql, "CREATE TABLE %s_%s (LIKE %s INCLUDING ALL);"
		    "ALTER TABLE %s ATTACH PARTITION %s_%s FOR VALUES FROM "
		    "(%" PRId64 ") TO (%" PRId64 ")", tables[i], day,
		    tables[i], tables[i], tables[i], day, begin,
		    begin + STORE_SERVER_DAY);
		good = db_run(db, sql.data);
	}
	buf_free(&sql);
	return good;
}

/* The partition that sorts first, when all of it is older; "": none. */
static bool
oldest_day(struct db *db, int64_t oldest, char day[DAY_TEXT])
{
	struct query *q = db_query(db, "SELECT substr(min(relname), 6) FROM "
	    "pg_class JOIN pg_inherits ON pg_class.oid = inhrelid WHERE "
	    "inhparent = to_regclass('line')");
	const char *found = NULL;
	char newest[DAY_TEXT];
	bool good;

	day_text(oldest, newest);
	day[0] = '\0';
	good = query_step(q) == DB_ROW;
	if (good)
		found = query_column(q, 0);
	if (found != NULL && strlen(found) == DAY_TEXT - 1 &&
	    strcmp(found, newest) < 0)
		memcpy(day, found, DAY_TEXT);
	query_free(q);
	return good;
}

int
store_server_drop_day(struct db *db, int64_t oldest)
{
	struct buf sql = BUF_INIT;
	char day[DAY_TEXT];
	bool good;

	if (!oldest_day(db, oldest, day))
		return -1;
	if (day[0] == '\0')
		return 0;
	/* Who reads at this moment is not waited for long: next time, then. */
	buf_printf(&sql, "BEGIN; SET LOCAL lock_timeout = '2s';"
	    "DROP TABLE IF EXISTS line_%s, record_%s;"
	    "DELETE FROM digest WHERE begins < extract(epoch FROM "
	    "timestamptz '%s UTC' + interval '1 day') * 1000; COMMIT", day,
	    day, day);
	good = db_run(db, sql.data);
	buf_free(&sql);
	return good ? 1 : -1;
}
