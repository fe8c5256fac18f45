/*
 * store_aside.h - what becomes of a damaged store
 *
 * All that a store holds stands in the record file and in those that were set
 * aside of it, as long as they live and are not compressed. So a damaged store
 * is renamed, a new one takes its place, and the feed reads the files again.
 */
#ifndef RECORDS_STORE_ASIDE_H
#define RECORDS_STORE_ASIDE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;

/* Renames it and its log; the new name in `to`. False with words in errmsg. */
bool store_set_aside(const char *path, struct buf *to, struct buf *errmsg);

/* Those that were set aside go with the records of their time (ms). */
void store_expire_aside(const char *path, int64_t oldest);

/*
 * Looks at every page: true when it is whole. Else what is wrong stands in
 * `errmsg`, a line each. `records` is how many it holds.
 */
bool store_check(const char *path, int64_t *records, struct buf *errmsg);

#endif
