/* db_sqlite - the door to SQLite */

#include "records/db_engine.h"

#include <ctype.h>
#include <pthread.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/pattern.h"
#include "base/regular_file.h"
#include "base/sqlite.h"

#define PATIENCE_MS 5000

struct file_db {
	struct db db;
	sqlite3 *handle;
};

struct file_query {
	struct query query;
	sqlite3_stmt *statement;
	int bound;
};

static sqlite3 *
handle(const struct db *db)
{
	return ((const struct file_db *)db)->handle;
}

static sqlite3_stmt *
statement(struct query *q)
{
	return ((struct file_query *)q)->statement;
}

/* The place of the next `?`. */
static int
next(struct query *q)
{
	return ++((struct file_query *)q)->bound;
}

static bool
is_damaged(const struct db *db)
{
	int code = sqlite3_errcode(handle(db)) & 0xff;

	return code == SQLITE_CORRUPT || code == SQLITE_NOTADB;
}

static bool
is_duplicate(const struct db *db)
{
	return (sqlite3_errcode(handle(db)) & 0xff) == SQLITE_CONSTRAINT;
}

static void
close_file(struct db *db)
{
	sqlite3_close(handle(db));
	free(db);
}

static const char *
errmsg_of(const struct db *db)
{
	return sqlite3_errmsg(handle(db));
}

static bool
run(struct db *db, const char *sql)
{
	return sqlite3_exec(handle(db), sql, NULL, NULL, NULL) == SQLITE_OK;
}

static bool
prepare_to_write(struct db *db)
{
	int keep = 1;

	sqlite3_file_control(handle(db), "main", SQLITE_FCNTL_PERSIST_WAL,
	    &keep);
	return run(db, "PRAGMA auto_vacuum = INCREMENTAL;"
	    "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;"
	    "PRAGMA journal_size_limit = 33554432;"
	    "PRAGMA wal_autocheckpoint = 8192; PRAGMA cache_size = -16384;"
	    "PRAGMA temp_store = MEMORY");
}

static void
free_pattern(void *pattern)
{
	pattern_free(pattern);
}

/* Kept by the statement for all its rows. */
static struct pattern *
pattern_of(sqlite3_context *c, const char *text)
{
	struct buf quoted = BUF_INIT, errmsg = BUF_INIT;
	struct pattern *p;

	buf_putc(&quoted, '/');
	for (; *text != '\0'; text++) {
		if (ispunct((unsigned char)*text) ||
		    isspace((unsigned char)*text))
			buf_putc(&quoted, '\\');
		buf_putc(&quoted, *text);
	}
	buf_puts(&quoted, "/i");
	p = pattern_new(quoted.data, &errmsg);
	if (p != NULL)
		sqlite3_set_auxdata(c, 1, p, free_pattern);
	else
		sqlite3_result_error(c, errmsg.data, -1);
	buf_free(&quoted);
	buf_free(&errmsg);
	/* Without memory it is freed at once. */
	return sqlite3_get_auxdata(c, 1);
}

/* holds(text, word): LIKE '%word%' with no wildcards in it, but quickly. */
static void
holds(sqlite3_context *c, int n, sqlite3_value **values)
{
	const char *text = (const char *)sqlite3_value_text(values[0]);
	const char *word = (const char *)sqlite3_value_text(values[1]);
	struct pattern *p = sqlite3_get_auxdata(c, 1);
	enum pattern_result found;

	(void)n;
	if (text == NULL || word == NULL)
		return;
	if (p == NULL && (p = pattern_of(c, word)) == NULL)
		return;
	found = pattern_match(p, text,
	    (size_t)sqlite3_value_bytes(values[0]), NULL, NULL);
	if (found == PATTERN_LIMIT)
		sqlite3_result_error_nomem(c);
	else
		sqlite3_result_int(c, found == PATTERN_YES);
}

/* SQLite would wait for a FIFO. */
static bool
is_file(const char *path, struct buf *errmsg)
{
	struct buf words = BUF_INIT;
	bool good = regular_file_or_none(path, &words);

	if (!good)
		buf_printf(errmsg, "%s: %s", path, words.data);
	buf_free(&words);
	return good;
}

static struct db *
open_file(const char *path, bool to_write, int ms, bool *damaged,
    struct buf *errmsg)
{
	struct file_db *file;
	struct db *db;
	int flags = SQLITE_OPEN_NOMUTEX | (to_write ?
	    SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READONLY);

