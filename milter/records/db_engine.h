/*
 * db_engine.h - what a database behind db.h is made of
 *
 * Each engine is one const struct; db.c picks one by the name of the database
 * and hands every call on. The words of db.h are the contract.
 */
#ifndef RECORDS_DB_ENGINE_H
#define RECORDS_DB_ENGINE_H

#include "records/db.h"

struct db_engine {
	/* `ms`: for an answer of a server; 0: as it does */
	struct db *(*open)(const char *name, bool to_write, int ms,
	    bool *damaged, struct buf *errmsg);
	void (*close)(struct db *db);
	const char *(*errmsg)(const struct db *db);
	bool (*is_damaged)(const struct db *db);
	bool (*is_duplicate)(const struct db *db);
	bool (*run)(struct db *db, const char *sql);
	void (*read_all)(struct db *db);	/* NULL: nothing */
	const char *size;	/* statement: its bytes */
	int64_t (*last)(const struct db *db);
	int (*changed)(const struct db *db);
	/* NULL, all three, where there is no COPY */
	bool (*copy_begin)(struct db *db, const char *sql);
	bool (*copy_put)(struct db *db, const char *bytes, size_t n);
	bool (*copy_end)(struct db *db);

	struct query *(*query)(struct db *db, const char *sql);
	void (*free)(struct query *q);
	void (*text)(struct query *q, const char *text);
	void (*text_kept)(struct query *q, const char *text, size_t n);
	void (*bytes)(struct query *q, const void *bytes, size_t n);
	void (*number)(struct query *q, int64_t n);
	void (*only_bytes)(struct query *q);	/* NULL: all are as they are */
	enum db_answer (*step)(struct query *q);
	const char *(*column)(struct query *q, int column);
	int64_t (*column_int)(struct query *q, int column);
	const void *(*column_bytes)(struct query *q, int column, size_t *n);
};

/* Both begin with this, whatever else they hold. */
struct db {
	const struct db_engine *engine;
};
struct query {
	struct db *db;
};

extern const struct db_engine db_sqlite, db_postgresql;

#endif
