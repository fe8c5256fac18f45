/*
 * report_deferred.h - what deferring did: how many came again, how much later
 */
#ifndef RECORDS_REPORT_DEFERRED_H
#define RECORDS_REPORT_DEFERRED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct db;
struct gathering;
struct report;

/* SQLite: fills g->r->deferred, after the walk. False: the database failed. */
bool report_deferred_gather(struct gathering *g, struct db *db);
void report_deferred_free(struct report *r);

/* Delays of the reason at hand; the caller frees v, free(3). */
struct report_delays {
	int64_t *v;
	size_t n, cap;
};

/*
 * For one who knows the mails himself: one more that was taken, those of a
 * reason together and with ascending delays; one that was not; and at last.
 */
void report_deferred_taken(struct report *r, struct report_delays *d,
    const char *reason, int64_t delay);
void report_deferred_missed(struct report *r, const char *reason, size_t n);
void report_deferred_sort(struct report *r);

#endif
