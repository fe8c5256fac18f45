/*
 * tail.h - a log file that grows, and is rotated
 *
 * Renamed and made anew (the old one is read until there is something in the
 * new one) or copied and cut (it is read from its beginning again). Lines are
 * handed out whole; one longer than TAIL_LINE_MAX is cut there.
 */
#ifndef MAILLOG_TAIL_H
#define MAILLOG_TAIL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TAIL_LINE_MAX 16384

struct tail;

typedef void tail_fn(void *arg, const char *line, size_t n);

/* A path, or "-" for standard input. */
struct tail *tail_open(const char *path);
/* A descriptor, which the tail owns then, and whose bytes are handed out as
   they come, and no lines. */
struct tail *tail_open_bytes(int fd, const char *name);
void tail_close(struct tail *t);	/* NULL: nothing */

/* What there is now, at most about 256 KB. True: there may be more at once. */
bool tail_read(struct tail *t, tail_fn *fn, void *arg);

/* A stream has ended: nothing will come any more. Never so for a file. */
bool tail_ended(const struct tail *t);

/* The descriptor to wait for, or -1: a file, look again later. */
int tail_fd(const struct tail *t);

/*
 * Where it stands, as "inode offset", to go on from after a restart; a file
 * of another inode is read from its beginning.
 */
void tail_position(const struct tail *t, uint64_t *inode, int64_t *offset);
void tail_go_on(struct tail *t, uint64_t inode, int64_t offset);

const char *tail_name(const struct tail *t);

#endif
