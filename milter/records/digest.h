/*
 * digest.h - what reports count, of hours and days that are over
 *
 * In PostgreSQL only. A digest holds every count of a report for one hour or
 * one day of the store, so that a report of a month adds thirty of them instead
 * of looking at each record. Who ships records of an hour takes away its digest
 * in the same transaction; "saywhy ship" makes what is missing, an hour from
 * its records, a day from its hours. Whether an hour lacks its digest only
 * decides how long a report takes.
 */
#ifndef RECORDS_DIGEST_H
#define RECORDS_DIGEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct db;
struct gathering;

#define DIGEST_HOUR ((int64_t)3600000)	/* ms */

struct digest_gaps {
	struct digest_gap {
		int64_t since, until;	/* ms since 1970 */
	} *v;				/* the caller's, free(3) */
	size_t n, cap;
};

/*
 * Adds the digests inside the time of g->r, and tells what they do not cover.
 * A report of one host, or one that begins within an hour, has none. False:
 * the database failed.
 */
bool digest_read(struct gathering *g, struct db *db, struct digest_gaps *gaps);

/*
 * In a transaction that adds records of these hours (ms since 1970 / hour):
 * their digests go.
 */
bool digest_take_away(struct db *db, const int64_t *hours, size_t n);

/* In a transaction that changes any record: all go. */
bool digest_take_away_all(struct db *db);

/* Inside a transaction: nobody else adds records of these hours, or counts. */
bool digest_lock(struct db *db, int64_t first, int64_t n);

/* Keeps what was counted as the digest of the time of g->r. */
bool digest_keep(const struct gathering *g, struct db *db);

#endif
