/*
 * file_name.h - what the name of a file says it is
 *
 * As Windows reads it: without case, without the folders before it, the
 * stream, the dots, blanks and quotes behind it; and as programs show it:
 * letters of full width are ASCII, what has no width is not there.
 */
#ifndef MIME_FILE_NAME_H
#define MIME_FILE_NAME_H

#include <stdbool.h>

struct buf;
struct strset;

/* Appends the name under which it is saved: "x/a.zip. " is "a.zip". */
void file_name_put_saved(struct buf *out, const char *name);

/* Is what follows its last dot one of these ("exe", …, NULL), when it is saved?
   `name` may be NULL: no. */
bool file_name_has(const char *name, const char *const *endings);

/* Appends the name as programs show it, in which those below look. */
void file_name_put_plain(struct buf *out, const char *name);

/* The ending of a plain name that is in the set ("exe", "tar.gz"), or NULL. */
const char *file_name_ending(const char *plain, const struct strset *endings);

/* "invoice.pdf.exe", "photo.jpg      .scr": a program that looks like a
   document. */
bool file_name_is_double(const char *plain);

#endif
