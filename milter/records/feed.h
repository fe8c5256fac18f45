/*
 * feed.h - from the record file into the store
 *
 * The feed follows the file: it imports what was appended since, and keeps its
 * position in the store, in the same transaction. So it works alike while we
 * run, after a crash, and after a day with a full disk; no record is lost while
 * its line is in a file, and none is imported twice. Rotated files (".1",
 * "-20260102T030405Z", expire.h) are read to their end first; compressed ones
 * are not read.
 *
 * A struct feed belongs to one thread; several processes may feed one store.
 */
#ifndef RECORDS_FEED_H
#define RECORDS_FEED_H

#include <stdint.h>

struct buf;
struct feed;
struct store;

struct feed_counts {
	uint64_t taken;		/* lines imported */
	uint64_t bad;		/* lines that were no record */
	int64_t behind;		/* bytes of the file that are not in yet */
	int64_t newest;		/* time of the last one; 0: none yet */
};

/*
 * `path` is the record file; both must outlive the feed. feed_use() gives it
 * another store, or the first one.
 */
struct feed *feed_new(const char *path, struct store *store);
void feed_use(struct feed *f, struct store *store);
void feed_free(struct feed *f);		/* NULL: nothing */

/* Records of before that (ms since 1970) are not imported; 0: all are. */
void feed_oldest(struct feed *f, int64_t oldest);

enum feed_answer { FEED_IDLE, FEED_MORE, FEED_FAILED };

/* One batch. FEED_FAILED: nothing was changed, words in errmsg. */
enum feed_answer feed_batch(struct feed *f, struct buf *errmsg);

struct feed_counts feed_counts(const struct feed *f);

/*
 * The next batch asks the store what it has, though nothing was appended; so
 * does the first one behind feed_use().
 */
void feed_check(struct feed *f);

/* Bytes after the position, of the file and of those that were rotated. */
int64_t feed_left(const struct feed *f);

#endif
