/*
 * report_server.h - a report that a PostgreSQL server counts
 *
 * What is over was counted once and is a digest (digest.h); only the time
 * between those is counted when somebody asks.
 */
#ifndef RECORDS_REPORT_SERVER_H
#define RECORDS_REPORT_SERVER_H

#include <stdbool.h>
#include <stdint.h>

struct db;
struct gathering;

/* All of g->r, with r->deferred. False: the database failed. */
bool report_server_gather(struct gathering *g, struct db *db);

/*
 * The records of that time (ms since 1970) alone: into every list but LATER,
 * which may change afterwards, and into g->deferred.
 */
bool report_server_count(struct gathering *g, struct db *db, int64_t since,
    int64_t until);

#endif
