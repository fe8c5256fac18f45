/*
 * expire.h - the retention of record files
 *
 * Whole files go: the file in use is rotated once its first record is 25 hours
 * old (logrotate may do it earlier), and a rotated file is removed when its
 * last record is older than the retention. So nothing lives longer than the
 * retention and 25 hours.
 */
#ifndef RECORDS_EXPIRE_H
#define RECORDS_EXPIRE_H

#include <stdbool.h>

/*
 * Looks at `path` and at the files beside it whose names begin with its name
 * and "." or "-". Retention in ms, not 0. True when `path` itself was rotated
 * and must be opened again.
 */
bool expire_files(const char *path, long long retention);

#endif
