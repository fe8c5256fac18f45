/*
 * shipment_taken.h - records of a batch that say that deferred mail was taken;
 * for shipment.c
 *
 * Such a record closes what was refused of the mail before (store.h,
 * store_came_later()): in the transaction that brings it, once the batch is in
 * its tables. Zeroed is empty; one thread.
 */
#ifndef RECORDS_SHIPMENT_TAKEN_H
#define RECORDS_SHIPMENT_TAKEN_H

#include <stdbool.h>
#include <stddef.h>

struct db;
struct parsed_record;

struct shipment_taken {
	struct taken *v;
	size_t n, cap;
};

/* Notes the record when it is one of these. */
void shipment_taken_note(struct shipment_taken *taken,
    const struct parsed_record *t);
/* Marks what they close. False: the database failed. */
bool shipment_taken_close(const struct shipment_taken *taken, struct db *db);
/* Forgets them; what it holds is freed. */
void shipment_taken_clear(struct shipment_taken *taken);

#endif
