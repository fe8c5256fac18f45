/*
 * archive_libarchive - the names inside an archive; the only includer of
 * <archive.h>
 *
 * Only what libarchive reads by itself is turned on: some of its filters run
 * programs.
 */

#include <archive.h>
#include <archive_entry.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/mem.h"
#include "mime/archive.h"

/* What all archives of one call share. */
struct walk {
	void (*entry)(void *arg, const char *name);
	void *arg;
	long long budget;	/* bytes that may still be unpacked */
	size_t entries;		/* how many may still be shown */
	size_t inner;		/* bytes that archives inside may still use */
	int depth;
	enum archive_state state;
};

static void
worsen(struct walk *w, enum archive_state state)
{
	if (w->state == ARCHIVE_SEEN)
		w->state = state;
}

static struct archive *
open_archive(const char *bytes, size_t n)
{
	struct archive *a = archive_read_new();

	if (a == NULL)
		mem_gone();
	archive_read_support_filter_gzip(a);
	archive_read_support_filter_bzip2(a);
	archive_read_support_filter_xz(a);
	archive_read_support_filter_lzma(a);
	archive_read_support_filter_compress(a);
	archive_read_support_format_zip(a);
	archive_read_support_format_7zip(a);
	archive_read_support_format_tar(a);
	archive_read_support_format_rar(a);
	archive_read_support_format_rar5(a);
	archive_read_support_format_cab(a);
	archive_read_support_format_lha(a);
	archive_read_support_format_raw(a);
	if (archive_read_open_memory(a, bytes, n) == ARCHIVE_OK)
		return a;
	archive_read_free(a);
	return NULL;
}

/* A compressed file is called like it, without the ending. */
static char *
raw_name(const char *name)
{
	const char *dot = name != NULL ? strrchr(name, '.') : NULL;

	return dot != NULL ? mem_ndup(name, (size_t)(dot - name)) :
	    mem_dup("file");
}

static char *
entry_name(struct archive *a, struct archive_entry *e, const char *name)
{
	const char *inner = archive_entry_pathname_utf8(e);

	if (archive_format(a) == ARCHIVE_FORMAT_RAW)
		return raw_name(name);
	if (inner == NULL)
		inner = archive_entry_pathname(e);
	return mem_dup(inner != NULL ? inner : "?");
}

/*
 * Reads an entry within the budget. `into`: keeps what it is as long as it may
 * be an archive of its own, else it is emptied. False: that was all we read.
 */
static bool
read_entry(struct walk *w, struct archive *a, struct buf *into)
{
	char piece[16384];
	bool keep = w->depth < ARCHIVE_DEPTH;
	la_ssize_t got;

	while ((got = archive_read_data(a, piece, sizeof piece)) > 0) {
		w->budget -= got;
		if (w->budget < 0) {
			worsen(w, ARCHIVE_LIMITED);
			return false;
		}
		if (!keep)
			continue;
		buf_put(into, piece, (size_t)got);
		if (!archive_is(into->data, into->len) &&
		    into->len >= ARCHIVE_HEAD) {
			buf_free(into);
			keep = false;
		} else if (into->len > w->inner) {
			worsen(w, ARCHIVE_LIMITED);
			buf_free(into);
			keep = false;
		}
	}
	if (got < 0)
		worsen(w, ARCHIVE_DAMAGED);
	return got == 0;
}

static void walk(struct walk *w, const char *bytes, size_t n,
    const char *name);

/* The depth is bounded by ARCHIVE_DEPTH, whatever the input. */
static void
walk_inner(struct walk *w, struct buf *inner, const char *name)
{
	if (!archive_is(inner->data, inner->len))
		return;
	w->inner -= inner->len;
	w->depth++;
	walk(w, inner->data, inner->len, name);
	w->depth--;
	w->inner += inner->len;
}

/* Could it be an archive by its name? What is plain in the outer one is read
   only then; what is compressed as a whole has to be read anyway. */
static bool
is_worth_reading(struct archive *a, const char *name)
{
	static const char *const endings[] = { ".zip", ".7z", ".rar", ".gz",
		".tgz", ".bz2", ".xz", ".lzma", ".tar", ".cab", ".lha",
		".lzh", ".jar", ".z", ".docm", ".docx", ".xlsm", ".xlsx" };
	size_t i, n = strlen(name), length;

	if (archive_filter_count(a) > 1)
		return true;
	for (i = 0; i < sizeof endings / sizeof endings[0]; i++) {
		length = strlen(endings[i]);
		if (n > length &&
		    strcasecmp(name + n - length, endings[i]) == 0)
			return true;
	}
	return false;
}

static bool
take_entry(struct walk *w, struct archive *a, struct archive_entry *e,
    const char *outer)
{
	char *name = entry_name(a, e, outer);
	struct buf inner = BUF_INIT;
	bool more = true;

	w->entry(w->arg, name);
	if (archive_entry_is_encrypted(e))
		worsen(w, ARCHIVE_LOCKED);
	else if (is_worth_reading(a, name)) {
		more = read_entry(w, a, &inner);
		if (more)
			walk_inner(w, &inner, name);
		else if (w->state == ARCHIVE_DAMAGED)
			more = archive_filter_count(a) == 1;
	}
	buf_free(&inner);
	free(name);
	return more;
}

static void
walk(struct walk *w, const char *bytes, size_t n, const char *name)
{
	struct archive *a = open_archive(bytes, n);
	struct archive_entry *e;
	int rc = ARCHIVE_EOF;

	if (a == NULL) {
		worsen(w, ARCHIVE_DAMAGED);
		return;
	}
	while ((rc = archive_read_next_header(a, &e)) == ARCHIVE_OK ||
	    rc == ARCHIVE_WARN) {
		if (w->entries == 0) {
			worsen(w, ARCHIVE_LIMITED);
			rc = ARCHIVE_EOF;
			break;
		}
		w->entries--;
		if (!take_entry(w, a, e, name))
			break;
	}
	if (archive_read_has_encrypted_entries(a) > 0)
		worsen(w, ARCHIVE_LOCKED);
	else if (rc < ARCHIVE_WARN)
		worsen(w, ARCHIVE_DAMAGED);
	archive_read_free(a);
}

enum archive_state
archive_names(const char *bytes, size_t n, bool whole, const char *name,
    void (*entry)(void *arg, const char *name), void *arg)
{
	struct walk w = { .entry = entry, .arg = arg,
		.budget = ARCHIVE_UNPACK_FIRST +
		(long long)n * ARCHIVE_UNPACK_RATIO,
		.entries = ARCHIVE_ENTRIES, .inner = ARCHIVE_INNER,
		.depth = 1, .state = ARCHIVE_SEEN };

	walk(&w, bytes, n, name);
	return whole || w.state == ARCHIVE_LOCKED ? w.state : ARCHIVE_LIMITED;
}
