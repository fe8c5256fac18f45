/* list_stamp - notices that a file was replaced or is not at rest */

#include "lists/list_stamp.h"

#include <string.h>
#include <sys/stat.h>

struct list_stamp
list_stamp(const char *file)
{
	struct list_stamp stamp;
	struct stat st;

	memset(&stamp, 0, sizeof stamp);
	if (stat(file, &st) == 0) {
		stamp.dev = st.st_dev;
		stamp.ino = st.st_ino;
		stamp.size = st.st_size;
		stamp.written = st.st_mtim;
		stamp.changed = st.st_ctim;
	}
	return stamp;
}

static bool
is_same_time(const struct timespec *a, const struct timespec *b)
{
	return a->tv_sec == b->tv_sec && a->tv_nsec == b->tv_nsec;
}

bool
list_stamp_is(const struct list_stamp *a, const struct list_stamp *b)
{
	return a->dev == b->dev && a->ino == b->ino && a->size == b->size &&
	    is_same_time(&a->written, &b->written) &&
	    is_same_time(&a->changed, &b->changed);
}
