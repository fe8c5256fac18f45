/*
 * archive_libarchive - the names inside an archive; the only includer of
 * <archive.h>
 *
 * The library is loaded with the first archive (dlopen(3)), as it brings along
 * six others: most commands of the tool look into none. saywhyd is linked to
 * it.
 *
 * Only what libarchive reads by itself is turned on: some of its filters run
 * programs.
 */

#include <archive.h>
#include <archive_entry.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/budget.h"
#include "base/buf.h"
#include "base/library.h"
#include "base/mem.h"
#include "mime/archive.h"
#include "mime/file_name.h"
#include "mime/tnef.h"

/* Read at once: a byte of bzip2 may become a hundred thousand. */
#define BLOCK 1024

#define BEHIND_MAX 4	/* archives behind the first that are looked at */

#define SUPPORT(F) \
	F(archive_read_support_filter_gzip) \
	F(archive_read_support_filter_bzip2) \
	F(archive_read_support_filter_xz) \
	F(archive_read_support_filter_lzma) \
	F(archive_read_support_filter_compress) \
	F(archive_read_support_format_zip) \
	F(archive_read_support_format_7zip) \
	F(archive_read_support_format_tar) \
	F(archive_read_support_format_rar) \
	F(archive_read_support_format_rar5) \
	F(archive_read_support_format_cab) \
	F(archive_read_support_format_lha) \
	F(archive_read_support_format_iso9660) \
	F(archive_read_support_format_cpio) \
	F(archive_read_support_format_ar) \
	F(archive_read_support_format_raw)
#define FUNCTIONS(F) \
	F(archive_read_new) F(archive_read_free) F(archive_read_open1) \
	F(archive_read_set_read_callback) F(archive_read_set_skip_callback) \
	F(archive_read_set_seek_callback) F(archive_read_set_callback_data) \
	F(archive_read_next_header) F(archive_read_data) F(archive_set_error) \
	F(archive_read_set_options) \
	F(archive_read_has_encrypted_entries) F(archive_format) \
	F(archive_filter_count) F(archive_entry_pathname) \
	F(archive_entry_pathname_utf8) F(archive_entry_is_encrypted) \
	SUPPORT(F)

LIBRARY_OF(FUNCTIONS, SAYWHY_LIBARCHIVE, "nobody looks into archives")

/* What all archives of one call share. */
struct walk {
	archive_entry_fn *entry;
	void *arg;
	struct budget *message;	/* of all of the message */
	long long budget;	/* bytes that may still be unpacked */
	size_t entries;		/* how many may still be shown */
	size_t inner;		/* bytes that archives inside may still use */
	int depth;
	enum archive_state state;
};

/* The bytes that libarchive reads. */
struct source {
	struct walk *walk;
	const char *bytes;
	size_t n, at;
};

static void
worsen(struct walk *w, enum archive_state state)
{
	if (w->state == ARCHIVE_LISTED)
		w->state = state;
}

/* The only place where a bomb within libarchive can be stopped. */
static la_ssize_t
source_read(struct archive *a, void *data, const void **block)
{
	struct source *s = data;
	size_t n = s->n - s->at < BLOCK ? s->n - s->at : BLOCK;

	if (!budget_left(s->walk->message)) {
		worsen(s->walk, ARCHIVE_LIMITED);
		lib.archive_set_error(a, ARCHIVE_FATAL, "enough");
		return ARCHIVE_FATAL;
	}
	*block = s->bytes + s->at;
	s->at += n;
	return (la_ssize_t)n;
}

static la_int64_t
source_skip(struct archive *a, void *data, la_int64_t wanted)
{
	struct source *s = data;
	size_t n = s->n - s->at;

	(void)a;
	if (wanted >= 0 && (size_t)wanted < n)
		n = (size_t)wanted;
	s->at += n;
	return (la_int64_t)n;
}

static la_int64_t
source_seek(struct archive *a, void *data, la_int64_t offset, int whence)
{
	struct source *s = data;
	la_int64_t from = whence == SEEK_SET ? 0 : whence == SEEK_CUR ?
	    (la_int64_t)s->at : (la_int64_t)s->n;

	(void)a;
	if (from + offset < 0 || from + offset > (la_int64_t)s->n)
		return ARCHIVE_FATAL;
	s->at = (size_t)(from + offset);
	return (la_int64_t)s->at;
}

