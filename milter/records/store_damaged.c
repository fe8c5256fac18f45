/* store_damaged - what becomes of a damaged store */

#include "records/store_damaged.h"

#include <dirent.h>
#include <errno.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "records/db.h"

#define MARK ".damaged-"

static void
beside(struct buf *name, const char *path, const char *end)
{
	buf_clear(name);
	buf_printf(name, "%s%s", path, end);
}

/* What SQLite keeps beside the file belongs to it; the -shm is made anew. */
static void
take_log_along(const char *path, const char *to)
{
	struct buf from = BUF_INIT, log = BUF_INIT;

	beside(&from, path, "-wal");
	beside(&log, to, "-wal");
	(void)!rename(from.data, log.data);
	beside(&from, path, "-shm");
	(void)!unlink(from.data);
	buf_free(&from);
	buf_free(&log);
}

bool
store_rename_damaged(const char *path, struct buf *to, struct buf *errmsg)
{
	time_t now = time(NULL);
	char stamp[32];
	struct tm tm;

	gmtime_r(&now, &tm);
	strftime(stamp, sizeof stamp, MARK "%Y%m%dT%H%M%SZ", &tm);
	beside(to, path, stamp);
	if (rename(path, to->data) != 0) {
		buf_printf(errmsg, "%s: %s", to->data, strerror(errno));
		return false;
	}
	take_log_along(path, to->data);
	return true;
}

void
store_expire_damaged(const char *path, int64_t oldest)
{
	char *for_dir = mem_dup(path), *for_base = mem_dup(path);
	const char *dir = dirname(for_dir);
	struct buf start = BUF_INIT, name = BUF_INIT;
	const struct dirent *entry;
	DIR *d = opendir(dir);
	struct stat st;

	buf_printf(&start, "%s" MARK, basename(for_base));
	while (d != NULL && (entry = readdir(d)) != NULL) {
		if (strncmp(entry->d_name, start.data, start.len) != 0)
			continue;
		buf_clear(&name);
		buf_printf(&name, "%s/%s", dir, entry->d_name);
		if (lstat(name.data, &st) == 0 && S_ISREG(st.st_mode) &&
		    st.st_mtim.tv_sec < oldest / 1000)
			(void)!unlink(name.data);
	}
	if (d != NULL)
		closedir(d);
	buf_free(&start);
	buf_free(&name);
	free(for_dir);
	free(for_base);
}

static bool
pages_are_whole(struct db *db, struct buf *errmsg)
{
	struct query *q = db_query(db, "PRAGMA integrity_check(20)");
	enum db_answer answer = DB_FAILED;
	bool good = q != NULL;
	const char *words;

	while (q != NULL && (answer = query_step(q)) == DB_ROW) {
		words = query_column(q, 0);
		if (words != NULL && strcmp(words, "ok") == 0)
			continue;
		good = false;
		buf_printf(errmsg, "%s\n", words != NULL ? words : "?");
	}
	if (answer == DB_FAILED) {
		good = false;
		buf_printf(errmsg, "%s\n", db_errmsg(db));
	}
	query_free(q);
	return good;
}

bool
store_check(const char *path, int64_t *records, struct buf *errmsg)
{
	struct db *db = db_open(path, false, NULL, errmsg);
	bool good;

	*records = -1;
	if (db == NULL)
		return false;
	good = pages_are_whole(db, errmsg);
	if (good)
		*records = db_number(db, "SELECT count(*) FROM record", -1);
	db_close(db);
	return good && *records >= 0;
}
