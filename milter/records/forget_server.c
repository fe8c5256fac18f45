/* forget_server - removes a person from a store in PostgreSQL */

#include "records/forget_server.h"

#include <string.h>

#include "base/buf.h"
#include "records/db.h"
#include "records/digest.h"
#include "records/forget.h"
#include "records/forget_line.h"

#define SLICE 1000		/* lines that are changed at a time */

/* Each `?` is the person, in lower case as the columns are. */
static const char *const columns[] = {
	"UPDATE record SET sender = '@' || sender_domain "
	    "WHERE sender = lower(?)",
	"UPDATE record SET login = NULL WHERE login IS NOT NULL AND "
	    "lower(login) = lower(?)",
	"UPDATE record SET recipients = array_replace(recipients, lower(?), "
	    "substring(lower(?) from '@[^@]*$')) "
	    "WHERE recipients @> ARRAY[lower(?)]",
};

#define OF_HOST " AND (host = ? OR ? = 1)"

static bool
forget_column(struct db *db, const char *column, const struct forget *what)
{
	struct buf sql = BUF_INIT;
	struct query *q;
	bool good;

	buf_printf(&sql, "%s" OF_HOST, column);
	q = db_query(db, sql.data);
	for (; *column != '\0'; column++)
		if (*column == '?')
			query_text(q, what->person);
	query_text(q, what->host);
	query_int(q, what->host == NULL);
	good = query_step(q) == DB_DONE;
	query_free(q);
	buf_free(&sql);
	return good;
}

static bool
forget_columns(struct db *db, const struct forget *what)
{
	bool good = true;
	size_t i;

	for (i = 0; good && i < sizeof columns / sizeof columns[0]; i++)
		good = forget_column(db, columns[i], what);
	return good;
}

/* Anywhere in a line, whatever its case; signs of LIKE mean themselves. */
static void
put_pattern(struct buf *out, const char *person)
{
	struct buf text = BUF_INIT;
	const char *c;

	forget_put_as_json(&text, person);
	buf_putc(out, '%');
	for (c = text.data; *c != '\0'; c++) {
		if (strchr("%_\\", *c) != NULL)
			buf_putc(out, '\\');
		buf_putc(out, *c);
	}
	buf_putc(out, '%');
	buf_free(&text);
}

static bool
replace_line(struct db *db, int64_t n, int64_t time, const char *line)
{
	struct query *q = db_query(db, "UPDATE line SET json = ? "
	    "WHERE n = ? AND time = ?");
	bool good;

	query_text(q, line);
	query_int(q, n);
	query_int(q, time);
	good = query_step(q) == DB_DONE;
	query_free(q);
	return good;
}

struct slice {
	size_t n;
	int64_t rows[SLICE], times[SLICE];
	struct buf lines;	/* each ends in a NUL */
	int64_t last;		/* row that was looked at last */
};

/* The next lines that hold the person, changed. */
static bool
read_slice(struct db *db, const char *pattern, const struct forget *what,
    struct slice *s)
{
	struct query *q = db_query(db, "SELECT n, time, json FROM line "
	    "WHERE n > ? AND json ILIKE ? ORDER BY n LIMIT ?");
	enum db_answer answer;
	const char *line;

	s->n = 0;
	buf_clear(&s->lines);
	query_int(q, s->last);
	query_text(q, pattern);
	query_int(q, SLICE);
	while ((answer = query_step(q)) == DB_ROW) {
		size_t before = s->lines.len;

		line = query_column(q, 2);
		s->last = query_column_int(q, 0);
		s->rows[s->n] = s->last;
		s->times[s->n] = query_column_int(q, 1);
		if (!forget_in_record(&s->lines, line, strlen(line), what)) {
			buf_cut(&s->lines, before);
			continue;
		}
		buf_putc(&s->lines, '\0');
		s->n++;
	}
	query_free(q);
	return answer == DB_DONE;
}

static bool
forget_lines(struct db *db, const struct forget *what, uint64_t *records)
{
	struct slice s = { .lines = BUF_INIT, .last = -1 };
	struct buf pattern = BUF_INIT;
	int64_t before = -1;
	const char *line;
	bool good = true;
	size_t i;

	put_pattern(&pattern, what->person);
	do {
		before = s.last;
		good = read_slice(db, pattern.data, what, &s);
		line = s.lines.data;
		for (i = 0; good && i < s.n; i++) {
			good = replace_line(db, s.rows[i], s.times[i], line);
			line = strchr(line, '\0') + 1;
		}
		*records += s.n;
	} while (good && s.last != before);
	buf_free(&s.lines);
	buf_free(&pattern);
	return good;
}

/* What an UPDATE leaves behind goes with VACUUM. */
bool
forget_on_server(struct db *db, const struct forget *what, uint64_t *records)
{
	return db_run(db, "BEGIN; LOCK TABLE place IN EXCLUSIVE MODE") &&
	    digest_take_away_all(db) && forget_columns(db, what) &&
	    forget_lines(db, what, records) &&
	    db_run(db, "COMMIT") && (*records == 0 ||
	    (db_run(db, "VACUUM record") && db_run(db, "VACUUM line")));
}
