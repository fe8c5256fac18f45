/* list_build - text lists into the form that is searched without loading */

#include "lists/list_build.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/diag.h"
#include "base/net.h"
#include "base/whole_file.h"
#include "lists/list_cdb.h"
#include "lists/list_names.h"
#include "lists/list_text_internal.h"
#include "lists/minisign.h"
#include "model/mailkey.h"

struct building {
	struct list_cdb *cdb;
	struct list_names there;	/* every key that was put */
	struct list_built *built;
	struct buf key;
};

static bool
put(struct building *b, const char *key, size_t n, const char *comment,
    struct buf *errmsg)
{
	if (list_names_full(&b->there)) {
		buf_puts(errmsg, "the list is too long: over a gigabyte");
		return false;
	}
	if (list_names_add(&b->there, key, n, 0))
		return list_cdb_put(b->cdb, key, n, comment, errmsg);
	b->built->twice++;
	return false;
}

static void
put_net(struct building *b, const char *entry, const char *comment,
    struct buf *errmsg)
{
	char text[NET_TEXT];
	struct net net;

	if (!net_parse(entry, &net, errmsg))
		return;
	net_around(&net.ip, net.prefix, text);
	b->built->nets += put(b, text, strlen(text), comment, errmsg);
}

static void
put_name(struct building *b, const char *entry, const char *comment,
    struct buf *errmsg)
{
	buf_clear(&b->key);
	if (mailkey_put(&b->key, entry, errmsg) != 0)
		b->built->names += put(b, b->key.data, b->key.len, comment,
		    errmsg);
}

/* "[192.0.2.7]" is the client, besides a HELO name and a domain. */
static void
put_literal(struct building *b, const char *entry, const char *comment,
    struct buf *errmsg)
{
	struct net net;

	if (net_parse(entry, &net, NULL))
		put_net(b, entry, comment, errmsg);
}

static void
take(void *arg, const char *entry, const char *comment, struct buf *errmsg)
{
	struct building *b = arg;

	if (*entry == '/' || strcmp(entry, "*") == 0) {
		buf_printf(errmsg, "%.60s: a cdb file holds no patterns and "
		    "no \"*\"; keep them in a text list beside it", entry);
		return;
	}
	if (net_is_meant(entry)) {
		put_net(b, entry, comment, errmsg);
		return;
	}
	if (*entry == '[')
		put_literal(b, entry, comment, errmsg);
	put_name(b, entry, comment, errmsg);
}

/* Fills the file; false with every mistake in d. */
static bool
fill(int fd, char *const *files, size_t n, const char *out,
    struct list_built *built, struct diags *d)
{
	struct building b = { .there = LIST_NAMES_INIT, .built = built,
		.key = BUF_INIT };
	struct buf errmsg = BUF_INIT;
	bool good = true;
	size_t i;

	b.cdb = list_cdb_new(fd, &errmsg);
	for (i = 0; b.cdb != NULL && i < n; i++)
		good = list_text_each(files[i], take, &b, d) && good;
	if (b.cdb == NULL || !list_cdb_end(b.cdb, &errmsg)) {
		diags_error(d, out, 0, "cannot be made: %s", errmsg.data);
		good = false;
	}
	list_names_free(&b.there);
	buf_free(&b.key);
	buf_free(&errmsg);
	return good;
}

static bool
read_secret(const char *path, struct buf *text, struct diags *d)
{
	FILE *f = fopen(path, "re");
	bool good = f != NULL && buf_read(text, f, MINISIGN_TEXT_MAX);

	if (!good)
		diags_error(d, path, 0, "cannot be read: %s",
		    strerror(errno));
	if (f != NULL)
		fclose(f);
	return good;
}

/* The name behind the last slash. */
static const char *
base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash != NULL ? slash + 1 : path;
}

/* Appends the signature of the open file, which is to be kept as `out`. */
static bool
sign(int fd, const char *out, const char *key, struct buf *signature,
    struct diags *d)
{
	struct buf secret = BUF_INIT, errmsg = BUF_INIT;
	const void *bytes = NULL;
	bool good = false;
	size_t n = 0;

	if (read_secret(key, &secret, d)) {
		bytes = file_map(fd, &n, &errmsg);
		good = bytes != NULL && minisign_sign(secret.data,
		    base_name(out), clock_epoch_ms() / 1000, bytes, n,
		    signature, &errmsg);
		if (!good)
			diags_error(d, key, 0, "%s", errmsg.data);
	}
	if (bytes != NULL)
		file_unmap(bytes, n);
	explicit_bzero(secret.data, secret.len);
	buf_free(&secret);
	buf_free(&errmsg);
	return good;
}

/* The list, then its signature, which says that the list is there. */
static bool
put_both(struct whole_file *f, const char *out, const struct buf *signature,
    struct diags *d)
{
	struct buf errmsg = BUF_INIT, path = BUF_INIT;
	bool good = whole_file_put(f, &errmsg);

	buf_printf(&path, "%s.minisig", out);
	if (good && signature->len > 0)
		good = whole_file_write(path.data, signature->data,
		    signature->len, &errmsg);
	if (!good)
		diags_error(d, NULL, 0, "%s", errmsg.data);
	buf_free(&errmsg);
	buf_free(&path);
	return good;
}

bool
list_build(char *const *files, size_t n, const char *out, const char *key,
    struct list_built *built, struct diags *d)
{
	struct buf errmsg = BUF_INIT, signature = BUF_INIT;
	struct whole_file f;
	bool good;

	memset(built, 0, sizeof *built);
	if (!whole_file_begin(&f, out, &errmsg)) {
		diags_error(d, NULL, 0, "%s", errmsg.data);
		buf_free(&errmsg);
		return false;
	}
	good = fill(f.fd, files, n, out, built, d) &&
	    (key == NULL || sign(f.fd, out, key, &signature, d));
	if (good)
		good = put_both(&f, out, &signature, d);
	else
		whole_file_drop(&f);
	buf_free(&signature);
	return good;
}
