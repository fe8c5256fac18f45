/* counter_file - a table in memory or in a file, opened and closed */

#include "counters/counter_table.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/handover.h"
#include "base/mem.h"
#include "counters/counter_table_internal.h"

#define MAGIC 0x73776379746e7563ull	/* "cuntycws", in our byte order */
#define VERSION 2
#define BYTES_MIN (64 * 1024)

/* How a file came to us. */
enum share { SHARE_NONE, SHARE_ALONE, SHARE_WITH_PREDECESSOR };

/*
 * Whoever counts in a file holds a lock of it that a successor may share, and
 * nobody else. It is made sure that nobody else is there.
 */
static enum share
lock_file(int fd)
{
	if (flock(fd, LOCK_EX | LOCK_NB) == 0)
		return flock(fd, LOCK_SH | LOCK_NB) == 0 ? SHARE_ALONE :
		    SHARE_NONE;
	return handover_is_successor() && flock(fd, LOCK_SH | LOCK_NB) == 0 ?
	    SHARE_WITH_PREDECESSOR : SHARE_NONE;
}

/*
 * Was it ever a file of counters? Of another version or byte order, or torn at
 * its head: that is begun anew. Anything else was named by mistake.
 */
static bool
may_be_ours(int fd, off_t size)
{
	uint64_t magic = 0;

	return size == 0 || (pread(fd, &magic, sizeof magic, 0) ==
	    (ssize_t)sizeof magic && (magic == 0 || magic == MAGIC ||
	    magic == __builtin_bswap64(MAGIC)));
}

/* Refuses a file that another process uses, or that is none of counters. */
static int
open_file(const char *path, enum share *share, struct stat *st,
    struct buf *errmsg)
{
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW |
	    O_NONBLOCK, 0600);

	*share = SHARE_NONE;
	if (fd < 0 || fstat(fd, st) != 0)
		buf_printf(errmsg, "%s: %s", path, strerror(errno));
	else if (!S_ISREG(st->st_mode))
		buf_printf(errmsg, "%s: is no regular file", path);
	else if (!may_be_ours(fd, st->st_size))
		buf_printf(errmsg, "%s: is there and is no file of counters",
		    path);
	else if ((*share = lock_file(fd)) == SHARE_NONE)
		buf_printf(errmsg, "%s: another process counts in it", path);
	else
		return fd;
	if (fd >= 0)
		close(fd);
	return -1;
}

static bool
is_ours(const struct head *h)
{
	return h->magic == MAGIC && h->version == VERSION;
}

static size_t
bytes_of(uint64_t nsets)
{
	return HEAD_BYTES + nsets * sizeof(struct set);
}

/* The number of sets of a file of ours, and of this size; 0: it is none. */
static uint64_t
sets_in(int fd, off_t size)
{
	uint64_t head[3] = { 0 };

	if (pread(fd, head, sizeof head, 0) != (ssize_t)sizeof head ||
	    head[0] != MAGIC || head[1] != VERSION || head[2] == 0 ||
	    head[2] % GROUP != 0 || head[2] > (uint64_t)size ||
	    size != (off_t)bytes_of(head[2]))
		return 0;
	return head[2];
}

static bool
map(struct counter_table *t, struct buf *errmsg)
{
	int flags = t->fd >= 0 ? MAP_SHARED : MAP_PRIVATE | MAP_ANONYMOUS;
	void *at = mmap(NULL, t->bytes, PROT_READ | PROT_WRITE, flags, t->fd,
	    0);

	if (at == MAP_FAILED) {
		buf_printf(errmsg, "counters: %s", strerror(errno));
		return false;
	}
#ifdef MADV_HUGEPAGE	/* Linux: to find a small one takes a fifth of all */
	madvise(at, t->bytes, MADV_HUGEPAGE);
#endif
	t->head = at;
	t->sets = (struct set *)(void *)((char *)at + HEAD_BYTES);
	return true;
}

/* A process that is killed while it holds one leaves it to the others. */
static void
make_locks(struct head *head)
{
	pthread_mutexattr_t attr;
	size_t i;

	pthread_mutexattr_init(&attr);
	pthread_mutexattr_setpshared(&attr, PTHREAD_PROCESS_SHARED);
	pthread_mutexattr_setrobust(&attr, PTHREAD_MUTEX_ROBUST);
	for (i = 0; i < LOCKS; i++) {
		memset(&head->locks[i], 0, sizeof head->locks[i]);
		pthread_mutex_init(&head->locks[i].mutex, &attr);
	}
	pthread_mutexattr_destroy(&attr);
}

/* Counts the keys; slots that a damaged file left are free from now on. */
static void
check_slots(struct counter_table *t)
{
	uint64_t i, n = 0;
	struct set *set;
	size_t way;

	for (i = 0; i < t->nsets * WAYS; i++) {
		set = &t->sets[i / WAYS];
		way = i % WAYS;
		if (set->key[way][0] == 0 && set->key[way][1] == 0)
			continue;
		if (counter_slot_is_sound(&set->slot[way]))
			n++;
		else
			memset(set->key[way], 0, sizeof set->key[way]);
	}
	t->head->keys = n;
}

