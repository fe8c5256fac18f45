/*
 * report_gathering.h - a report while it is counted
 *
 * Whoever finds records, in a walk, by a server that counted or in a digest,
 * adds them here; report.c makes rows of it.
 */
#ifndef RECORDS_REPORT_GATHERING_H
#define RECORDS_REPORT_GATHERING_H

#include "records/report.h"
#include "records/report_row.h"
#include "records/tally.h"

struct gathering {
	struct report *r;
	struct tally lists[REPORT_LISTS];
	struct tally reasons;		/* of the bars */
	int64_t *bars;			/* of each reason, r->nbars of them */
	size_t bars_cap;		/* reasons that there is room for */
	/*
	 * Of a server: how often each mail was deferred, by report_server.c's
	 * key.
	 */
	struct tally deferred;
};

void gathering_init(struct gathering *g, struct report *r);
void gathering_free(struct gathering *g);

/* The bars of r->since to r->until, `step` each, empty. */
void gathering_bars(struct report *r, int64_t step);

/* In those lists only: a bit for each. */
#define GATHERING_ALL ~0u
void gathering_count(struct gathering *g, const struct report_record *record,
    unsigned in);

/* In the bar of its time, if it was refused. */
void gathering_count_bar(struct gathering *g,
    const struct report_record *record);

#endif