	(void)ms;		/* nobody is far away */
	if (damaged != NULL)
		*damaged = false;
	if (!sqlite_is_there()) {
		buf_printf(errmsg, "%s: cannot be read without SQLite", path);
		return NULL;
	}
	if (!is_file(path, errmsg))
		return NULL;
	file = mem_alloc(sizeof *file);
	db = &file->db;
	db->engine = &db_sqlite;
	if (sqlite3_open_v2(path, &file->handle, flags, NULL) == SQLITE_OK) {
		sqlite3_busy_timeout(handle(db), PATIENCE_MS);
		sqlite3_create_function(handle(db), "holds", 2,
		    SQLITE_UTF8 | SQLITE_DETERMINISTIC, NULL, holds, NULL,
		    NULL);
		if (to_write ? prepare_to_write(db) :
		    run(db, "PRAGMA query_only = 1;"
		    "SELECT 1 FROM sqlite_master LIMIT 1"))
			return db;
	}
	buf_printf(errmsg, "%s: %s", path, errmsg_of(db));
	if (damaged != NULL)
		*damaged = is_damaged(db);
	close_file(db);
	return NULL;
}

/*
 * A row lies in memory that nobody has looked at for long, and a page is read
 * backwards and in jumps, which no processor foresees: waiting for memory was
 * half of reading all lines. So all of a page in the map is fetched as soon as
 * SQLite asks for it.
 */
#define CACHE_LINE 64

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static const sqlite3_io_methods *own;	/* SQLite's; NULL: not known yet */
static sqlite3_io_methods ahead;	/* the same with fetch() */

static int
fetch(sqlite3_file *file, sqlite3_int64 offset, int n, void **page)
{
	int answer = own->xFetch(file, offset, n, page), i;
	const volatile char *bytes = *page;

	if (answer != SQLITE_OK || bytes == NULL)
		return answer;
	(void)bytes[0];		/* only what is mapped can be fetched */
	for (i = 0; i < n; i += CACHE_LINE)
		__builtin_prefetch((const char *)*page + i);
	return answer;
}

static void
read_all(struct db *db)
{
	sqlite3_file *file = NULL;

	run(db, "PRAGMA mmap_size = 4294967296");
	sqlite3_file_control(handle(db), "main", SQLITE_FCNTL_FILE_POINTER,
	    &file);
	if (file == NULL || file->pMethods == NULL)
		return;
	pthread_mutex_lock(&lock);
	if (own == NULL && file->pMethods->iVersion >= 3) {
		ahead = *file->pMethods;
		ahead.xFetch = fetch;
		own = file->pMethods;
	}
	if (file->pMethods == own)
		file->pMethods = &ahead;
	pthread_mutex_unlock(&lock);
}

static struct query *
query(struct db *db, const char *sql)
{
	struct file_query *q = mem_alloc(sizeof *q);

	q->query.db = db;
	if (sqlite3_prepare_v2(handle(db), sql, -1, &q->statement, NULL) ==
	    SQLITE_OK)
		return &q->query;
	free(q);
	return NULL;
}

static void
free_query(struct query *q)
{
	sqlite3_finalize(statement(q));
	free(q);
}

static void
bind_text(struct query *q, const char *text)
{
	sqlite3_bind_text(statement(q), next(q), text, -1,
	    SQLITE_TRANSIENT);
}

static void
bind_kept(struct query *q, const char *text, size_t n)
{
	sqlite3_bind_text(statement(q), next(q), text, (int)n,
	    SQLITE_STATIC);
}

static void
bind_bytes(struct query *q, const void *bytes, size_t n)
{
	sqlite3_bind_blob(statement(q), next(q), bytes, (int)n,
	    SQLITE_TRANSIENT);
}

static void
bind_int(struct query *q, int64_t n)
{
	sqlite3_bind_int64(statement(q), next(q), n);
}

static enum db_answer
step(struct query *q)
{
	int answer = sqlite3_step(statement(q));

	if (answer == SQLITE_ROW)
		return DB_ROW;
	sqlite3_reset(statement(q));
	((struct file_query *)q)->bound = 0;
	return answer == SQLITE_DONE ? DB_DONE : DB_FAILED;
}

static const char *
column_text(struct query *q, int column)
{
	return (const char *)sqlite3_column_text(statement(q), column);
}

static int64_t
column_int(struct query *q, int column)
{
	return sqlite3_column_int64(statement(q), column);
}

static const void *
column_bytes(struct query *q, int column, size_t *n)
{
	const void *bytes = sqlite3_column_blob(statement(q), column);

	*n = (size_t)sqlite3_column_bytes(statement(q), column);
	return bytes;
}

static int64_t
last(const struct db *db)
{
	return sqlite3_last_insert_rowid(handle(db));
}

static int
changed(const struct db *db)
{
	return sqlite3_changes(handle(db));
}

const struct db_engine db_sqlite = {
	.open = open_file, .close = close_file, .errmsg = errmsg_of,
	.is_damaged = is_damaged, .is_duplicate = is_duplicate,
	.run = run, .read_all = read_all, .last = last,
	.size = "SELECT (page_count - freelist_count) * page_size FROM "
	    "pragma_page_count, pragma_freelist_count, pragma_page_size",
	.changed = changed, .query = query, .free = free_query,
	.text = bind_text, .text_kept = bind_kept, .bytes = bind_bytes,
	.number = bind_int, .step = step, .column = column_text,
	.column_int = column_int, .column_bytes = column_bytes
};
