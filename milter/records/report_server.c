/* report_server - a report that a PostgreSQL server counts */

#include "records/report_server.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/siphash.h"
#include "records/db.h"
#include "records/digest.h"
#include "records/report_deferred.h"
#include "records/report_gathering.h"

/* What it gives is a record and how many are alike: REPORT_COLUMNS. */
#define IN_SPAN "time >= ? AND time < ? AND (host = ? OR ? = 1)"
#define WHERE " FROM record WHERE " IN_SPAN
#define REFUSED " AND outcome IN ('reject', 'tempfail', 'bounced', " \
	"'deferred')"

static const struct {
	unsigned lists;
	bool bars;		/* `time` is where a bar begins */
	const char *sql;
} grouped[] = {
	{ ~(1u << REPORT_CLIENTS | 1u << REPORT_SENDERS |
	    1u << REPORT_PROVIDERS | 1u << REPORT_LATER), true,
	    "SELECT 0, bar * ? + ?, max(id), outcome, reason, who, issuer, "
	    "direction, source, login, NULL, NULL, NULL, NULL, count(*) "
	    "FROM (SELECT (time - ?) / ? AS bar, id, outcome, reason, who, "
	    "issuer, direction, source, login" WHERE ") AS r GROUP BY bar, "
	    "outcome, reason, who, issuer, direction, source, login" },
	{ 1u << REPORT_CLIENTS, false,
	    "SELECT 0, 0, max(id), 'reject', NULL, NULL, NULL, NULL, NULL, "
	    "NULL, NULL, NULL, client, NULL, count(*)" WHERE REFUSED
	    " AND client IS NOT NULL GROUP BY client" },
	{ 1u << REPORT_SENDERS, false,
	    "SELECT 0, 0, max(id), 'reject', NULL, NULL, NULL, NULL, NULL, "
	    "NULL, NULL, sender_domain, NULL, NULL, count(*)" WHERE REFUSED
	    " AND sender_domain IS NOT NULL GROUP BY sender_domain" },
	{ 1u << REPORT_PROVIDERS, false,
	    "SELECT 0, 0, max(id), 'reject', reason, NULL, issuer, direction, "
	    "NULL, NULL, name, NULL, NULL, NULL, count(*)" WHERE REFUSED
	    " AND issuer = 'saywhy' AND direction <> 'out' AND "
	    "name IS NOT NULL GROUP BY reason, issuer, direction, name" },
};

/* What somebody came back with: few, by an index of their own. */
static const char later[] = "SELECT 0, 0, max(id), 'reject', reason, NULL, "
    "NULL, NULL, NULL, NULL, NULL, NULL, NULL, 1, count(*)" WHERE
    " AND later IS NOT NULL AND outcome = 'reject' GROUP BY reason";

#define MAILS " FROM record, unnest(recipients) AS address WHERE " IN_SPAN \
	" AND outcome = 'tempfail' AND direction <> 'out'"

static void
bind_span(struct query *q, const struct report *r, int64_t since,
    int64_t until)
{
	query_int(q, since);
	query_int(q, until);
	query_text(q, r->host);
	query_int(q, r->host == NULL);
}

static bool
take_records(struct gathering *g, struct query *q, unsigned lists, bool bars)
{
	struct report_record record;
	enum db_answer answer;

	while ((answer = query_step(q)) == DB_ROW) {
		report_record_read(&record, q);
		gathering_count(g, &record, lists);
		if (bars)
			gathering_count_bar(g, &record);
	}
	query_free(q);
	return answer == DB_DONE;
}

static bool
ask_records(struct gathering *g, struct db *db, size_t i, int64_t since,
    int64_t until)
{
	struct query *q = db_query(db, grouped[i].sql);

	if (grouped[i].bars) {
		query_int(q, g->r->step);
		query_int(q, g->r->since);
		query_int(q, g->r->since);
		query_int(q, g->r->step);
	}
	bind_span(q, g->r, since, until);
	return take_records(g, q, grouped[i].lists, grouped[i].bars);
}

static bool
ask_later(struct gathering *g, struct db *db)
{
	struct query *q = db_query(db, later);

	bind_span(q, g->r, g->r->since, g->r->until);
	return take_records(g, q, 1u << REPORT_LATER, false);
}