/* What is new is zero, and needs no memory before it is used. */
static void
begin(struct counter_table *t, bool fresh)
{
	if (!is_ours(t->head) || t->head->sets != t->nsets) {
		if (!fresh)
			memset(t->head, 0, t->bytes);
		t->head->magic = MAGIC;
		t->head->version = VERSION;
		t->head->sets = t->nsets;
	}
	t->head->evicted = 0;
	make_locks(t->head);
	if (!fresh)
		check_slots(t);
}

/*
 * Allocates all blocks, so that a full disk is reported now and not by SIGBUS.
 */
static bool
size_file(const struct counter_table *t, const char *path, bool fresh,
    struct buf *errmsg)
{
	int failure = 0;

	if (fresh && ftruncate(t->fd, 0) != 0)
		failure = errno;
	if (failure == 0)
		failure = posix_fallocate(t->fd, 0, (off_t)t->bytes);
	if (failure != 0)
		buf_printf(errmsg, "%s: %s", path, strerror(failure));
	return failure == 0;
}

/* The sets of a file that is to have another size; NULL: they cannot be had. */
static struct set *
copy_sets(int fd, uint64_t nsets)
{
	size_t bytes = nsets * sizeof(struct set), at = 0;
	char *copy = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ssize_t got = 1;

	if (copy == MAP_FAILED)
		return NULL;
	for (; at < bytes && got > 0; at += (size_t)got) {
		got = pread(fd, copy + at, bytes - at,
		    (off_t)(HEAD_BYTES + at));
		if (got <= 0)
			break;
	}
	if (at == bytes)
		return (struct set *)(void *)copy;
	munmap(copy, bytes);
	return NULL;
}

/* counters-size is another one: what was counted stays, as far as it fits. */
static void
carry_over(struct counter_table *t, struct set *old, uint64_t nsets)
{
	int64_t now = clock_epoch_ms();
	const struct set *set;
	size_t way;

	if (old == NULL)
		return;
	for (set = old; set < old + nsets; set++)
		for (way = 0; way < WAYS; way++)
			if ((set->key[way][0] | set->key[way][1]) != 0 &&
			    counter_slot_is_sound(&set->slot[way]))
				counter_table_put(t, set->key[way],
				    &set->slot[way], now);
	t->head->evicted = 0;
	munmap(old, nsets * sizeof *old);
}

static bool
open_alone(struct counter_table *t, const char *path, const struct stat *st,
    struct buf *errmsg)
{
	bool fresh = st->st_size != (off_t)t->bytes;
	uint64_t nsets = fresh ? sets_in(t->fd, st->st_size) : 0;
	struct set *old = nsets > 0 ? copy_sets(t->fd, nsets) : NULL;

	if (!size_file(t, path, fresh, errmsg) || !map(t, errmsg)) {
		if (old != NULL)
			munmap(old, nsets * sizeof *old);
		return false;
	}
	begin(t, fresh);
	carry_over(t, old, nsets);
	return true;
}

/* As large as it is, for the other one counts in it. */
static bool
open_with_predecessor(struct counter_table *t, const char *path,
    const struct stat *st, struct buf *errmsg)
{
	t->nsets = sets_in(t->fd, st->st_size);
	t->bytes = bytes_of(t->nsets);
	if (t->nsets > 0)
		return map(t, errmsg);
	buf_printf(errmsg, "%s: the other process counts in another way", path);
	return false;
}

static bool
open_in_file(struct counter_table *t, const char *path, struct buf *errmsg)
{
	enum share share;
	struct stat st;

	t->fd = open_file(path, &share, &st, errmsg);
	if (t->fd < 0)
		return false;
	return share == SHARE_ALONE ? open_alone(t, path, &st, errmsg) :
	    open_with_predecessor(t, path, &st, errmsg);
}

struct counter_table *
counter_table_open(const char *path, int64_t bytes, struct buf *errmsg)
{
	struct counter_table *t = mem_alloc(sizeof *t);
	bool good;

	if (bytes < BYTES_MIN)
		bytes = BYTES_MIN;
	t->fd = -1;
	t->nsets = ((uint64_t)bytes - HEAD_BYTES) / sizeof(struct set) /
	    GROUP * GROUP;
	t->bytes = bytes_of(t->nsets);
	if (path != NULL) {
		good = open_in_file(t, path, errmsg);
	} else {
		good = map(t, errmsg);
		if (good)
			begin(t, true);
	}
	if (good)
		return t;
	counter_table_close(t);
	return NULL;
}

/* The locks stay as they are: another process may use them. */
void
counter_table_close(struct counter_table *t)
{
	if (t == NULL)
		return;
	if (t->head != NULL)
		munmap(t->head, t->bytes);
	if (t->fd >= 0)
		close(t->fd);
	free(t);
}
