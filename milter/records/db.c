/* db - a small door to SQLite */

#include "records/db.h"

#include <sqlite3.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/mem.h"

#define PATIENCE_MS 5000

struct db {
	sqlite3 *handle;
};

struct query {
	sqlite3_stmt *statement;
	int bound;
};

static bool
prepare_to_write(struct db *db)
{
	int keep = 1;

	sqlite3_file_control(db->handle, "main", SQLITE_FCNTL_PERSIST_WAL,
	    &keep);
	return db_run(db, "PRAGMA auto_vacuum = INCREMENTAL;"
	    "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;"
	    "PRAGMA journal_size_limit = 33554432;"
	    "PRAGMA wal_autocheckpoint = 8192; PRAGMA cache_size = -16384;"
	    "PRAGMA temp_store = MEMORY");
}

struct db *
db_open(const char *path, bool to_write, bool *damaged, struct buf *errmsg)
{
	struct db *db = mem_alloc(sizeof *db);
	int flags = SQLITE_OPEN_NOMUTEX | (to_write ?
	    SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READONLY);

	if (sqlite3_open_v2(path, &db->handle, flags, NULL) == SQLITE_OK) {
		sqlite3_busy_timeout(db->handle, PATIENCE_MS);
		if (to_write ? prepare_to_write(db) :
		    db_run(db, "PRAGMA query_only = 1;"
		    "SELECT 1 FROM sqlite_master LIMIT 1"))
			return db;
	}
	buf_printf(errmsg, "%s: %s", path, db_errmsg(db));
	if (damaged != NULL)
		*damaged = db_is_damaged(db);
	db_close(db);
	return NULL;
}

bool
db_is_damaged(const struct db *db)
{
	int code = sqlite3_errcode(db->handle) & 0xff;

	return code == SQLITE_CORRUPT || code == SQLITE_NOTADB;
}

void
db_close(struct db *db)
{
	if (db == NULL)
		return;
	sqlite3_close(db->handle);
	free(db);
}

const char *
db_errmsg(const struct db *db)
{
	return sqlite3_errmsg(db->handle);
}

bool
db_run(struct db *db, const char *sql)
{
	return sqlite3_exec(db->handle, sql, NULL, NULL, NULL) == SQLITE_OK;
}

int64_t
db_number(struct db *db, const char *sql, int64_t otherwise)
{
	struct query *q = db_query(db, sql);
	int64_t n = otherwise;

	if (q != NULL && query_step(q) == DB_ROW)
		n = query_column_int(q, 0);
	query_free(q);
	return n;
}

int64_t
db_size(struct db *db)
{
	int64_t pages = db_number(db, "PRAGMA page_count", 0) -
	    db_number(db, "PRAGMA freelist_count", 0);

	return pages * db_number(db, "PRAGMA page_size", 0);
}

struct query *
db_query(struct db *db, const char *sql)
{
	struct query *q = mem_alloc(sizeof *q);

	if (sqlite3_prepare_v2(db->handle, sql, -1, &q->statement, NULL) ==
	    SQLITE_OK)
		return q;
	free(q);
	return NULL;
}

void
query_free(struct query *q)
{
	if (q == NULL)
		return;
	sqlite3_finalize(q->statement);
	free(q);
}

void
query_text(struct query *q, const char *text)
{
	sqlite3_bind_text(q->statement, ++q->bound, text, -1,
	    SQLITE_TRANSIENT);
}

void
query_text_kept(struct query *q, const char *text, size_t n)
{
	sqlite3_bind_text(q->statement, ++q->bound, text, (int)n,
	    SQLITE_STATIC);
}

void
query_bytes(struct query *q, const void *bytes, size_t n)
{
	sqlite3_bind_blob(q->statement, ++q->bound, bytes, (int)n,
	    SQLITE_TRANSIENT);
}

void
query_int(struct query *q, int64_t n)
{
	sqlite3_bind_int64(q->statement, ++q->bound, n);
}

enum db_answer
query_step(struct query *q)
{
	int answer = sqlite3_step(q->statement);

	if (answer == SQLITE_ROW)
		return DB_ROW;
	sqlite3_reset(q->statement);
	q->bound = 0;
	return answer == SQLITE_DONE ? DB_DONE : DB_FAILED;
}

const char *
query_column(struct query *q, int column)
{
	return (const char *)sqlite3_column_text(q->statement, column);
}

int64_t
query_column_int(struct query *q, int column)
{
	return sqlite3_column_int64(q->statement, column);
}

const void *
query_column_bytes(struct query *q, int column, size_t *n)
{
	const void *bytes = sqlite3_column_blob(q->statement, column);

	*n = (size_t)sqlite3_column_bytes(q->statement, column);
	return bytes;
}

int64_t
db_last(const struct db *db)
{
	return sqlite3_last_insert_rowid(db->handle);
}

int
db_changed(const struct db *db)
{
	return sqlite3_changes(db->handle);
}
