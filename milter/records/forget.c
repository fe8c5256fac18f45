/* forget - removes a person from record files and store */

#include "records/forget.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "records/db.h"
#include "records/forget_line.h"
#include "records/forget_server.h"
#include "records/rotated.h"
#include "records/store.h"
#include "records/store_grams.h"
#include "records/store_words.h"

/*
 * The text is shorter now: blanks fill the line, so that the newline stays
 * where it was.
 */
static bool
write_over(int fd, struct buf *line, size_t n, off_t offset)
{
	while (line->len < n)
		buf_putc(line, ' ');
	return pwrite(fd, line->data, n, offset) == (ssize_t)n;
}

static bool
forget_in_file(int fd, FILE *in, const struct forget *what, uint64_t *lines)
{
	struct buf out = BUF_INIT;
	char *line = NULL;
	size_t cap = 0;
	off_t offset = 0;
	ssize_t n;
	bool good = true;

	while (good && (n = getline(&line, &cap, in)) > 0) {
		size_t length = (size_t)n - (line[n - 1] == '\n');

		buf_clear(&out);
		if (forget_in_record(&out, line, length, what)) {
			good = write_over(fd, &out, length, offset);
			++*lines;
		}
		offset += n;
	}
	good = good && !ferror(in);
	free(line);
	buf_free(&out);
	return good;
}

/* The time of a file decides how long it is kept, and which is older. */
static bool
forget_in_path(const char *path, const struct forget *what, uint64_t *lines)
{
	int fd = open(path, O_RDWR | O_CLOEXEC);
	FILE *in = fd < 0 ? NULL : fopen(path, "re");
	uint64_t before = *lines;
	struct stat was;
	bool good = in != NULL && fstat(fd, &was) == 0 &&
	    forget_in_file(fd, in, what, lines) && (*lines == before ||
	    futimens(fd, (struct timespec[2]){ was.st_atim, was.st_mtim })
	    == 0) && fsync(fd) == 0;
	int error = errno;

	if (in != NULL)
		fclose(in);
	if (fd >= 0)
		close(fd);
	errno = error;
	return good;
}

bool
forget_in_files(const char *path, const struct forget *what,
    struct forgotten *f, struct buf *errmsg)
{
	struct rotated_files all = { .v = NULL };
	size_t i;

	rotated_find(&all, path);
	f->compressed += all.compressed;
	for (i = 0; i < all.n; i++)
		if (!forget_in_path(all.v[i].path, what, &f->lines))
			buf_printf(errmsg, "%s%s: %s", errmsg->len > 0 ? "; " :
			    "", all.v[i].path, strerror(errno));
	rotated_free(&all);
	return errmsg->len == 0;
}

/* Each takes the person, the host, and whether any host is meant. */
static bool
forget_columns(struct db *db, const struct forget *what)
{
	static const char *const statements[] = {
		"UPDATE record SET sender = '@' || sender_domain "
		    "WHERE sender = lower(?) AND (host = ? OR ? = 1)",
		"UPDATE record SET login = NULL WHERE lower(login) = lower(?) "
		    "AND (host = ? OR ? = 1)",
		"UPDATE recipient SET address = '@' || domain "
		    "WHERE address = lower(?) AND (record IN "
		    "(SELECT n FROM record WHERE host = ?) OR ? = 1)",
	};
	struct query *q;
	bool good = true;
	size_t i;

	for (i = 0; i < sizeof statements / sizeof statements[0]; i++) {
		q = db_query(db, statements[i]);
		if (q != NULL) {
			query_text(q, what->person);
			query_text(q, what->host);
			query_int(q, what->host == NULL);
		}
		good &= q != NULL && query_step(q) == DB_DONE;
		query_free(q);
	}
	return good;
}

/* The line, and what the record is found by. */
static bool
replace_line(struct db *db, int64_t n, const char *was, const char *line)
{
	struct query *q = db_query(db, "UPDATE line SET json = ? WHERE n = ?");
	bool good, words = store_words_there(db);

	if (q == NULL || (words && !(store_words_remove(db, n, was) &&
	    store_words_add(db, n, line)))) {
		query_free(q);
		return false;
	}
	query_text(q, line);
	query_int(q, n);
	good = query_step(q) == DB_DONE;
	query_free(q);
	return good && store_grams_changed(db, n);
}

static bool
forget_lines(struct db *db, const struct forget *what, uint64_t *records)
{
	struct query *q = db_query(db, "SELECT n, json FROM line");
	enum db_answer answer = DB_FAILED;
	struct buf out = BUF_INIT;
	const char *line;
	bool good = q != NULL;

	while (good && (answer = query_step(q)) == DB_ROW) {
		line = query_column(q, 1);
		buf_clear(&out);
		if (line == NULL || !forget_in_record(&out, line,
		    strlen(line), what))
			continue;
		good = replace_line(db, query_column_int(q, 0), line,
		    out.data);
		++*records;
	}
	query_free(q);
	buf_free(&out);
	return good && answer == DB_DONE;
}

/* Words that were taken out stay in the index until it is written anew. */
static bool
forget_words(struct db *db)
{
	return !store_words_there(db) || db_run(db,
	    "INSERT INTO words (words) VALUES ('optimize')");
}

static bool
forget_in_file_store(struct db *db, const struct forget *what,
    uint64_t *records)
{
	/* What is overwritten must be gone from the file, too. */
	return db_run(db, "PRAGMA secure_delete = 1; BEGIN IMMEDIATE") &&
	    forget_columns(db, what) &&
	    forget_lines(db, what, records) &&
	    forget_words(db) &&
	    store_grams_renew(db) &&
	    db_run(db, "COMMIT; PRAGMA wal_checkpoint(TRUNCATE)");
}

bool
forget_in_store(struct store *s, const struct forget *what,
    struct forgotten *f, struct buf *errmsg)
{
	struct db *db = store_db(s);
	bool good = store_is_shared(s) ?
	    forget_on_server(db, what, &f->records) :
	    forget_in_file_store(db, what, &f->records);

	if (!good) {
		buf_puts(errmsg, db_errmsg(db));
		db_run(db, "ROLLBACK");
	}
	return good;
}
