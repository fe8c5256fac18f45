/*
 * archive.h - the names inside an archive
 *
 * libarchive behind one function (archive_libarchive.c), or nothing
 * (archive_none.c). What is unpacked on the way is bounded by a budget that
 * grows with the input, so that a bomb costs no more than a file of its size.
 * Any thread.
 */
#ifndef MIME_ARCHIVE_H
#define MIME_ARCHIVE_H

#include <stdbool.h>
#include <stddef.h>

#define ARCHIVE_HEAD 512	/* bytes that identify an archive */
#define ARCHIVE_DEPTH 3		/* archives within archives that are opened */
#define ARCHIVE_ENTRIES 5000
#define ARCHIVE_UNPACK_FIRST (4LL << 20)	/* bytes that may be unpacked */
#define ARCHIVE_UNPACK_RATIO 10		/* and so much for each byte more */
#define ARCHIVE_INNER ((size_t)2 << 20)	/* all archives within one */

enum archive_state {
	ARCHIVE_SEEN,		/* all its names */
	ARCHIVE_LOCKED,		/* part of it is encrypted */
	ARCHIVE_LIMITED,	/* there is more than we open */
	ARCHIVE_DAMAGED,
	ARCHIVE_UNKNOWN		/* no library, or a format it does not know */
};

/* The first bytes are an archive's, or a compressed file's. */
bool archive_is(const char *head, size_t n);

/*
 * Calls entry() for each name inside, archives within archives included; the
 * name is raw, and that of a compressed file is `name` without its ending.
 * `whole`: these are all the bytes, else only the first of them.
 */
enum archive_state archive_names(const char *bytes, size_t n, bool whole,
    const char *name, void (*entry)(void *arg, const char *name), void *arg);

#endif
