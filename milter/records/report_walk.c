/* report_walk - a report that is counted in one walk over a file's records */

#include "records/report_walk.h"

#include <string.h>

#include "records/db.h"
#include "records/report_gathering.h"

#define TELL_EACH 16384	/* records */

/* Over the records, and beside it over their recipients. */
struct walk {
	struct gathering *g;
	struct query *records, *recipients;
	int64_t rows;			/* of the records; for who waits */
	/*
	 * the recipient at hand is of this record; INT64_MAX: there is none any
	 * more
	 */
	int64_t of;
};

/* To the first recipient of a record not before `n`. */
static bool
skip_recipients(struct walk *w, int64_t n)
{
	enum db_answer answer = DB_ROW;

	while (w->of < n && (answer = query_step(w->recipients)) == DB_ROW)
		w->of = query_column_int(w->recipients, 0);
	if (answer == DB_DONE)
		w->of = INT64_MAX;
	return answer != DB_FAILED;
}

/* They lie in the order of their records. */
static bool
count_recipients(struct walk *w, const struct report_record *record)
{
	enum db_answer answer = DB_ROW;
	const char *address;

	if (!skip_recipients(w, record->n))
		return false;
	while (w->of == record->n && answer == DB_ROW) {
		address = query_column(w->recipients, 1);
		if (record->refused && address != NULL)
			tally_add(&w->g->lists[REPORT_RECIPIENTS], address,
			    strlen(address), 1, record->id);
		answer = query_step(w->recipients);
		if (answer == DB_ROW)
			w->of = query_column_int(w->recipients, 0);
	}
	if (answer == DB_DONE)
		w->of = INT64_MAX;
	return answer != DB_FAILED;
}

#define IN_SPAN "time >= ? AND time < ? AND (host = ? OR ? = 1)"

static void
bind_span(struct query *q, const struct report *r)
{
	query_int(q, r->since);
	query_int(q, r->until);
	query_text(q, r->host);
	query_int(q, r->host == NULL);
}

/* From the first record to the last of that time, in the order of rows. */
static bool
begin(struct walk *w, struct db *db)
{
	struct query *q = db_query(db, "SELECT min(n), max(n), count(*) "
	    "FROM record WHERE " IN_SPAN);
	int64_t from = 0, to = -1;

	if (q != NULL)
		bind_span(q, w->g->r);
	if (q != NULL && query_step(q) == DB_ROW) {
		from = query_column_int(q, 0);
		to = query_column_int(q, 1);
		w->rows = query_column_int(q, 2);
	}
	query_free(q);
	w->records = db_query(db, "SELECT " REPORT_COLUMNS " FROM record "
	    "NOT INDEXED WHERE n BETWEEN ? AND ? AND " IN_SPAN
	    " ORDER BY n");
	w->recipients = db_query(db, "SELECT record, address FROM recipient "
	    "NOT INDEXED WHERE rowid >= coalesce((SELECT min(rowid) FROM "
	    "recipient WHERE record = (SELECT min(record) FROM recipient "
	    "WHERE record >= ?)), 1) ORDER BY rowid");
	if (q == NULL || w->records == NULL || w->recipients == NULL)
		return false;
	query_int(w->records, from);
	query_int(w->records, to);
	bind_span(w->records, w->g->r);
	query_int(w->recipients, from);
	w->of = -1;
	return true;
}

static bool
walk(struct walk *w, report_progress *tell, void *arg)
{
	enum db_answer answer = DB_FAILED;
	struct report_record record;
	int64_t done = 0;
	bool good = true;

	while (good && (answer = query_step(w->records)) == DB_ROW) {
		report_record_read(&record, w->records);
		gathering_count(w->g, &record, GATHERING_ALL);
		gathering_count_bar(w->g, &record);
		good = count_recipients(w, &record);
		if (tell != NULL && done++ % TELL_EACH == 0)
			tell(arg, done, w->rows);
	}
	return good && answer == DB_DONE;
}

bool
report_walk(struct gathering *g, struct db *db, report_progress *tell,
    void *arg)
{
	struct walk w = { .g = g };
	bool good = begin(&w, db) && walk(&w, tell, arg);

	query_free(w.records);
	query_free(w.recipients);
	return good;
}
