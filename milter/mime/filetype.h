/*
 * filetype.h - what a file is by its first bytes
 *
 * libmagic behind one function (filetype_magic.c), or nothing
 * (filetype_none.c). Any thread; a few may ask at once, others wait for their
 * turn, which is a millisecond.
 */
#ifndef MIME_FILETYPE_H
#define MIME_FILETYPE_H

#include <stdbool.h>
#include <stddef.h>

#define FILETYPE_BYTES 4096	/* more need not be shown */

struct buf;

/* Is there somebody to ask? `why` (not NULL) says why not. */
bool filetype_ready(struct buf *errmsg);

/* The same for what can be told without asking anybody, libmagic or not; any
   text is "text/plain". False: it takes more than a look. */
bool filetype_plain(const char *bytes, size_t n, struct buf *type);

/* Appends the media type, "application/x-dosexec"; nothing: not known. */
void filetype_find(const char *bytes, size_t n, struct buf *type);

#endif
