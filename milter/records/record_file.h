/*
 * record_file.h - the record file, read on through its rotations
 *
 * A reader keeps its position somewhere (the store, a mark); that names the
 * file by its inode, so that it is found again under whatever name. Files are
 * read from the one written first to the one that is written now; compressed
 * ones are not (rotated.h). One thread.
 */
#ifndef RECORDS_RECORD_FILE_H
#define RECORDS_RECORD_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* Up to where it was read: a file by its inode, and bytes of it. */
struct record_position {
	uint64_t device, inode;
	int64_t offset;
};

struct record_file {
	const char *path;	/* of the file that is written; not ours */
	int fd;			/* of the one at `position`, or -1 */
	struct record_position position;
	/* Since when it has had this time of change, which is to come. */
	int64_t future, since;
};

/*
 * The path of a record-file as it is configured; `fifo` (NULL: any) tells
 * whether "pipe:" stands before it. NULL where there is none.
 */
const char *record_file_path(const char *configured, bool *fifo);

#define RECORD_FILE_INIT(p) { .path = (p), .fd = -1 }

void record_file_close(struct record_file *f);

/*
 * Opens the file of that position; when it is gone, or at the first time, the
 * oldest one, from its beginning. fd is -1 when there is none.
 */
void record_file_find(struct record_file *f,
    const struct record_position *position);

/* On to the file that was written after it; nothing where there is none. */
void record_file_next(struct record_file *f);

/*
 * The path has named another file for so long that nobody writes to ours any
 * more: the sink checks the path once a second.
 */
bool record_file_is_over(struct record_file *f);

/* Bytes behind the position; a truncated file begins anew. */
int64_t record_file_ahead(struct record_file *f);

/* pread(2) at the position, which stays. */
ssize_t record_file_read(struct record_file *f, void *bytes, size_t n);

/* Bytes behind the position, of this file and those written after it. */
int64_t record_file_left(const struct record_file *f);

#endif
