/*
 * forget.h - removes a person from record files and store
 *
 * Every mention of the address loses its local part, as `privacy = removed`
 * would have it; what happened, when and at which domain stays. A line of a
 * file keeps its length (blanks at its end), so that programs that read or
 * append meanwhile are not disturbed.
 */
#ifndef RECORDS_FORGET_H
#define RECORDS_FORGET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;
struct store;

/* Who, and where. */
struct forget {
	const char *person;	/* address or login */
	const char *host;	/* only what this one refused; NULL: all */
};

struct forgotten {
	uint64_t records;	/* of the store */
	uint64_t lines;		/* of files */
	uint64_t compressed;	/* files that were not looked into */
};

/*
 * The file and its rotated files; those that are absent count as clean. False
 * with words in errmsg: some could not be read or written.
 */
bool forget_in_files(const char *path, const struct forget *what,
    struct forgotten *f, struct buf *errmsg);

/*
 * The store, and its empty pages; on a server its rows, not the log and the
 * backups of the server. False, words in errmsg.
 */
bool forget_in_store(struct store *s, const struct forget *what,
    struct forgotten *f, struct buf *errmsg);

#endif
