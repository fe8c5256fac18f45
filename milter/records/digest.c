/* digest - what reports count, of hours and days that are over */

#include "records/digest.h"

#include <inttypes.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "records/db.h"
#include "records/digest_bytes.h"
#include "records/report_gathering.h"

#define DAY (24 * DIGEST_HOUR)

/*
 * Hours are locked by their number modulo this: by many who add records, or by
 * the one who counts them.
 */
#define LOCKS 64
#define LOCK "(hashtext('saywhy digest'), "

static void
add_gap(struct digest_gaps *gaps, int64_t since, int64_t until)
{
	if (since >= until)
		return;
	gaps->v = mem_room(gaps->v, gaps->n, &gaps->cap, sizeof *gaps->v);
	gaps->v[gaps->n++] = (struct digest_gap){ since, until };
}

/* Days inside of the span, and the hours that no such day holds. */
static struct query *
ask(const struct report *r, struct db *db)
{
	struct query *q = db_query(db, "SELECT counts FROM digest AS d "
	    "WHERE begins >= ? AND begins + hours * 3600000 <= ? AND "
	    "(hours = 24 OR NOT EXISTS (SELECT 1 FROM digest AS e WHERE "
	    "e.hours = 24 AND e.begins = d.begins - d.begins % 86400000 AND "
	    "e.begins >= ? AND e.begins + 86400000 <= ?)) ORDER BY begins");

	query_only_bytes(q);
	query_int(q, r->since);
	query_int(q, r->until);
	query_int(q, r->since);
	query_int(q, r->until);
	return q;
}

bool
digest_read(struct gathering *g, struct db *db, struct digest_gaps *gaps)
{
	int64_t at = g->r->since;
	enum db_answer answer = DB_DONE;
	struct digest_gap of;
	const void *bytes;
	struct query *q;
	size_t n;

	if (g->r->host != NULL || at % DIGEST_HOUR != 0) {
		add_gap(gaps, at, g->r->until);
		return true;
	}
	q = ask(g->r, db);
	while ((answer = query_step(q)) == DB_ROW) {
		bytes = query_column_bytes(q, 0, &n);
		if (!digest_bytes_add(g, bytes, n, &of))
			continue;	/* of another version */
		add_gap(gaps, at, of.since);
		at = of.until;
	}
	query_free(q);
	add_gap(gaps, at, g->r->until);
	return answer == DB_DONE;
}

/* Who counts waits for those who add, and they for it. */
bool
digest_take_away(struct db *db, const int64_t *hours, size_t n)
{
	struct buf sql = BUF_INIT;
	size_t i;
	bool good = true;

	for (i = 0; good && i < n; i++) {
		buf_clear(&sql);
		buf_printf(&sql, "SELECT pg_advisory_xact_lock_shared" LOCK
		    "%d)", (int)(hours[i] % LOCKS));
		good = db_run(db, sql.data);
	}
	for (i = 0; good && i < n; i++) {
		buf_clear(&sql);
		buf_printf(&sql, "DELETE FROM digest WHERE (begins = %" PRId64
		    " AND hours = 1) OR (begins = %" PRId64
		    " AND hours = 24)", hours[i] * DIGEST_HOUR,
		    hours[i] / 24 * DAY);
		good = db_run(db, sql.data);
	}
	buf_free(&sql);
	return good;
}

/* In turn, as others may hold one and want the next. */
bool
digest_lock(struct db *db, int64_t first, int64_t n)
{
	struct buf sql = BUF_INIT;
	int64_t i;
	bool good = true;

	for (i = first; good && i < first + n; i++) {
		buf_clear(&sql);
		buf_printf(&sql, "SELECT pg_advisory_xact_lock" LOCK "%d)",
		    (int)(i % LOCKS));
		good = db_run(db, sql.data);
	}
	buf_free(&sql);
	return good;
}

bool
digest_take_away_all(struct db *db)
{
	return digest_lock(db, 0, LOCKS) && db_run(db, "DELETE FROM digest");
}

bool
digest_keep(const struct gathering *g, struct db *db)
{
	struct query *q = db_query(db, "INSERT INTO digest VALUES (?, ?, ?) "
	    "ON CONFLICT (begins, hours) DO UPDATE SET counts = "
	    "excluded.counts");
	struct buf bytes = BUF_INIT;
	bool good;

	digest_bytes_put(&bytes, g);
	query_int(q, g->r->since);
	query_int(q, (g->r->until - g->r->since) / DIGEST_HOUR);
	query_bytes(q, bytes.data, bytes.len);
	good = query_step(q) == DB_DONE;
	query_free(q);
	buf_free(&bytes);
	return good;
}
