/*
 * store_server.h - the schema of a store in PostgreSQL, and its partitions
 *
 * One partition a day (UTC) of `record` and of `line`, made when the first
 * record of that day arrives, dropped when all of the day is too old. The
 * schema has a version; a step only adds, so that an older saywhy goes on to
 * work beside a newer one unless the newer says from which version on.
 */
#ifndef RECORDS_STORE_SERVER_H
#define RECORDS_STORE_SERVER_H

#include <stdbool.h>
#include <stdint.h>

struct buf;
struct db;

/*
 * Is the schema one that we can work with? To write, it is made, or brought up
 * to date; to read, nothing can be written in this session from then on. False
 * with words in errmsg.
 */
bool store_server_ready(struct db *db, const char *name, bool to_write,
    struct buf *errmsg);

/*
 * The line of the record of that id, appended, if its time is between these (ms
 * since 1970): no other day is opened. False: there is none.
 */
bool store_server_get(struct db *db, const char *id, int64_t since,
    int64_t until, struct buf *line);

/* Inside a transaction: the partitions of that time (ms since 1970). */
bool store_server_make_day(struct db *db, int64_t time);

/*
 * Drops the oldest day that ended before `oldest` (ms since 1970). 1: one was
 * dropped; 0: there is none; -1: failed.
 */
int store_server_drop_day(struct db *db, int64_t oldest);

#define STORE_SERVER_DAY ((int64_t)86400000)

#endif
