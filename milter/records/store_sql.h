/*
 * store_sql.h - where SQLite and PostgreSQL want other words for the same
 *
 * Statements that both take stand where they are used; a piece that differs
 * stands here, once for each. Conditions are about the row of `record` at hand;
 * each `?` of a condition takes the same value.
 */
#ifndef RECORDS_STORE_SQL_H
#define RECORDS_STORE_SQL_H

#include <stdbool.h>

struct store;

struct store_sql {
	const char *recipient;	/* one of them; in lower case */
	const char *domain;	/* of the sender or of a recipient */
	const char *named;	/* the name, or one below it; in lower case */
	const char *below;	/* ".example.org": below it only */
	const char *holds;	/* a text, in every case; of a row of `line` */
	bool like;		/* it is a pattern of LIKE, and to read all
				   lines in turn for it is of no use */
	const char *line;	/* which row of `line` is its own */
	const char *get;	/* the line of an id */
	const char *version;	/* of the schema */
};

extern const struct store_sql store_sql_sqlite, store_sql_postgresql;

const struct store_sql *store_sql(const struct store *s);

#endif
