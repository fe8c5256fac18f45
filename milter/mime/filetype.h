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

/* Is there a library to ask? If not, errmsg (not NULL) says why. */
bool filetype_ready(struct buf *errmsg);

/* The same without asking a library: any text is "text/plain". False: only a
   library knows. */
bool filetype_plain(const char *bytes, size_t n, struct buf *type);

/* Appends the media type, "application/x-dosexec"; nothing: not known. */
void filetype_find(const char *bytes, size_t n, struct buf *type);

#endif
