/*
 * store_damaged.h - what becomes of a damaged store
 *
 * All that a store holds is also in the record file and its rotated files, as
 * long as these exist and are not compressed. So a damaged store is renamed, a
 * new one is made, and the feed imports the files again.
 */
#ifndef RECORDS_STORE_DAMAGED_H
#define RECORDS_STORE_DAMAGED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;

/* Renames it and its log; the new name in `to`. False with words in errmsg. */
bool store_rename_damaged(const char *path, struct buf *to, struct buf *errmsg);

/* Removes those that were renamed before `oldest` (ms since 1970). */
void store_expire_damaged(const char *path, int64_t oldest);

/*
 * Looks at every page: true when it is whole. Else what is wrong stands in
 * `errmsg`, a line each. `records` is how many it holds.
 */
bool store_check(const char *path, int64_t *records, struct buf *errmsg);

#endif
