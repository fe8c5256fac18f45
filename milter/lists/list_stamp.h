/* list_stamp.h - notices that a file was replaced or is not at rest */
#ifndef LISTS_LIST_STAMP_H
#define LISTS_LIST_STAMP_H

#include <stdbool.h>
#include <sys/types.h>
#include <time.h>

struct list_stamp {
	dev_t dev;
	ino_t ino;
	off_t size;
	struct timespec written, changed;
};

/* All zero when there is no such file. */
struct list_stamp list_stamp(const char *file);
bool list_stamp_is(const struct list_stamp *a, const struct list_stamp *b);

#endif
