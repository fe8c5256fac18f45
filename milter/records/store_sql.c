/* store_sql - where SQLite and PostgreSQL want other words for the same */

#include "records/store_sql.h"

const struct store_sql store_sql_sqlite = {
	.recipient = "EXISTS (SELECT 1 FROM recipient WHERE record = n "
	    "AND address = ?)",
	.domain = "(sender_domain = ? OR EXISTS (SELECT 1 FROM recipient "
	    "WHERE record = n AND domain = ?))",
	.named = "(lower(name) = ? OR substr(lower(name), -length(?)) = ?) "
	    "AND substr('.' || lower(name), -length(?) - 1, 1) = '.'",
	.below = "substr(lower(name), -length(?)) = ?",
	.holds = "holds(line.json, ?)",		/* of db_sqlite */
	.line = "line.n = record.n",
	.get = "SELECT json FROM line WHERE n = "
	    "(SELECT n FROM record WHERE id = ?)",
	.version = "PRAGMA user_version",
};

/* `time` is asked for beside `n`, so that one partition is looked into. */
const struct store_sql store_sql_postgresql = {
	.recipient = "recipients @> ARRAY[?]",
	.domain = "domains @> ARRAY[?]",
	.named = "(reverse(lower(name)) = reverse(?) OR "
	    "(reverse(lower(name)) >= reverse(?) || '.' AND "
	    "reverse(lower(name)) < reverse(?) || '/'))",
	.below = "(reverse(lower(name)) >= reverse(?) AND "
	    "reverse(lower(name)) < reverse(substr(?, 2)) || '/')",
	.holds = "line.json ILIKE ? ESCAPE '\\'",
	.like = true,
	.line = "line.n = record.n AND line.time = record.time",
	.get = "SELECT json FROM record JOIN line USING (n, time) "
	    "WHERE id = ?",
	.version = "SELECT works_from FROM saywhy",
};
