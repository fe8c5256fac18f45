/* list_cdb_tinycdb - cdb: lists by libcdb; the only includer of <cdb.h> */

#include <cdb.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/diag.h"
#include "base/library.h"
#include "base/mem.h"
#include "lists/list_cdb.h"
#include "lists/list_format.h"

#define FUNCTIONS(F) \
	F(cdb_find) F(cdb_free) F(cdb_get) F(cdb_init) F(cdb_make_add) \
	F(cdb_make_finish) F(cdb_make_start)

LIBRARY_OF(FUNCTIONS, SAYWHY_LIBCDB, "lists named cdb: cannot be read")

static void *
load(const char *path, struct diags *d)
{
	struct cdb *c;
	int fd;

	if (!is_there()) {
		diags_error(d, path, 0, "cannot be read without libcdb");
		return NULL;
	}
	c = mem_alloc(sizeof *c);
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0) {
		diags_error(d, path, 0, "cannot be opened: %s",
		    strerror(errno));
		free(c);
		return NULL;
	}
	if (lib.cdb_init(c, fd) != 0) {
		diags_error(d, path, 0, "is no cdb file");
		close(fd);
		free(c);
		return NULL;
	}
	return c;
}

static void
free_content(void *content)
{
	struct cdb *c = content;
	int fd = cdb_fileno(c);

	lib.cdb_free(c);
	close(fd);
	free(c);
}

/* A search writes where it is into the struct: each has one of its own. */
static enum list_answer
get(void *content, const char *key, size_t n, struct buf *comment)
{
	struct cdb c = *(const struct cdb *)content;
	int found = lib.cdb_find(&c, key, (unsigned)n);
	const char *data;

	if (found > 0) {
		data = lib.cdb_get(&c, cdb_datalen(&c), cdb_datapos(&c));
		buf_put(comment, data, data != NULL ? cdb_datalen(&c) : 0);
	} else if (found < 0)
		buf_puts(comment, "the cdb file is damaged");
	return found == 0 ? LIST_NO : found > 0 ? LIST_YES : LIST_TEMPFAIL;
}

const struct list_format list_format_cdb = {
	.prefix = "cdb:",
	.load = load,
	.free = free_content,
	.get = get
};

struct list_cdb {
	struct cdb_make make;
};

struct list_cdb *
list_cdb_new(int fd, struct buf *errmsg)
{
	struct list_cdb *c;

	if (!is_there()) {
		buf_puts(errmsg, "no cdb file is made without libcdb");
		return NULL;
	}
	c = mem_alloc(sizeof *c);
	if (lib.cdb_make_start(&c->make, fd) == 0)
		return c;
	buf_puts(errmsg, strerror(errno));
	free(c);
	return NULL;
}

bool
list_cdb_put(struct list_cdb *c, const char *key, size_t n,
    const char *comment, struct buf *errmsg)
{
	if (lib.cdb_make_add(&c->make, key, (unsigned)n, comment,
	    (unsigned)strlen(comment)) == 0)
		return true;
	buf_puts(errmsg, errno == ENOMEM ? "it would be larger than 4 GB, "
	    "which is all that a cdb file has room for" : strerror(errno));
	return false;
}

bool
list_cdb_end(struct list_cdb *c, struct buf *errmsg)
{
	bool good = lib.cdb_make_finish(&c->make) == 0;

	if (!good)
		buf_puts(errmsg, strerror(errno));
	free(c);
	return good;
}
