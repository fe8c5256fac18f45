/* list_lmdb_none - lmdb: lists where configure found no liblmdb */

#include "base/diag.h"
#include "lists/list_format.h"

static void *
load(const char *path, struct diags *d)
{
	diags_error(d, path, 0,
	    "cannot be read: saywhy was built without liblmdb");
	return NULL;
}

const struct list_format list_format_lmdb = { .prefix = "lmdb:", .load = load };
