/*
 * report_deferred.h - what deferring did: how many came again, how much later
 */
#ifndef RECORDS_REPORT_DEFERRED_H
#define RECORDS_REPORT_DEFERRED_H

#include <stdbool.h>

struct db;
struct report;

/*
 * Fills r->deferred for the time of the report; `from` is store_sql's `mails`.
 * False: the database failed.
 */
bool report_deferred_gather(struct report *r, struct db *db, const char *from);
void report_deferred_free(struct report *r);

#endif
