/* digest_make - the digests that are missing are made */

#include "records/digest_make.h"

#include <stdlib.h>

#include "records/db.h"
#include "records/digest.h"
#include "records/report_gathering.h"
#include "records/report_server.h"
#include "records/shipment_taken.h"

#define GRACE_MS 120000		/* what is shipped later is counted again */

/* A day has all its hours by now, so that none of it is counted anew. */
static bool
count(struct gathering *g, struct db *db)
{
	struct digest_gaps gaps = { .v = NULL };
	int64_t since = g->r->since, until = g->r->until;
	bool good = digest_lock(db, since / DIGEST_HOUR,
	    (until - since) / DIGEST_HOUR) && digest_read(g, db, &gaps);
	size_t i;

	if (until - since == DIGEST_HOUR)
		good = good && shipment_taken_close_hour(db, since, until);
	for (i = 0; good && i < gaps.n; i++)
		good = report_server_count(g, db, gaps.v[i].since,
		    gaps.v[i].until);
	free(gaps.v);
	return good && digest_keep(g, db);
}

static bool
make(struct db *db, int64_t begins, int64_t hours)
{
	struct report r = { .since = begins,
		.until = begins + hours * DIGEST_HOUR };
	struct gathering g;
	bool good;

	gathering_bars(&r, DIGEST_HOUR);
	gathering_init(&g, &r);
	good = db_run(db, "BEGIN") && count(&g, db);
	gathering_free(&g);
	return db_run(db, good ? "COMMIT" : "ROLLBACK") && good;
}

/* A day whose hours are all there, or -1. */
static const char days[] = "SELECT begins - begins % 86400000 AS day "
    "FROM digest AS d WHERE hours = 1 AND NOT EXISTS (SELECT 1 FROM digest "
    "AS e WHERE e.hours = 24 AND e.begins = d.begins - d.begins % 86400000) "
    "GROUP BY day HAVING count(*) = 24 ORDER BY day DESC LIMIT 1";

static int64_t
missing_hour(struct db *db, int64_t now)
{
	struct query *q = db_query(db, "SELECT h FROM generate_series("
	    "(SELECT min(time) / 3600000 * 3600000 FROM record), "
	    "? / 3600000 * 3600000 - 3600000, 3600000) AS h "
	    "WHERE NOT EXISTS (SELECT 1 FROM digest WHERE "
	    "(begins = h AND hours = 1) OR "
	    "(begins = h - h % 86400000 AND hours = 24)) "
	    "ORDER BY h DESC LIMIT 1");
	int64_t found = -1;

	query_int(q, now - GRACE_MS);
	while (query_step(q) == DB_ROW)
		found = query_column_int(q, 0);
	query_free(q);
	return found;
}

int
digest_make(struct db *db, int64_t now)
{
	int64_t begins, hours = 24;

	if (db_number(db, "SELECT CASE WHEN pg_try_advisory_lock("
	    "hashtext('saywhy digest'), -1) THEN 1 ELSE 0 END", 0) == 0)
		return 0;
	begins = db_number(db, days, -1);
	if (begins < 0) {
		begins = missing_hour(db, now);
		hours = 1;
	}
	if (begins < 0)
		return 0;
	return make(db, begins, hours) ? 1 : -1;
}
