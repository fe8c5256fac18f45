/*
 * shipment_taken.h - deferred mail that was taken, in PostgreSQL
 *
 * A record that says so closes what was refused of the mail before (store.h,
 * store_came_later()). The host that took it may ship sooner or later than the
 * one that deferred it, so the batch of either looks for the other, in its own
 * transaction. Where both are under way neither sees the other: each hour is
 * looked through again when it is counted (digest.h), which it is after the
 * last record that came for it. Zeroed is empty; one thread.
 */
#ifndef RECORDS_SHIPMENT_TAKEN_H
#define RECORDS_SHIPMENT_TAKEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct db;
struct parsed_record;

struct shipment_taken {
	struct taken *v;
	size_t n, cap;
	int64_t newest;		/* time of the newest, ms since 1970; 0: none */
};

/* Notes the record when it is one of these. */
void shipment_taken_note(struct shipment_taken *taken,
    const struct parsed_record *t);
/* Marks what they close. False: the database failed. */
bool shipment_taken_close(const struct shipment_taken *taken, struct db *db);

/*
 * Of a batch that is in its tables, `count` records from number `n`, of these
 * times: those whose mail was taken, as the store knows by now, are marked.
 */
bool shipment_taken_close_late(struct db *db, int64_t n, int64_t count,
    int64_t since, int64_t until);

/* Inside digest_lock(): what records of this hour close, or are closed by. */
bool shipment_taken_close_hour(struct db *db, int64_t since, int64_t until);

/* Forgets them; what it holds is freed. */
void shipment_taken_clear(struct shipment_taken *taken);

#endif
