/* db - a small door to two kinds of database */

#include "records/db.h"

#include "records/db_engine.h"
#include "records/db_name.h"

struct db *
db_open(const char *name, bool to_write, bool *damaged, struct buf *errmsg)
{
	const struct db_engine *engine = db_is_server(name) ? &db_postgresql :
	    &db_sqlite;

	return engine->open(name, to_write, 0, damaged, errmsg);
}

struct db *
db_open_within(const char *name, int ms, bool *damaged, struct buf *errmsg)
{
	const struct db_engine *engine = db_is_server(name) ? &db_postgresql :
	    &db_sqlite;

	return engine->open(name, false, ms, damaged, errmsg);
}

void
db_close(struct db *db)
{
	if (db != NULL)
		db->engine->close(db);
}

const char *
db_errmsg(const struct db *db)
{
	return db->engine->errmsg(db);
}

bool
db_is_damaged(const struct db *db)
{
	return db->engine->is_damaged(db);
}

bool
db_is_duplicate(const struct db *db)
{
	return db->engine->is_duplicate(db);
}

bool
db_run(struct db *db, const char *sql)
{
	return db->engine->run(db, sql);
}

void
db_read_all(struct db *db)
{
	if (db->engine->read_all != NULL)
		db->engine->read_all(db);
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
	return db_number(db, db->engine->size, 0);
}

bool
db_copy_begin(struct db *db, const char *sql)
{
	return db->engine->copy_begin != NULL &&
	    db->engine->copy_begin(db, sql);
}

bool
db_copy_put(struct db *db, const char *bytes, size_t n)
{
	return db->engine->copy_put != NULL &&
	    db->engine->copy_put(db, bytes, n);
}

bool
db_copy_end(struct db *db)
{
	return db->engine->copy_end != NULL && db->engine->copy_end(db);
}

struct query *
db_query(struct db *db, const char *sql)
{
	return db->engine->query(db, sql);
}

void
query_free(struct query *q)
{
	if (q != NULL)
		q->db->engine->free(q);
}

void
query_text(struct query *q, const char *text)
{
	q->db->engine->text(q, text);
}

void
query_text_kept(struct query *q, const char *text, size_t n)
{
	q->db->engine->text_kept(q, text, n);
}

void
query_bytes(struct query *q, const void *bytes, size_t n)
{
	q->db->engine->bytes(q, bytes, n);
}

void
query_int(struct query *q, int64_t n)
{
	q->db->engine->number(q, n);
}

void
query_only_bytes(struct query *q)
{
	if (q->db->engine->only_bytes != NULL)
		q->db->engine->only_bytes(q);
}

enum db_answer
query_step(struct query *q)
{
	return q->db->engine->step(q);
}

const char *
query_column(struct query *q, int column)
{
	return q->db->engine->column(q, column);
}

int64_t
query_column_int(struct query *q, int column)
{
	return q->db->engine->column_int(q, column);
}

const void *
query_column_bytes(struct query *q, int column, size_t *n)
{
	return q->db->engine->column_bytes(q, column, n);
}

int64_t
db_last(const struct db *db)
{
	return db->engine->last(db);
}

int
db_changed(const struct db *db)
{
	return db->engine->changed(db);
}
