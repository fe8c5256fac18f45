/*
 * list_lines.h - a text file line by line, in bounded memory; for list_text.c
 */
#ifndef LISTS_LIST_LINES_H
#define LISTS_LIST_LINES_H

#include <stdbool.h>
#include <stddef.h>

struct buf;

/* A line may not be longer. */
#define LIST_LINE_MAX 4096

struct list_lines {
	int fd;
	int line;		/* number of the last one, from 1 on */
	char *bytes;
	size_t from, to;	/* what is read and not yet given */
	bool end, failed;
	bool unended;		/* the last line given has no line end */
};

/* A file that was written so lately may be half written (seconds). */
#define LIST_REST_SECONDS 5

/* Is the last line given perhaps the beginning of one? */
bool list_lines_may_grow(const struct list_lines *l);

/* False with words in errmsg: cannot be opened, is no file. */
bool list_lines_open(struct list_lines *l, const char *path,
    struct buf *errmsg);

/*
 * The next line without its end (LF or CR LF), to be changed freely until the
 * next call. NULL at the end; errmsg then has words when it came too early: a
 * read failed, a line is too long or holds a NUL.
 */
char *list_lines_next(struct list_lines *l, struct buf *errmsg);
void list_lines_close(struct list_lines *l);

#endif
