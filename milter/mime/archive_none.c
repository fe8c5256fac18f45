/* archive_none - the names inside an archive, without libarchive: not known */

#include "mime/archive.h"

enum archive_state
archive_names(const char *bytes, size_t n, bool whole, const char *name,
    void (*entry)(void *arg, const char *name), void *arg)
{
	(void)bytes;
	(void)n;
	(void)whole;
	(void)name;
	(void)entry;
	(void)arg;
	return ARCHIVE_UNKNOWN;
}
