/*
 * follow.h - the record file in batches of lines, with a mark of how far
 *
 * The mark is a small file, "device inode offset", replaced when a batch is
 * dealt with; without it, or when its file is gone, reading begins with the
 * oldest file that is there. So each line comes at least once: after a crash
 * the last batch comes again. Rotated files are read to their end first,
 * compressed ones are not read (rotated.h). One thread.
 */
#ifndef RECORDS_FOLLOW_H
#define RECORDS_FOLLOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;
struct follow;

struct follow_line {
	const char *text;	/* without newline */
	size_t n;
};

/* Both paths must outlive it. */
struct follow *follow_new(const char *path, const char *mark);
void follow_free(struct follow *f);	/* NULL: nothing */

/*
 * The next lines, `max` at most, which live until the next call; 0: none now.
 * Without follow_done() the same come again.
 */
size_t follow_next(struct follow *f, struct follow_line *lines, size_t max);

/* They are dealt with. False, words in errmsg: the mark cannot be written. */
bool follow_done(struct follow *f, struct buf *errmsg);

/* Bytes that are still to come, of all files. */
int64_t follow_left(struct follow *f);

/* The same by the mark alone, for another process; any thread. */
int64_t follow_behind(const char *path, const char *mark);

#endif
