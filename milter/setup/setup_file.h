/*
 * setup_file.h - a configuration file read, and written anew in one step
 */
#ifndef SETUP_SETUP_FILE_H
#define SETUP_SETUP_FILE_H

#include <stdbool.h>

struct buf;

/* Appends the whole file, at most a megabyte. False with words in errmsg. */
bool setup_file_read(const char *path, struct buf *text, struct buf *errmsg);

/* A new file, mode 0600. False, words in errmsg. */
bool setup_file_make(const char *path, const struct buf *text,
    struct buf *errmsg);

/*
 * Puts the text in the place of the file (rename(2)), with its owner and mode;
 * where the path is a link, in the place of what it leads to. False, words in
 * errmsg, and the file is as it was.
 */
bool setup_file_write(const char *path, const struct buf *text,
    struct buf *errmsg);

#endif
