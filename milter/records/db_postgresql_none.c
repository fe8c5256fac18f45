/* db_postgresql_none - built without libpq */

#include "records/db_engine.h"

#include "base/buf.h"
#include "records/db_name.h"

static struct db *
open_server(const char *name, bool to_write, int ms, bool *damaged,
    struct buf *errmsg)
{
	(void)to_write;
	(void)ms;
	if (damaged != NULL)
		*damaged = false;
	db_put_name(errmsg, name);
	buf_puts(errmsg, ": this saywhy was built without PostgreSQL (libpq)");
	return NULL;
}

const struct db_engine db_postgresql = { .open = open_server };
