/*
 * db.h - the databases of records: a file of SQLite, or a PostgreSQL server
 *
 * One struct db belongs to one thread. SQL is ours, written in this program;
 * whatever comes from elsewhere is bound to its `?`, with either. A failure
 * (full disk, locked for longer than five seconds, damaged, a server that does
 * not answer in time) is an answer, db_errmsg() its words.
 *
 * With PostgreSQL one query is at work at a time: it is stepped to its end, or
 * freed, before the next one is stepped.
 */
#ifndef RECORDS_DB_H
#define RECORDS_DB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;
struct db;
struct query;

/*
 * Opens a database. A file, to write: it is made when it is not there (mode
 * 0640 less umask), in WAL mode, with its helper files kept at the end, so that
 * a reader without rights in the folder finds them. To read: nothing is ever
 * written; a server hears of it with the first question (store_server_ready()).
 * NULL with words in errmsg on failure.
 * *damaged (may be NULL) is set then: is the file no database, or spoiled?
 */
struct db *db_open(const char *path, bool to_write, bool *damaged,
    struct buf *errmsg);
/* The same to read; a server gets `ms` to connect, and for each answer. */
struct db *db_open_within(const char *path, int ms, bool *damaged,
    struct buf *errmsg);

void db_close(struct db *db);		/* NULL: nothing */

/* What the last failure was; lives until the next call. */
const char *db_errmsg(const struct db *db);

/* Did the last call fail because the file is damaged? */
bool db_is_damaged(const struct db *db);

/* Did the last call fail because a row with that key is there already? */
bool db_is_duplicate(const struct db *db);

/* Runs statements without values and without rows. */
bool db_run(struct db *db, const char *sql);

/* The caller is about to read most of it: a file is mapped into memory. */
void db_read_all(struct db *db);

/* The number a statement gives, `otherwise` when it gives none. */
int64_t db_number(struct db *db, const char *sql, int64_t otherwise);

/* Bytes of the file, or of the database, that hold something. */
int64_t db_size(struct db *db);

/*
 * COPY … FROM STDIN, with PostgreSQL only, false for any other: it is begun,
 * takes bytes as they come, and is ended. Between, nothing else is run; after
 * a failure, too, it is to be ended.
 */
bool db_copy_begin(struct db *db, const char *sql);
bool db_copy_put(struct db *db, const char *bytes, size_t n);
bool db_copy_end(struct db *db);

enum db_answer { DB_ROW, DB_DONE, DB_FAILED };

/* NULL: failed. Free it before the database is closed. */
struct query *db_query(struct db *db, const char *sql);
void query_free(struct query *q);	/* NULL: nothing */

/* Binds the next `?`; NULL text or bytes bind NULL. Copies are made. */
void query_text(struct query *q, const char *text);
/* The same without a copy: the text stays where it is until the next row. */
void query_text_kept(struct query *q, const char *text, size_t n);
void query_bytes(struct query *q, const void *bytes, size_t n);
void query_int(struct query *q, int64_t n);

/* Before the first row: every column is bytes; a server sends them as such. */
void query_only_bytes(struct query *q);

/*
 * The next row. After DB_DONE or DB_FAILED the query begins anew and wants
 * its values again.
 */
enum db_answer query_step(struct query *q);

/* Columns from 0 of the row at hand; text is NULL for NULL. */
const char *query_column(struct query *q, int column);
int64_t query_column_int(struct query *q, int column);
const void *query_column_bytes(struct query *q, int column, size_t *n);

/*
 * Number of the row that was inserted last (SQLite), and how many rows the
 * last statement changed.
 */
int64_t db_last(const struct db *db);
int db_changed(const struct db *db);

#endif
