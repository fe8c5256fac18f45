/* archive_none - the names inside an archive, without libarchive: those that
   can be had without unpacking */

#include "mime/archive.h"

enum archive_state
archive_names(const char *bytes, size_t n, bool whole, const char *name,
    struct budget *budget, archive_entry_fn *entry, void *arg)
{
	(void)whole;
	(void)name;
	archive_plain_names(bytes, n, budget, entry, arg);
	return ARCHIVE_UNKNOWN;
}
