/*
 * digest_make.h - the digests that are missing are made
 */
#ifndef RECORDS_DIGEST_MAKE_H
#define RECORDS_DIGEST_MAKE_H

#include <stdint.h>

struct db;

/*
 * Makes one that is missing and was over at `now` (ms since 1970), the newest
 * first. 1: made; 0: none is missing, or another host is at it; -1: the
 * database failed.
 */
int digest_make(struct db *db, int64_t now);

#endif
