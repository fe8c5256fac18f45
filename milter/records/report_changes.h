/*
 * report_changes.h - what a host refused before and after a change of policy
 */
#ifndef RECORDS_REPORT_CHANGES_H
#define RECORDS_REPORT_CHANGES_H

#include <stdbool.h>

struct db;
struct report;

/*
 * Fills r->changes: those of the last REPORT_CHANGES_MAX changes in the time of
 * the report. The time after each, at most a day, is compared with as long a
 * time before; neither reaches over another change. False: the database failed.
 */
bool report_changes_gather(struct report *r, struct db *db);
void report_changes_free(struct report *r);

#endif
