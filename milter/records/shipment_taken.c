/*
 * shipment_taken - records of a batch that say that deferred mail was taken
 */

#include "records/shipment_taken.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "records/db.h"
#include "records/record_read.h"
#include "records/store.h"

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
}

/* The times are values, so that few days are looked into. */
static bool
close_one(const struct taken *t, struct db *db)
{
	struct query *q = db_query(db, "UPDATE record SET later = ? "
	    "WHERE later IS NULL AND sender = ? AND recipients @> ARRAY[?] "
	    "AND outcome IN ('reject', 'tempfail') AND direction <> 'out' "
	    "AND time BETWEEN ? AND ?");
	bool good;

	query_int(q, t->time);
	query_text(q, t->sender);
	query_text(q, t->recipient);
	query_int(q, t->time - STORE_LATER_MS);
	query_int(q, t->time + 999);	/* a log tells whole seconds */
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
