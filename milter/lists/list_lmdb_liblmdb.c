/* list_lmdb_liblmdb - lmdb: lists; the only includer of <lmdb.h> */

#include <lmdb.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/diag.h"
#include "base/library.h"
#include "base/mem.h"
#include "lists/list_format.h"

#define FUNCTIONS(F) \
	F(mdb_dbi_open) F(mdb_env_close) F(mdb_env_create) \
	F(mdb_env_get_maxkeysize) F(mdb_env_open) F(mdb_env_stat) F(mdb_get) \
	F(mdb_strerror) F(mdb_txn_abort) F(mdb_txn_begin)

LIBRARY_OF(FUNCTIONS, SAYWHY_LIBLMDB, "lists named lmdb: cannot be read")

/*
 * Opened without LMDB's locks, as Postfix does it, so that the folder need not
 * be writable for us and writers need not know of us. A search takes some
 * microseconds, and its pages are not reused before the second write after it
 * began.
 */
#define FLAGS (MDB_RDONLY | MDB_NOLOCK | MDB_NOTLS)
#define RIGHTS 0644

struct content {
	MDB_env *env;
	MDB_dbi dbi;
};

static int
open_table(struct content *c)
{
	MDB_txn *txn;
	int error = lib.mdb_txn_begin(c->env, NULL, MDB_RDONLY, &txn);

	if (error != 0)
		return error;
	error = lib.mdb_dbi_open(txn, NULL, 0, &c->dbi);
	lib.mdb_txn_abort(txn);
	return error;
}

static int
open_env(struct content *c, const char *path)
{
	struct stat st;
	unsigned flags = FLAGS;
	int error;

	if (stat(path, &st) == 0 && !S_ISDIR(st.st_mode))
		flags |= MDB_NOSUBDIR;
	error = lib.mdb_env_create(&c->env);
	if (error == 0)
		error = lib.mdb_env_open(c->env, path, flags, RIGHTS);
	return error == 0 ? open_table(c) : error;
}

static void
free_content(void *content)
{
	struct content *c = content;

	lib.mdb_env_close(c->env);
	free(c);
}

/* Not so a FIFO, which LMDB would wait for. */
static bool
is_file_or_folder(const char *path, struct diags *d)
{
	struct stat st;

	if (stat(path, &st) != 0 || S_ISREG(st.st_mode) ||
	    S_ISDIR(st.st_mode))
		return true;
	diags_error(d, path, 0, "is not a file");
	return false;
}

static void *
load(const char *path, struct diags *d)
{
	struct content *c;
	int error;

	if (!is_there()) {
		diags_error(d, path, 0, "cannot be read without liblmdb");
		return NULL;
	}
	if (!is_file_or_folder(path, d))
		return NULL;
	c = mem_alloc(sizeof *c);
	error = open_env(c, path);
	if (error == 0)
		return c;
	diags_error(d, path, 0, "cannot be opened: %s",
	    lib.mdb_strerror(error));
	free_content(c);
	return NULL;
}

static void
put_comment(struct buf *comment, const MDB_val *value)
{
	const char *text = value->mv_data;
	size_t n = value->mv_size;

	if (n > 0 && text[n - 1] == '\0')
		n--;
	buf_put(comment, text, n);
}

/* postmap(1) counts the NUL at the end of a key in; others do not. */
static int
get_either(const struct content *c, MDB_txn *txn, const char *key, size_t n,
    MDB_val *value)
{
	MDB_val k = { .mv_size = n, .mv_data = (void *)(uintptr_t)key };
	int error = lib.mdb_get(txn, c->dbi, &k, value);

	if (error != MDB_NOTFOUND)
		return error;
	k.mv_size = n + 1;
	return lib.mdb_get(txn, c->dbi, &k, value);
}

static enum list_answer
get(void *content, const char *key, size_t n, struct buf *comment)
{
	const struct content *c = content;
	MDB_txn *txn;
	MDB_val value;
	int error;

	if (n + 1 > (size_t)lib.mdb_env_get_maxkeysize(c->env))
		return LIST_NO;
	error = lib.mdb_txn_begin(c->env, NULL, MDB_RDONLY, &txn);
	if (error == 0) {
		error = get_either(c, txn, key, n, &value);
		if (error == 0)
			put_comment(comment, &value);
		lib.mdb_txn_abort(txn);
	}
	if (error != 0 && error != MDB_NOTFOUND)
		buf_puts(comment, lib.mdb_strerror(error));
	return error == 0 ? LIST_YES :
	    error == MDB_NOTFOUND ? LIST_NO : LIST_TEMPFAIL;
}

static void
count(const void *content, struct list_counts *counts)
{
	const struct content *c = content;
	MDB_stat st;

	counts->uncounted = lib.mdb_env_stat(c->env, &st) != 0;
	counts->names = counts->uncounted ? 0 : st.ms_entries;
}

const struct list_format list_format_lmdb = {
	.prefix = "lmdb:",
	.load = load,
	.free = free_content,
	.count = count,
	.get = get
};
