/*
 * forget_server.h - removes a person from a store in PostgreSQL
 */
#ifndef RECORDS_FORGET_SERVER_H
#define RECORDS_FORGET_SERVER_H

#include <stdbool.h>
#include <stdint.h>

struct db;
struct forget;

/*
 * Nobody ships meanwhile, so that what was read from a file before is there or
 * comes from a file that was cleaned. *records: how many lines held the
 * person. False: failed, and the transaction is open still.
 */
bool forget_on_server(struct db *db, const struct forget *what,
    uint64_t *records);

#endif
