/*
 * report_alike.h - records that a report counts alike, together
 *
 * Most lists of a report look at a few columns of a record that have few
 * values. Records that have the same ones, in the time of one bar, are
 * counted as one with how many they are.
 */
#ifndef RECORDS_REPORT_ALIKE_H
#define RECORDS_REPORT_ALIKE_H

#include "base/buf.h"
#include "records/tally.h"

struct gathering;
struct report_record;

struct alike {
	struct tally records;
	struct buf key;
};

void alike_init(struct alike *a);
void alike_free(struct alike *a);

/* One more; its time is one of the report's. */
void alike_add(struct alike *a, const struct gathering *g,
    const struct report_record *r);

/* All of them into the lists that ALIKE_LISTS has, and into the bars. */
void alike_count(const struct alike *a, struct gathering *g);

/* A bit for each, as gathering_count() takes them. */
#define ALIKE_LISTS (1u << REPORT_OUTCOMES | 1u << REPORT_REASONS | \
	1u << REPORT_WHO | 1u << REPORT_ISSUERS | 1u << REPORT_OBSERVED | \
	1u << REPORT_LATER | 1u << REPORT_BLIND | 1u << REPORT_OUTGOING)

#endif