static bool
ask_recipients(struct gathering *g, struct db *db, int64_t since,
    int64_t until)
{
	struct query *q = db_query(db, "SELECT address, count(*), max(id) "
	    "FROM (SELECT unnest(recipients) AS address, id" WHERE REFUSED
	    ") AS r GROUP BY address");
	enum db_answer answer;
	const char *address;

	bind_span(q, g->r, since, until);
	while ((answer = query_step(q)) == DB_ROW) {
		address = query_column(q, 0);
		tally_add(&g->lists[REPORT_RECIPIENTS], address,
		    strlen(address), query_column_int(q, 1),
		    query_column(q, 2));
	}
	query_free(q);
	return answer == DB_DONE;
}

/*
 * Deferrals of one mail, a sender and a recipient, for one reason. The mail is
 * known by a hash, as there may be millions; the key is no secret.
 */
static void
count_deferred(struct gathering *g, struct query *q, int64_t count)
{
	static const uint64_t key[2] = { 0x6465666572726564, 0 };
	const char *reason = query_column(q, 0);
	const char *sender = query_column(q, 1);
	struct buf b = BUF_INIT;
	uint64_t hash;

	buf_puts(&b, sender);
	buf_putc(&b, sender != NULL ? '\0' : '\1');
	buf_puts(&b, query_column(q, 2));
	hash = siphash(key, b.data, b.len);
	buf_clear(&b);
	buf_put(&b, &hash, sizeof hash);
	buf_puts(&b, reason);
	tally_add(&g->deferred, b.data, b.len, count, NULL);
	buf_free(&b);
}

static bool
ask_deferred(struct gathering *g, struct db *db, int64_t since,
    int64_t until)
{
	struct query *q = db_query(db, "SELECT coalesce(reason, "
	    "'not recognised') AS why, sender, address, count(*)" MAILS
	    " GROUP BY why, sender, address");
	enum db_answer answer;

	bind_span(q, g->r, since, until);
	while ((answer = query_step(q)) == DB_ROW)
		count_deferred(g, q, query_column_int(q, 3));
	query_free(q);
	return answer == DB_DONE;
}

/*
 * Those that were taken later, with their delay; what is left of the others
 * was not.
 */
static bool
take_deferred(struct gathering *g, struct db *db)
{
	struct query *q = db_query(db, "SELECT coalesce(reason, "
	    "'not recognised') AS why, sender, address, "
	    "later - min(time) AS delay, count(*)" MAILS
	    " AND later IS NOT NULL "
	    "GROUP BY why, sender, address, later ORDER BY why, delay");
	struct report_delays d = { .v = NULL };
	const struct tally_row *t;
	enum db_answer answer;

	bind_span(q, g->r, g->r->since, g->r->until);
	while ((answer = query_step(q)) == DB_ROW) {
		report_deferred_taken(g->r, &d, query_column(q, 0),
		    query_column_int(q, 3));
		count_deferred(g, q, -query_column_int(q, 4));
	}
	query_free(q);
	free(d.v);
	for (t = g->deferred.v; t < g->deferred.v + g->deferred.n; t++)
		if (t->count > 0)
			report_deferred_missed(g->r, g->deferred.names.data +
			    t->at + sizeof(uint64_t), t->n - sizeof(uint64_t));
	report_deferred_sort(g->r);
	return answer == DB_DONE;
}

bool
report_server_count(struct gathering *g, struct db *db, int64_t since,
    int64_t until)
{
	size_t i;

	for (i = 0; i < sizeof grouped / sizeof grouped[0]; i++)
		if (!ask_records(g, db, i, since, until))
			return false;
	return ask_recipients(g, db, since, until) &&
	    ask_deferred(g, db, since, until);
}

/* Digests where there are some, and what lies between them. */
static bool
gather(struct gathering *g, struct db *db)
{
	struct digest_gaps gaps = { .v = NULL };
	size_t i;
	bool good = digest_read(g, db, &gaps);

	for (i = 0; good && i < gaps.n; i++)
		good = report_server_count(g, db, gaps.v[i].since,
		    gaps.v[i].until);
	free(gaps.v);
	return good && ask_later(g, db) && take_deferred(g, db);
}

/* As of one moment: a digest may go while its records come. */
bool
report_server_gather(struct gathering *g, struct db *db)
{
	return db_run(db, "BEGIN ISOLATION LEVEL REPEATABLE READ") &&
	    gather(g, db) && db_run(db, "COMMIT");
}
