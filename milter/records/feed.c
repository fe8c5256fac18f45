/* feed - from the record file into the store */

#include "records/feed.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/mem.h"
#include "records/record_read.h"
#include "records/rotated.h"
#include "records/store.h"

/*
 * One batch: some thousand records, so that what they share is written once.
 * A line that is longer is no record.
 */
#define BATCH (8 * 1024 * 1024)
#define QUIET_S 2

struct feed {
	const char *path;
	struct store *store;
	int64_t oldest;
	int fd;			/* of the file at `place`, or -1 */
	struct store_position position;
	char *batch;
	struct feed_counts counts;
};

struct feed *
feed_new(const char *path, struct store *store)
{
	struct feed *f = mem_alloc(sizeof *f);

	f->path = path;
	f->store = store;
	f->fd = -1;
	f->batch = mem_alloc(BATCH);
	return f;
}

void
feed_use(struct feed *f, struct store *store)
{
	f->store = store;
}

void
feed_free(struct feed *f)
{
	if (f == NULL)
		return;
	if (f->fd >= 0)
		close(f->fd);
	free(f->batch);
	free(f);
}

void
feed_oldest(struct feed *f, int64_t oldest)
{
	f->oldest = oldest;
}

struct feed_counts
feed_counts(const struct feed *f)
{
	return f->counts;
}

/* -1 too when another file is there by now. */
static int
open_file(const char *path, const struct rotated_file *meant)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat st;

	if (fd >= 0 && (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) ||
	    st.st_ino != meant->inode || st.st_dev != meant->device)) {
		close(fd);
		return -1;
	}
	return fd;
}

/* From the beginning of this file. */
static void
move_to(struct feed *f, const struct rotated_file *to)
{
	if (f->fd >= 0)
		close(f->fd);
	f->fd = open_file(to->path, to);
	f->position = (struct store_position){ .device = to->device,
		.inode = to->inode };
}

static bool
is_at(const struct feed *f, const struct rotated_file *s)
{
	return s->device == f->position.device && s->inode == f->position.inode;
}

/*
 * The position of the store, with its file open. When that file is gone, or at
 * the first time: from the oldest file on, because records that are in the
 * store already are not imported twice.
 */
static void
find_position(struct feed *f, const struct store_position *position)
{
	struct rotated_files all = { .v = NULL };
	size_t i;

	rotated_find(&all, f->path);
	f->position = *position;
	for (i = 0; i < all.n && !is_at(f, &all.v[i]); i++)
		;
	if (all.n > 0) {
		move_to(f, &all.v[i < all.n ? i : 0]);
		if (i < all.n)
			f->position.offset = position->offset;
	}
	rotated_free(&all);
}

/*
 * The path has named another file for so long that nobody writes to ours any
 * more: the sink checks the path once a second.
 */
static bool
has_next(const struct feed *f)
{
	struct stat ours, named;

	return stat(f->path, &named) == 0 && fstat(f->fd, &ours) == 0 &&
	    (named.st_ino != ours.st_ino || named.st_dev != ours.st_dev) &&
	    clock_now().tv_sec - ours.st_ctim.tv_sec > QUIET_S;
}

static void
go_to_next(struct feed *f)
{
	struct rotated_files all = { .v = NULL };
	size_t i;

	rotated_find(&all, f->path);
	for (i = 0; i < all.n && !is_at(f, &all.v[i]); i++)
		;
	if (i + 1 < all.n)
		move_to(f, &all.v[i + 1]);
	else if (i == all.n && all.n > 0)
		move_to(f, &all.v[0]);
	rotated_free(&all);
}

static bool
take_line(struct feed *f, const char *line, size_t n)
{
	struct parsed_record *t;
	bool good = true;

	if (n == 0)
		return true;
	t = record_read(line, n);
	if (t == NULL)
		f->counts.bad++;
	else if (parsed_time(t) >= f->oldest) {
		good = store_put(f->store, t, line, n);
		f->counts.taken += good;
	}
	parsed_free(t);
	return good;
}

/* Whole lines only; how many bytes they are, -1: failed. */
static ssize_t
take_lines(struct feed *f, size_t n)
{
	const char *at = f->batch, *end;
	size_t left = n;

	while ((end = memchr(at, '\n', left)) != NULL) {
		if (!take_line(f, at, (size_t)(end - at)))
			return -1;
		left -= (size_t)(end - at) + 1;
		at = end + 1;
	}
	if (left == BATCH) {
		f->counts.bad++;
		return BATCH;
	}
	return (ssize_t)(n - left);
}

/*
 * How much lies after the position; a truncated file is read from its
 * beginning.
 */
static int64_t
left_behind(struct feed *f)
{
	struct stat st;

	if (f->fd < 0 || fstat(f->fd, &st) < 0)
		return 0;
	if (st.st_size < f->position.offset)
		f->position.offset = 0;
	return st.st_size - f->position.offset;
}

static bool
same_position(const struct store_position *a, const struct store_position *b)
{
	return a->device == b->device && a->inode == b->inode &&
	    a->offset == b->offset;
}

/* Inside the transaction. */
static bool
take_batch(struct feed *f)
{
	struct store_position position;
	ssize_t n, taken;

	if (!store_begin(f->store, &position))
		return false;
	if (f->fd < 0 || !same_position(&position, &f->position))
		find_position(f, &position);
	if (f->fd >= 0 && left_behind(f) == 0 && has_next(f))
		go_to_next(f);
	if (f->fd < 0) {
		store_undo(f->store);
		return true;
	}
	n = pread(f->fd, f->batch, BATCH, f->position.offset);
	taken = n > 0 ? take_lines(f, (size_t)n) : 0;
	if (taken < 0)
		return false;
	/* A last line that nobody will complete any more is skipped. */
	if (taken == 0 && n > 0 && has_next(f)) {
		f->counts.bad++;
		taken = n;
	}
	f->position.offset += taken;
	return store_commit(f->store, &f->position);
}

enum feed_answer
feed_batch(struct feed *f, struct buf *errmsg)
{
	struct feed_counts before = f->counts;
	int64_t left = left_behind(f);

	if (f->fd >= 0 && left == 0 && !has_next(f)) {
		f->counts.behind = 0;
		return FEED_IDLE;
	}
	if (!take_batch(f)) {
		buf_puts(errmsg, store_errmsg(f->store));
		if (f->fd >= 0)
			close(f->fd);
		f->fd = -1;
		f->counts = before;
		if (left > 0)
			f->counts.behind = left;
		return FEED_FAILED;
	}
	f->counts.behind = left_behind(f);
	return f->counts.behind == left || f->fd < 0 ? FEED_IDLE : FEED_MORE;
}

int64_t
feed_left(const struct feed *f)
{
	struct rotated_files all = { .v = NULL };
	int64_t left = 0;
	struct stat st;
	size_t i;

	rotated_find(&all, f->path);
	for (i = all.n; i-- > 0;) {
		if (stat(all.v[i].path, &st) == 0)
			left += st.st_size;
		if (is_at(f, &all.v[i])) {
			left -= f->position.offset;
			break;
		}
	}
	rotated_free(&all);
	return left > 0 ? left : 0;
}
