/*
 * regular_file.h - files that do not make their reader wait
 *
 * A FIFO without a writer blocks open(2) for ever, a terminal or a device
 * read(2); where a path comes from a configuration, or leads into a folder of
 * another account, it may be one. Pure functions; any thread.
 */
#ifndef BASE_REGULAR_FILE_H
#define BASE_REGULAR_FILE_H

#include <stdbool.h>
#include <stdio.h>

struct buf;

/*
 * Opened to be read; the caller closes it. NULL, with what is wrong appended to
 * errmsg (if that is not NULL), when it cannot be or is no regular file.
 */
FILE *regular_file_open(const char *path, struct buf *errmsg);

/*
 * For libraries that open a path themselves. False with words when something
 * else than a regular file lies there; true also when there is nothing.
 */
bool regular_file_or_none(const char *path, struct buf *errmsg);

#endif
