/*
 * file_name.h - what the name of a file says it is
 *
 * As Windows reads it: without case, without the folders before it, the
 * stream, the dots, blanks and quotes behind it; and as programs show it:
 * letters of full width are ASCII, what has no width is not there.
 */
#ifndef CHECKS_FILE_NAME_H
#define CHECKS_FILE_NAME_H

#include <stdbool.h>

struct strset;

/* The ending of `name` that is in the set ("exe", "tar.gz"), or NULL. */
const char *file_name_ending(const char *name, const struct strset *endings);

/* "invoice.pdf.exe", "photo.jpg      .scr": a program that looks like a
   document. */
bool file_name_is_double(const char *name);

#endif
