/* follow - the record file in batches of lines, with a mark of how far */

#include "records/follow.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/mem.h"
#include "records/rotated.h"

#define BATCH (4 * 1024 * 1024)	/* a longer line is no record */
#define QUIET_S 2		/* the writer looks at its path once a second */

struct follow {
	const char *path, *mark;
	int fd;			/* of the file that is read, or -1 */
	uint64_t device, inode;
	int64_t offset;		/* of what is not dealt with */
	size_t given;		/* bytes of the lines given last */
	char *bytes;
};

static void
load_mark(struct follow *f)
{
	FILE *in = fopen(f->mark, "re");

	if (in == NULL)
		return;
	if (fscanf(in, "%" SCNu64 " %" SCNu64 " %" SCNd64, &f->device,
	    &f->inode, &f->offset) != 3 || f->offset < 0)
		f->device = f->inode = 0;
	fclose(in);
}

struct follow *
follow_new(const char *path, const char *mark)
{
	struct follow *f = mem_alloc(sizeof *f);

	f->path = path;
	f->mark = mark;
	f->fd = -1;
	f->bytes = mem_alloc(BATCH);
	load_mark(f);
	return f;
}

void
follow_free(struct follow *f)
{
	if (f == NULL)
		return;
	if (f->fd >= 0)
		close(f->fd);
	free(f->bytes);
	free(f);
}

static bool
is_at(const struct follow *f, const struct rotated_file *r)
{
	return r->device == f->device && r->inode == f->inode;
}

/* From its beginning, unless it is the one that we were in. */
static void
open_file(struct follow *f, const struct rotated_file *r)
{
	struct stat st;

	if (f->fd >= 0)
		close(f->fd);
	f->fd = open(r->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (f->fd >= 0 && (fstat(f->fd, &st) < 0 || !S_ISREG(st.st_mode) ||
	    st.st_ino != r->inode || st.st_dev != r->device)) {
		close(f->fd);
		f->fd = -1;
		return;
	}
	if (!is_at(f, r))
		f->offset = 0;
	f->device = r->device;
	f->inode = r->inode;
}

/* The file of the mark, or the one after it; else the oldest. */
static void
open_one(struct follow *f, bool next)
{
	struct rotated_files all = { .v = NULL };
	size_t i;

	rotated_find(&all, f->path);
	for (i = 0; i < all.n && !is_at(f, &all.v[i]); i++)
		;
	if (i == all.n)
		i = 0;
	else if (next)
		i++;
	if (i < all.n)
		open_file(f, &all.v[i]);
	rotated_free(&all);
}

/* Nobody writes to this file any more. */
static bool
is_over(const struct follow *f)
{
	struct stat ours, named;

	return stat(f->path, &named) == 0 && fstat(f->fd, &ours) == 0 &&
	    (named.st_ino != ours.st_ino || named.st_dev != ours.st_dev) &&
	    clock_now().tv_sec - ours.st_ctim.tv_sec > QUIET_S;
}

static ssize_t
read_bytes(struct follow *f)
{
	struct stat st;

	if (f->fd < 0)
		open_one(f, false);
	if (f->fd < 0)
		return 0;
	/* Truncated: from its beginning. */
	if (fstat(f->fd, &st) == 0 && st.st_size < f->offset)
		f->offset = 0;
	return pread(f->fd, f->bytes, BATCH, f->offset);
}

static size_t
cut_lines(struct follow *f, size_t n, struct follow_line *lines, size_t max)
{
	const char *at = f->bytes, *end;
	size_t nlines = 0, left = n;

	while (nlines < max && (end = memchr(at, '\n', left)) != NULL) {
		lines[nlines++] = (struct follow_line){ .text = at,
			.n = (size_t)(end - at) };
		left -= (size_t)(end - at) + 1;
		at = end + 1;
	}
	f->given = n - left;
	return nlines;
}

/* What has no newline: too long, or cut off for good; it is passed over. */
static bool
skip_rest(struct follow *f, size_t n)
{
	if (n < BATCH && !(n > 0 && is_over(f)))
		return false;
	f->offset += (int64_t)n;
	return true;
}

size_t
follow_next(struct follow *f, struct follow_line *lines, size_t max)
{
	ssize_t n = read_bytes(f);
	size_t found;

	f->given = 0;
	if (n > 0) {
		found = cut_lines(f, (size_t)n, lines, max);
		if (found > 0 || !skip_rest(f, (size_t)n))
			return found;
		n = read_bytes(f);
		return n > 0 ? cut_lines(f, (size_t)n, lines, max) : 0;
	}
	if (f->fd < 0 || !is_over(f))
		return 0;
	open_one(f, true);
	n = read_bytes(f);
	return n > 0 ? cut_lines(f, (size_t)n, lines, max) : 0;
}

bool
follow_done(struct follow *f, struct buf *errmsg)
{
	struct buf fresh = BUF_INIT;
	bool good = false;
	FILE *out;

	f->offset += (int64_t)f->given;
	f->given = 0;
	buf_printf(&fresh, "%s.new", f->mark);
	out = fopen(fresh.data, "we");
	if (out != NULL) {
		fprintf(out, "%" PRIu64 " %" PRIu64 " %" PRId64 "\n",
		    f->device, f->inode, f->offset);
		good = ferror(out) == 0;
		good = fclose(out) == 0 && good &&
		    rename(fresh.data, f->mark) == 0;
	}
	if (!good)
		buf_printf(errmsg, "%s: %s", f->mark, strerror(errno));
	buf_free(&fresh);
	return good;
}

int64_t
follow_left(struct follow *f)
{
	struct rotated_files all = { .v = NULL };
	struct stat st;
	int64_t left = 0;
	bool ahead = true;	/* what is before ours is read already */
	size_t i, ours = 0;

	rotated_find(&all, f->path);
	for (i = 0; i < all.n; i++)
		if (is_at(f, &all.v[i]))
			ours = i;
	for (i = ours; i < all.n; i++, ahead = false)
		if (stat(all.v[i].path, &st) == 0)
			left += st.st_size - (ahead && is_at(f, &all.v[i]) ?
			    f->offset : 0);
	rotated_free(&all);
	return left;
}
