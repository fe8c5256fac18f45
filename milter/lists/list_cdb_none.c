/* list_cdb_none - cdb: lists where configure found no libcdb */

#include "base/diag.h"
#include "lists/list_format.h"

static void *
load(const char *path, struct diags *d)
{
	diags_error(d, path, 0,
	    "cannot be read: saywhy was built without libcdb");
	return NULL;
}

const struct list_format list_format_cdb = { .prefix = "cdb:", .load = load };
