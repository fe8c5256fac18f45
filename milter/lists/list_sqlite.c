/*
 * list_sqlite - sqlite: lists, a table of keys and comments
 *
 * The only SQL outside records/: the file belongs to the admin, is opened to
 * read alone, and has nothing to do with our own database.
 */

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "base/mem.h"
#include "base/regular_file.h"
#include "base/sqlite.h"
#include "lists/list_format.h"

#define TABLE "list"
/* How long a search waits for somebody who writes. */
#define BUSY_MS 200
#define NAME_LETTERS "abcdefghijklmnopqrstuvwxyz" \
	"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_"

struct content {
	sqlite3 *db;
	sqlite3_stmt *find;
	pthread_mutex_t lock;	/* of both */
};

static void
free_content(void *content)
{
	struct content *c = content;

	sqlite3_finalize(c->find);
	sqlite3_close(c->db);
	pthread_mutex_destroy(&c->lock);
	free(c);
}

/*
 * "FILE:TABLE" or "FILE": the file's name, owned; the table's, or its default.
 */
static char *
split(const char *path, const char **table)
{
	const char *colon = strrchr(path, ':');

	if (colon == NULL) {
		*table = TABLE;
		return mem_dup(path);
	}
	*table = colon + 1;
	return mem_ndup(path, (size_t)(colon - path));
}

static bool
prepare(struct content *c, const char *file, const char *table)
{
	struct buf query = BUF_INIT;
	int error = sqlite3_open_v2(file, &c->db,
	    SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, NULL);

	if (error == SQLITE_OK) {
		sqlite3_busy_timeout(c->db, BUSY_MS);
		buf_printf(&query, "SELECT comment FROM \"%s\" WHERE key = ?1",
		    table);
		error = sqlite3_prepare_v2(c->db, query.data, -1, &c->find,
		    NULL);
		buf_free(&query);
	}
	return error == SQLITE_OK;
}

/* SQLite would wait for a FIFO. */
static bool
is_file(const char *path, struct diags *d)
{
	struct buf words = BUF_INIT;
	bool good = regular_file_or_none(path, &words);

	if (!good)
		diags_error(d, path, 0, "%s", words.data);
	buf_free(&words);
	return good;
}

static void *
load(const char *path, struct diags *d)
{
	struct content *c;
	const char *table;
	char *file;
	bool named, good;

	if (!sqlite_is_there()) {
		diags_error(d, path, 0, "cannot be read without SQLite");
		return NULL;
	}
	file = split(path, &table);
	if (!is_file(file, d)) {
		free(file);
		return NULL;
	}
	c = mem_alloc(sizeof *c);
	named = *table != '\0' && table[strspn(table, NAME_LETTERS)] == '\0';
	good = named && prepare(c, file, table);
	pthread_mutex_init(&c->lock, NULL);
	if (!named)
		diags_error(d, path, 0, "\"%.60s\" is no name of a table",
		    table);
	else if (!good)
		diags_error(d, path, 0, "%s", sqlite3_errmsg(c->db));
	free(file);
	if (good)
		return c;
	free_content(c);
	return NULL;
}

static enum list_answer
get(void *content, const char *key, size_t n, struct buf *comment)
{
	struct content *c = content;
	enum list_answer answer = LIST_NO;
	int step;

	pthread_mutex_lock(&c->lock);
	sqlite3_bind_text(c->find, 1, key, (int)n, SQLITE_STATIC);
	step = sqlite3_step(c->find);
	if (step == SQLITE_ROW) {
		answer = LIST_YES;
		buf_puts(comment,
		    (const char *)sqlite3_column_text(c->find, 0));
	} else if (step != SQLITE_DONE) {
		answer = LIST_TEMPFAIL;
		buf_puts(comment, sqlite3_errmsg(c->db));
	}
	sqlite3_reset(c->find);
	pthread_mutex_unlock(&c->lock);
	return answer;
}

const struct list_format list_format_sqlite = {
	.prefix = "sqlite:",
	.load = load,
	.free = free_content,
	.get = get
};
