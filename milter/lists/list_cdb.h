/*
 * list_cdb.h - a cdb file is written, once, key after key; for list_build.c
 */
#ifndef LISTS_LIST_CDB_H
#define LISTS_LIST_CDB_H

#include <stdbool.h>
#include <stddef.h>

struct buf;
struct list_cdb;

/* Into this empty file. NULL with words in errmsg. */
struct list_cdb *list_cdb_new(int fd, struct buf *errmsg);

/* A key that is put twice is found as it was put first. False: with words. */
bool list_cdb_put(struct list_cdb *c, const char *key, size_t n,
    const char *comment, struct buf *errmsg);

/* The file is whole, and `c` is gone; false with words in errmsg. */
bool list_cdb_end(struct list_cdb *c, struct buf *errmsg);

#endif
