/* list_cdb_none - cdb: lists where configure found no libcdb */

#include "base/buf.h"
#include "base/diag.h"
#include "lists/list_cdb.h"
#include "lists/list_format.h"

static void *
load(const char *path, struct diags *d)
{
	diags_error(d, path, 0,
	    "cannot be read: saywhy was built without libcdb");
	return NULL;
}

const struct list_format list_format_cdb = { .prefix = "cdb:", .load = load };

struct list_cdb *
list_cdb_new(int fd, struct buf *errmsg)
{
	(void)fd;
	buf_puts(errmsg, "saywhy was built without libcdb");
	return NULL;
}

bool
list_cdb_put(struct list_cdb *c, const char *key, size_t n,
    const char *comment, struct buf *errmsg)
{
	(void)c;
	(void)key;
	(void)n;
	(void)comment;
	(void)errmsg;
	return false;
}

bool
list_cdb_end(struct list_cdb *c, struct buf *errmsg)
{
	(void)c;
	(void)errmsg;
	return false;
}
