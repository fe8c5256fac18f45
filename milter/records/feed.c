/* feed - from the record file into the store */

#include "records/feed.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "records/record_file.h"
#include "records/record_read.h"
#include "records/store.h"

/*
 * One batch: some thousand records, so that what they share is written once.
 * A line that is longer is no record.
 */
#define BATCH (8 * 1024 * 1024)

struct feed {
	struct record_file file;
	struct store *store;
	int64_t oldest;
	bool check;		/* ask the store, though the file rests */
	char *batch;
	struct feed_counts counts;
};

struct feed *
feed_new(const char *path, struct store *store)
{
	struct feed *f = mem_alloc(sizeof *f);

	f->file = (struct record_file)RECORD_FILE_INIT(path);
	f->store = store;
	f->batch = mem_alloc(BATCH);
	return f;
}

void
feed_use(struct feed *f, struct store *store)
{
	f->store = store;
	f->check = true;
}

void
feed_free(struct feed *f)
{
	if (f == NULL)
		return;
	record_file_close(&f->file);
	free(f->batch);
	free(f);
}

void
feed_oldest(struct feed *f, int64_t oldest)
{
	f->oldest = oldest;
}

void
feed_check(struct feed *f)
{
	f->check = true;
}

struct feed_counts
feed_counts(const struct feed *f)
{
	return f->counts;
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
		f->counts.newest = parsed_time(t);
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

static bool
same_position(const struct record_position *a,
    const struct record_position *b)
{
	return a->device == b->device && a->inode == b->inode &&
	    a->offset == b->offset;
}

/* Inside the transaction. */
static bool
take_batch(struct feed *f)
{
	struct record_file *file = &f->file;
	struct record_position position;
	ssize_t n, taken;

	if (!store_begin(f->store, &position))
		return false;
	if (file->fd < 0 || !same_position(&position, &file->position))
		record_file_find(file, &position);
	if (file->fd >= 0 && record_file_ahead(file) == 0 &&
	    record_file_is_over(file))
		record_file_next(file);
	if (file->fd < 0) {
		store_undo(f->store);
		return true;
	}
	n = record_file_read(file, f->batch, BATCH);
	taken = n > 0 ? take_lines(f, (size_t)n) : 0;
	if (taken < 0)
		return false;
	/* A last line that nobody will complete any more is skipped. */
	if (taken == 0 && n > 0 && record_file_is_over(file)) {
		f->counts.bad++;
		taken = n;
	}
	file->position.offset += taken;
	return store_commit(f->store, &file->position);
}

enum feed_answer
feed_batch(struct feed *f, struct buf *errmsg)
{
	struct record_file *file = &f->file;
	struct feed_counts before = f->counts;
	int64_t left = record_file_ahead(file);

	if (!f->check && file->fd >= 0 && left == 0 &&
	    !record_file_is_over(file)) {
		f->counts.behind = 0;
		return FEED_IDLE;
	}
	f->check = false;
	if (!take_batch(f)) {
		buf_puts(errmsg, store_errmsg(f->store));
		record_file_close(file);
		f->counts = before;
		if (left > 0)
			f->counts.behind = left;
		return FEED_FAILED;
	}
	f->counts.behind = record_file_ahead(file);
	return f->counts.behind == left || file->fd < 0 ? FEED_IDLE :
	    FEED_MORE;
}

int64_t
feed_left(const struct feed *f)
{
	return record_file_left(&f->file);
}
