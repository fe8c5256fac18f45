/*
 * report_walk.h - a report that is counted in one walk over a file's records
 */
#ifndef RECORDS_REPORT_WALK_H
#define RECORDS_REPORT_WALK_H

#include <stdbool.h>

#include "records/report.h"

struct db;
struct gathering;

/* SQLite: all of g->r but its changes; `tell` as in report_gather(). */
bool report_walk(struct gathering *g, struct db *db, report_progress *tell,
    void *arg);

#endif
