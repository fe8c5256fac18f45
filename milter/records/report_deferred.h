/*
 * report_deferred.h - what deferring did: how many came again, how much later
 */
#ifndef RECORDS_REPORT_DEFERRED_H
#define RECORDS_REPORT_DEFERRED_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "records/tally.h"

struct report;
struct report_record;

void report_deferred_free(struct report *r);

/*
 * Mails that were deferred, as they are found: a reason, a sender and a
 * recipient, and when it was taken, so that the next time it is deferred is
 * another one.
 */
struct deferrals {
	struct tally mails;
	int64_t *first;		/* of each mail, when it was first tried */
	size_t cap;		/* of these */
	struct buf key;
};

void deferrals_init(struct deferrals *d);
void deferrals_free(struct deferrals *d);

/* `later`: when it was taken, if the record says that it was. */
void deferrals_add(struct deferrals *d, const struct report_record *r,
    const char *sender, const char *recipient, int64_t later);

/* Fills r->deferred. */
void deferrals_count(const struct deferrals *d, struct report *r);

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
