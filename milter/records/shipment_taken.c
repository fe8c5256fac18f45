/*
 * shipment_taken - deferred mail that was taken, whichever record comes first
 */

#include "records/shipment_taken.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "records/db.h"
#include "records/record_read.h"
#include "records/store.h"

/* Of one mail: the first time that it was taken is the one that counts. */
#define OUTCOMES "outcome IN ('reject', 'tempfail')"
#define SOONER "(record.later IS NULL OR record.later > "

struct taken {
	char *sender, *recipient;	/* in lower case, as the columns are */
	int64_t time;
};

static char *
lower(const char *text)
{
	char *copy = mem_dup(text);

	mem_lower(copy, strlen(copy));
	return copy;
}

void
shipment_taken_note(struct shipment_taken *taken,
    const struct parsed_record *t)
{
	const char *outcome = parsed_text(t, "outcome");
	const char *sender = parsed_text(t, "sender");
	const char *recipient = parsed_item(t, "recipients", 0);

	if (outcome == NULL || strcmp(outcome, "taken") != 0 ||
	    sender == NULL || recipient == NULL)
		return;
	taken->v = mem_room(taken->v, taken->n, &taken->cap,
	    sizeof *taken->v);
	taken->v[taken->n++] = (struct taken){ .sender = lower(sender),
		.recipient = lower(recipient), .time = parsed_time(t) };
	if (parsed_time(t) > taken->newest)
		taken->newest = parsed_time(t);
}

/* The times are values, so that few days are looked into. */
static bool
close_one(const struct taken *t, struct db *db)
{
	struct query *q = db_query(db, "UPDATE record SET later = ? "
	    "WHERE " SOONER "?) AND sender = ? AND recipients @> ARRAY[?] "
	    "AND " OUTCOMES " AND direction <> 'out' "
	    "AND time BETWEEN ? AND ?");
	bool good;

	query_int(q, t->time);
	query_int(q, t->time);
	query_text(q, t->sender);
	query_text(q, t->recipient);
	query_int(q, t->time - STORE_LATER_MS);
	query_int(q, t->time + STORE_SOONER_MS);
	good = query_step(q) == DB_DONE;
	query_free(q);
	return good;
}

bool
shipment_taken_close(const struct shipment_taken *taken, struct db *db)
{
	size_t i;

	for (i = 0; i < taken->n; i++)
		if (!close_one(&taken->v[i], db))
			return false;
	return true;
}

/* What was refused, by whatever says which, and when it was taken at first. */
#define CLOSE(refused) "UPDATE record SET later = found.later FROM (" \
	"SELECT refused.time, refused.id, min(taken.time) AS later FROM " \
	refused " JOIN record AS taken ON taken.sender = refused.sender AND " \
	"refused.recipients @> taken.recipients[1:1] AND taken.time " \
	"BETWEEN refused.time - ? AND refused.time + ? " \
	"WHERE taken.outcome = 'taken' AND refused." OUTCOMES " AND " \
	"refused.direction <> 'out' AND refused.time BETWEEN ? AND ? " \
	"AND taken.time BETWEEN ? AND ?"
#define CLOSE_END " GROUP BY refused.time, refused.id) AS found " \
	"WHERE record.time = found.time AND record.id = found.id AND " \
	"record.time BETWEEN ? AND ? AND " SOONER "found.later)"

struct span {
	int64_t since, until;
};

static void
bind_spans(struct query *q, struct span refused, struct span taken)
{
	query_int(q, STORE_SOONER_MS);
	query_int(q, STORE_LATER_MS);
	query_int(q, refused.since);
	query_int(q, refused.until);
	query_int(q, taken.since);
	query_int(q, taken.until);
}

/* Of each record that came it is asked by index when its mail was taken. */
bool
shipment_taken_close_late(struct db *db, int64_t n, int64_t count,
    int64_t since, int64_t until)
{
	struct query *q = db_query(db, CLOSE("line AS came JOIN record AS "
	    "refused USING (n, time)") " AND came.n BETWEEN ? AND ? AND "
	    "came.time BETWEEN ? AND ?" CLOSE_END);
	struct span refused = { since, until };
	struct span taken = { since - STORE_SOONER_MS,
		until + STORE_LATER_MS };
	bool good = db_run(db, "SET LOCAL enable_nestloop = on");

	bind_spans(q, refused, taken);
	query_int(q, n);
	query_int(q, n + count - 1);
	query_int(q, since);
	query_int(q, until);
	query_int(q, since);
	query_int(q, until);
	good = good && query_step(q) == DB_DONE;
	query_free(q);
	return good;
}

static bool
close_all(struct db *db, struct span refused, struct span taken)
{
	struct query *q = db_query(db, CLOSE("record AS refused") CLOSE_END);
	bool good;

	bind_spans(q, refused, taken);
	query_int(q, refused.since);
	query_int(q, refused.until);
	good = query_step(q) == DB_DONE;
	query_free(q);
	return good;
}

bool
shipment_taken_close_hour(struct db *db, int64_t since, int64_t until)
{
	struct span hour = { since, until - 1 };
	struct span before = { since - STORE_LATER_MS,
		until + STORE_SOONER_MS };
	struct span after = { since - STORE_SOONER_MS,
		until + STORE_LATER_MS };

	return close_all(db, hour, after) && close_all(db, before, hour);
}

void
shipment_taken_clear(struct shipment_taken *taken)
{
	while (taken->n > 0) {
		taken->n--;
		free(taken->v[taken->n].sender);
		free(taken->v[taken->n].recipient);
	}
	free(taken->v);
	memset(taken, 0, sizeof *taken);
}
