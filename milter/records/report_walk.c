/* report_walk - a report that is counted in one walk over a file's records */

#include "records/report_walk.h"

#include <string.h>

#include "base/buf.h"
#include "records/db.h"
#include "records/report_alike.h"
#include "records/report_deferred.h"
#include "records/report_gathering.h"

#define TELL_EACH 16384	/* records */

static const enum report_list large[] = { REPORT_CLIENTS, REPORT_SENDERS,
	REPORT_RECIPIENTS };

/* Columns behind those that report_record_read() has read. */
enum { LATER = 13, SENDER = 15 };

enum { CLIENTS, SENDERS, RECIPIENTS, NBATCHES };

/* Over the records, and beside it over their recipients. */
struct walk {
	struct gathering *g;
	struct tally_batch batches[NBATCHES];
	struct alike alike;
	struct deferrals deferrals;
	int64_t from, to;		/* the first and the last row */
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

static bool
is_deferred(const struct report_record *r)
{
	return r->outcome != NULL && strcmp(r->outcome, "tempfail") == 0 &&
	    r->direction != NULL && strcmp(r->direction, "out") != 0;
}

/* They lie in the order of their records. */
static bool
count_recipients(struct walk *w, const struct report_record *record)
{
	bool deferred = is_deferred(record);
	const char *sender = deferred ? query_column(w->records, SENDER) : NULL;
	int64_t later = deferred ? query_column_int(w->records, LATER) : 0;
	enum db_answer answer = DB_ROW;
	const char *address;

	if (!skip_recipients(w, record->n))
		return false;
	while (w->of == record->n && answer == DB_ROW) {
		address = query_column(w->recipients, 1);
		if (record->refused && address != NULL)
			tally_batch_add(&w->batches[RECIPIENTS], address,
			    strlen(address), 1, record->id);
		if (deferred)
			deferrals_add(&w->deferrals, record, sender, address,
			    later);
		answer = query_step(w->recipients);
		if (answer == DB_ROW)
			w->of = query_column_int(w->recipients, 0);
	}
	if (answer == DB_DONE)
		w->of = INT64_MAX;
	return answer != DB_FAILED;
}

/*
 * The first and last row of that time. Of every host: the index of times is
 * enough then, and the walk leaves the others out.
 */
static bool
find_ends(struct walk *w, struct db *db)
{
	struct query *q = db_query(db, "SELECT min(n), max(n), count(*) "
	    "FROM record WHERE time >= ? AND time < ?");
	bool good = false;

	if (q == NULL)
		return false;
	query_int(q, w->g->r->since);
	query_int(q, w->g->r->until);
	if (query_step(q) == DB_ROW) {
		good = true;
		w->rows = query_column_int(q, 2);
		w->from = query_column_int(q, 0);
		w->to = w->rows > 0 ? query_column_int(q, 1) : -1;
	}
	query_free(q);
	return good;
}

#define RECORDS "SELECT " REPORT_COLUMNS ", sender FROM record NOT INDEXED " \
	"WHERE n BETWEEN ? AND ? AND time >= ? AND time < ?"

/* From the first record to the last of that time, in the order of rows. */
static bool
begin(struct walk *w, struct db *db)
{
	size_t i;

	for (i = 0; i < NBATCHES; i++)
		tally_batch_begin(&w->batches[i], &w->g->lists[large[i]]);
	if (!find_ends(w, db))
		return false;
	w->records = db_query(db, w->g->r->host != NULL ?
	    RECORDS " AND host = ? ORDER BY n" : RECORDS " ORDER BY n");
	w->recipients = db_query(db, "SELECT record, address FROM recipient "
	    "NOT INDEXED WHERE rowid >= coalesce((SELECT min(rowid) FROM "
	    "recipient WHERE record = (SELECT min(record) FROM recipient "
	    "WHERE record >= ?)), 1) ORDER BY rowid");
	if (w->records == NULL || w->recipients == NULL)
		return false;
	query_int(w->records, w->from);
	query_int(w->records, w->to);
	query_int(w->records, w->g->r->since);
	query_int(w->records, w->g->r->until);
	if (w->g->r->host != NULL)
		query_text(w->records, w->g->r->host);
	query_int(w->recipients, w->from);
	w->of = -1;
	return true;
}

static void
count(struct walk *w, const struct report_record *record)
{
	struct report_key key;

	alike_add(&w->alike, w->g, record);
	gathering_count(w->g, record, 1u << REPORT_LOGINS |
	    1u << REPORT_PROVIDERS);
	if (report_by_client(record, &key))
		tally_batch_add(&w->batches[CLIENTS], key.bytes, key.n, 1,
		    record->id);
	if (report_by_sender(record, &key))
		tally_batch_add(&w->batches[SENDERS], key.bytes, key.n, 1,
		    record->id);
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
		count(w, &record);
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
	bool good;
	size_t i;

	alike_init(&w.alike);
	deferrals_init(&w.deferrals);
	good = begin(&w, db) && walk(&w, tell, arg);
	alike_count(&w.alike, g);
	alike_free(&w.alike);
	deferrals_count(&w.deferrals, g->r);
	deferrals_free(&w.deferrals);
	for (i = 0; i < NBATCHES; i++)
		tally_batch_end(&w.batches[i]);
	query_free(w.records);
	query_free(w.recipients);
	return good;
}
