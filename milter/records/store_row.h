/*
 * store_row.h - a record becomes the rows of the store
 *
 * What can be searched for stands in columns, addresses and domains in lower
 * case; the whole record stays beside them as its JSON line.
 */
#ifndef RECORDS_STORE_ROW_H
#define RECORDS_STORE_ROW_H

#include <stdbool.h>
#include <stddef.h>

struct db;
struct parsed_record;
struct store_row;

/*
 * With or without the index of words. NULL is never returned; a database that
 * refuses shows when it is used.
 */
struct store_row *store_row_new(struct db *db, bool words);
void store_row_free(struct store_row *r);	/* NULL: nothing */

/* True too when a record of that id is there already. */
bool store_row_put(struct store_row *r, const struct parsed_record *t,
    const char *line, size_t n);

#endif
