/*
 * whole_file.h - a file that is written beside its place and then put there
 *
 * Whoever reads it has the old one or the new one, and after a power cut, too:
 * it is on the disk before it takes the place (rename(2)). There is one writer
 * at a time, and what one leaves that is killed, the next one takes away.
 */
#ifndef BASE_WHOLE_FILE_H
#define BASE_WHOLE_FILE_H

#include <stdbool.h>
#include <stddef.h>

struct buf;

/* What is behind the name of a file that is being written. */
#define WHOLE_FILE_BESIDE ".saywhy-new"

struct whole_file {
	int fd;			/* to write to, and to read */
	char *path;		/* where it is to be */
	char *beside;		/* where it is as yet */
};

/* False with words in errmsg. The mode is 0644 less the umask. */
bool whole_file_begin(struct whole_file *f, const char *path,
    struct buf *errmsg);
bool whole_file_add(struct whole_file *f, const void *bytes, size_t n,
    struct buf *errmsg);
/* Puts it there; false with words, and the old one stays. Frees `f`. */
bool whole_file_put(struct whole_file *f, struct buf *errmsg);
/* It is not wanted. */
void whole_file_drop(struct whole_file *f);

/* All three, for n bytes. */
bool whole_file_write(const char *path, const void *bytes, size_t n,
    struct buf *errmsg);
/* The same for a text that is often as it was: nothing is written then. */
bool whole_file_keep(const char *path, const struct buf *text,
    struct buf *errmsg);

/*
 * The bytes of an open file, to be read where they lie; NULL with words, and
 * for an empty file a text without bytes. file_unmap() ends it.
 */
const void *file_map(int fd, size_t *n, struct buf *errmsg);
void file_unmap(const void *bytes, size_t n);

#endif