/* `options` are the library's, or NULL. */
static struct archive *
open_archive(struct source *s, const char *options)
{
	struct archive *a = lib.archive_read_new();

	if (a == NULL)
		mem_gone();
#define ENABLE(name) lib.name(a);
	SUPPORT(ENABLE)
#undef ENABLE
	lib.archive_read_set_options(a, options);
	lib.archive_read_set_read_callback(a, source_read);
	lib.archive_read_set_skip_callback(a, source_skip);
	lib.archive_read_set_seek_callback(a, source_seek);
	lib.archive_read_set_callback_data(a, s);
	if (lib.archive_read_open1(a) == ARCHIVE_OK)
		return a;
	lib.archive_read_free(a);
	return NULL;
}

/* A compressed file is called like it, without the ending. */
static char *
raw_name(const char *name)
{
	struct buf saved = BUF_INIT;
	const char *dot;

	if (name != NULL)
		file_name_put_saved(&saved, name);
	dot = strrchr(saved.data, '.');
	if (dot == NULL) {
		buf_free(&saved);
		return mem_dup("file");
	}
	buf_cut(&saved, (size_t)(dot - saved.data));
	return buf_steal(&saved);
}

static char *
entry_name(struct archive *a, struct archive_entry *e, const char *name)
{
	const char *inner = lib.archive_entry_pathname_utf8(e);

	if (lib.archive_format(a) == ARCHIVE_FORMAT_RAW)
		return raw_name(name);
	if (inner == NULL)
		inner = lib.archive_entry_pathname(e);
	return mem_dup(inner != NULL ? inner : "?");
}

/* Is what was read an archive that may be kept to be opened? It may begin
   anywhere in what is called one. */
static bool
is_kept(struct walk *w, const struct buf *into, bool called)
{
	if (!called && !archive_is(into->data, into->len))
		return into->len < ARCHIVE_HEAD;
	if (w->depth < ARCHIVE_DEPTH && into->len <= w->inner)
		return true;
	worsen(w, ARCHIVE_LIMITED);
	return false;
}

/*
 * Reads an entry within the budget. `into`: keeps what it is as long as it may
 * be an archive of its own (`called` like one, or not), else it is emptied.
 * False: that was all we read.
 */
static bool
read_entry(struct walk *w, struct archive *a, struct buf *into, bool called)
{
	char piece[16384];
	bool keep = true;
	la_ssize_t got;

	while ((got = lib.archive_read_data(a, piece, sizeof piece)) > 0) {
		w->budget -= got;
		if (!budget_spend(w->message, BUDGET_UNPACKED, got) ||
		    !budget_left(w->message) || w->budget < 0) {
			worsen(w, ARCHIVE_LIMITED);
			return false;
		}
		if (!keep)
			continue;
		buf_put(into, piece, (size_t)got);
		keep = is_kept(w, into, called);
		if (!keep)
			buf_free(into);
	}
	if (got < 0)
		worsen(w, ARCHIVE_DAMAGED);
	return got == 0;
}

static void walk(struct walk *w, const char *bytes, size_t n,
    const char *name);

/* The depth is bounded by ARCHIVE_DEPTH, whatever the input. What was kept
   because of its name may be none after all. */
static void
walk_inner(struct walk *w, struct buf *inner, const char *name)
{
	size_t start = archive_is(inner->data, inner->len) ? 0 :
	    archive_start(inner->data, inner->len);

	if (start == inner->len || w->depth == ARCHIVE_DEPTH)
		return;
	w->inner -= inner->len;
	w->depth++;
	walk(w, inner->data + start, inner->len - start, name);
	w->depth--;
	w->inner += inner->len;
}

/* Is it a file that is not looked into, by its name? */
static void
find_closed(struct walk *w, const char *name)
{
	if (archive_is_called_message(name))
		worsen(w, ARCHIVE_MESSAGE);
	else if (archive_is_called_foreign(name))
		worsen(w, ARCHIVE_UNKNOWN);
}

static bool
take_entry(struct walk *w, struct archive *a, struct archive_entry *e,
    const char *outer)
{
	char *name = entry_name(a, e, outer);
	struct buf inner = BUF_INIT;
	bool more = true;

	w->entry(w->arg, name);
	find_closed(w, name);
	if (lib.archive_entry_is_encrypted(e))
		worsen(w, ARCHIVE_LOCKED);
	/* What is compressed as a whole has to be read anyway. */
	else if (lib.archive_filter_count(a) > 1 || archive_may_be(name)) {
		more = read_entry(w, a, &inner, archive_is_called(name));
		if (more)
			walk_inner(w, &inner, name);
		else if (w->state == ARCHIVE_DAMAGED)
			more = lib.archive_filter_count(a) == 1;
	}
	buf_free(&inner);
	free(name);
	return more;
}

