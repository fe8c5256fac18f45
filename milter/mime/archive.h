/*
 * archive.h - the names inside an archive
 *
 * libarchive behind one function (archive_libarchive.c), or nothing
 * (archive_none.c); winmail.dat we read ourselves. What is unpacked on the way
 * is bounded by a budget that grows with the input, so that a bomb costs no
 * more than a file of its size, and by that of the message. Any thread.
 */
#ifndef MIME_ARCHIVE_H
#define MIME_ARCHIVE_H

#include <stdbool.h>
#include <stddef.h>

struct budget;

/* Bytes that tell an archive: an image of a disc tells late. */
#define ARCHIVE_HEAD (32 * 1024 + 8)
#define ARCHIVE_DEPTH 3		/* archives within archives that are opened */
#define ARCHIVE_ENTRIES 5000
#define ARCHIVE_UNPACK_FIRST (4LL << 20)	/* bytes that may be unpacked */
#define ARCHIVE_UNPACK_RATIO 10		/* and so much for each byte more */
#define ARCHIVE_INNER ((size_t)2 << 20)	/* all archives within one */

enum archive_state {
	ARCHIVE_LISTED,		/* all its names */
	ARCHIVE_LOCKED,		/* part of it is encrypted */
	ARCHIVE_LIMITED,	/* there is more than we open */
	ARCHIVE_DAMAGED,
	ARCHIVE_UNKNOWN,	/* no library, or a format it does not know */
	ARCHIVE_MESSAGE		/* it holds a message, which is not parsed */
};

/* Are the first bytes those of an archive or a compressed file? */
bool archive_is(const char *head, size_t n);
/*
 * Its name is that of an archive ("a.zip"), so it should be one, whatever it
 * begins with.
 */
bool archive_is_called(const char *name);
/* By its name ("a.docx") it may be one. */
bool archive_may_be(const char *name);
/* The kind of an archive that we cannot open ("ACE"), or NULL. */
const char *archive_foreign(const char *head, size_t n);
/* By its name ("a.dmg", "a.msg") it holds files, and cannot be opened. */
bool archive_is_called_foreign(const char *name);
/* By its name ("a.eml") a message, which may hold files. */
bool archive_is_called_message(const char *name);
/* Has an image of a disc a second directory, which we do not read (UDF,
   ECMA-167 part 3)? */
bool archive_has_udf(const char *bytes, size_t n);

/*
 * Where in n bytes an archive begins that has others before it (programs find
 * a zip from its end); n: none does.
 */
size_t archive_start(const char *bytes, size_t n);
/* The same, from there on, of kinds that some find behind another archive. */
size_t archive_next(const char *bytes, size_t n, size_t from);

typedef void archive_entry_fn(void *arg, const char *name);

/*
 * The names that can be had without unpacking: of a zip, which may stand behind
 * an archive of another kind, those of its directory and those before each
 * file, which need not be the same; of a file compressed by gzip the one that
 * it had.
 */
void archive_plain_names(const char *bytes, size_t n, struct budget *budget,
    archive_entry_fn *entry, void *arg);

/*
 * Calls entry() for each name inside, archives within archives included, some
 * of them twice; the name is raw, and that of a compressed file is `name`
 * without its ending. `whole`: these are all the bytes, else only the first of
 * them.
 */
enum archive_state archive_names(const char *bytes, size_t n, bool whole,
    const char *name, struct budget *budget, archive_entry_fn *entry,
    void *arg);

#endif