static void
walk_entries(struct walk *w, struct archive *a, const char *name)
{
	struct archive_entry *e;
	int rc;

	while ((rc = lib.archive_read_next_header(a, &e)) == ARCHIVE_OK ||
	    rc == ARCHIVE_WARN) {
		if (w->entries == 0 ||
		    !budget_spend(w->message, BUDGET_ENTRIES, 1)) {
			worsen(w, ARCHIVE_LIMITED);
			rc = ARCHIVE_EOF;
			break;
		}
		w->entries--;
		if (!take_entry(w, a, e, name))
			break;
	}
	if (lib.archive_read_has_encrypted_entries(a) > 0)
		worsen(w, ARCHIVE_LOCKED);
	else if (rc < ARCHIVE_WARN)
		worsen(w, ARCHIVE_DAMAGED);
}

/* A name, or the bytes of a file, of winmail.dat. */
static void
on_tnef(void *arg, const char *name, const char *bytes, size_t n)
{
	struct walk *w = arg;

	if (name != NULL) {
		w->entry(w->arg, name);
		find_closed(w, name);
	}
	if (!budget_spend(w->message, BUDGET_ENTRIES, 1)) {
		worsen(w, ARCHIVE_LIMITED);
	} else if (n > 0 && archive_is(bytes, n)) {
		if (w->depth == ARCHIVE_DEPTH) {
			worsen(w, ARCHIVE_LIMITED);
			return;
		}
		w->depth++;
		walk(w, bytes, n, NULL);
		w->depth--;
	} else if (n > 0) {
		archive_plain_names(bytes, n, w->message, w->entry, w->arg);
	}
}

/* One reading of an archive; returns its format, -1: it is none. */
static int
walk_once(struct walk *w, const char *bytes, size_t n, const char *name,
    const char *options)
{
	struct source s = { w, bytes, n, 0 };
	struct archive *a = open_archive(&s, options);
	int format = -1;

	if (a == NULL)
		return -1;
	walk_entries(w, a, name);
	format = lib.archive_format(a) & ARCHIVE_FORMAT_BASE_MASK;
	lib.archive_read_free(a);
	return format;
}

/*
 * An image of a disc has up to four directories, of which a program reads the
 * one that it likes best: the library the second, or else the first.
 */
static void
walk_disc(struct walk *w, const char *bytes, size_t n, const char *name)
{
	static const char *const others[] = { "iso9660:!rockridge",
		"iso9660:!rockridge,iso9660:!joliet" };
	size_t i;

	for (i = 0; i < 2; i++) {
		w->entries = ARCHIVE_ENTRIES;
		walk_once(w, bytes, n, name, others[i]);
	}
	if (archive_has_udf(bytes, n))
		worsen(w, ARCHIVE_UNKNOWN);
}

static void
walk(struct walk *w, const char *bytes, size_t n, const char *name)
{
	int format;

	if (!budget_left(w->message)) {
		worsen(w, ARCHIVE_LIMITED);
		return;
	}
	if (archive_foreign(bytes, n) != NULL) {
		worsen(w, ARCHIVE_UNKNOWN);
		return;
	}
	if (tnef_is(bytes, n)) {
		if (!tnef_read(bytes, n, on_tnef, w))
			worsen(w, ARCHIVE_DAMAGED);
		return;
	}
	archive_plain_names(bytes, n, w->message, w->entry, w->arg);
	if (!is_there()) {
		worsen(w, ARCHIVE_UNKNOWN);
		return;
	}
	format = walk_once(w, bytes, n, name, NULL);
	if (format < 0)
		worsen(w, ARCHIVE_DAMAGED);
	else if (format == ARCHIVE_FORMAT_ISO9660)
		walk_disc(w, bytes, n, name);
}

/* What stands behind the archive; it counts for its names alone. */
static void
walk_behind(struct walk *w, const char *bytes, size_t n)
{
	enum archive_state state = w->state;
	size_t at = 0;
	int i;

	if (!is_there())
		return;
	for (i = 0; i < BEHIND_MAX; i++) {
		at = archive_next(bytes, n, at + 1);
		if (at == n)
			break;
		walk_once(w, bytes + at, n - at, NULL, NULL);
	}
	w->state = state;
}

enum archive_state
archive_names(const char *bytes, size_t n, bool whole, const char *name,
    struct budget *budget, archive_entry_fn *entry, void *arg)
{
	struct walk w = { .entry = entry, .arg = arg, .message = budget,
		.budget = ARCHIVE_UNPACK_FIRST +
		(long long)n * ARCHIVE_UNPACK_RATIO,
		.entries = ARCHIVE_ENTRIES, .inner = ARCHIVE_INNER,
		.depth = 1, .state = ARCHIVE_LISTED };

	walk(&w, bytes, n, name);
	walk_behind(&w, bytes, n);
	return whole || w.state == ARCHIVE_LOCKED ? w.state : ARCHIVE_LIMITED;
}
