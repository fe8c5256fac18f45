/* counter_table - the counters of this host: one table of fixed size */

#include "counters/counter_table.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"

#define WAYS 8
#define GROUP 16	/* sets: 13 KiB */
#define LOCKS 256
#define HEAD_BYTES 4096
#define MAGIC 0x73776379746e7563ull	/* "cuntycws", in our byte order */
#define VERSION 2
#define BYTES_MIN (64 * 1024)

struct slot {
	int64_t touched;	/* ms since 1970 */
	int64_t keep;		/* ms after that for which it counts */
	int64_t at;		/* the newest step; what was met: when first */
	uint32_t v[COUNTER_STEPS];	/* v[at % 16] is the newest; what was
					   met: what was noted */
};

/*
 * The keys of a set stand together: two lines of the processor's cache tell
 * which slot it is. A key of zero is a free slot.
 */
struct set {
	uint64_t key[WAYS][2];
	struct slot slot[WAYS];
};

struct head {
	uint64_t magic, version, sets;
};

/* As long as a line of the cache: two processors take two locks at once. */
struct lock {
	pthread_mutex_t mutex;
	char rest[64 - sizeof(pthread_mutex_t) % 64];
};

struct counter_table {
	int fd;			/* -1: memory alone */
	bool fresh;		/* nothing was in there */
	void *map;
	size_t bytes;
	struct set *sets;
	uint64_t nsets;		/* whole groups */
	_Atomic uint64_t keys, evicted;
	struct lock locks[LOCKS];
};

static bool
is_free(const struct set *set, size_t way)
{
	return set->key[way][0] == 0 && set->key[way][1] == 0;
}

static bool
is_over(const struct slot *s, int64_t now)
{
	return s->touched + s->keep < now;
}

/* Refuses a file that another process uses, or that is no regular file. */
static int
open_file(const char *path, struct buf *errmsg)
{
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW |
	    O_NONBLOCK, 0600);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) != 0) {
		buf_printf(errmsg, "%s: %s", path, strerror(errno));
	} else if (!S_ISREG(st.st_mode)) {
		buf_printf(errmsg, "%s: is no regular file", path);
	} else if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
		buf_printf(errmsg, "%s: another process counts in it", path);
	} else {
		return fd;
	}
	if (fd >= 0)
		close(fd);
	return -1;
}

/*
 * Allocates all blocks, so that a full disk is reported now and not by SIGBUS.
 */
static bool
size_file(struct counter_table *t, const char *path, struct buf *errmsg)
{
	struct stat st;
	int failure;

	t->fresh = fstat(t->fd, &st) == 0 && st.st_size != (off_t)t->bytes;
	if (t->fresh && ftruncate(t->fd, 0) != 0)
		failure = errno;
	else
		failure = posix_fallocate(t->fd, 0, (off_t)t->bytes);
	if (failure != 0)
		buf_printf(errmsg, "%s: %s", path, strerror(failure));
	return failure == 0;
}

static void
check_head(struct counter_table *t)
{
	const struct head head = { MAGIC, VERSION, t->nsets };

	if (memcmp(t->map, &head, sizeof head) == 0)
		return;
	/* What is new is zero, and needs no memory before it is used. */
	if (!t->fresh)
		memset(t->map, 0, t->bytes);
	memcpy(t->map, &head, sizeof head);
}

static void
count_keys(struct counter_table *t)
{
	uint64_t i, n = 0;

	for (i = 0; i < t->nsets * WAYS; i++)
		n += !is_free(&t->sets[i / WAYS], i % WAYS);
	t->keys = n;
}

static bool
map(struct counter_table *t, const char *path, struct buf *errmsg)
{
	int flags = MAP_PRIVATE | MAP_ANONYMOUS;

	if (path != NULL) {
		t->fd = open_file(path, errmsg);
		if (t->fd < 0 || !size_file(t, path, errmsg))
			return false;
		flags = MAP_SHARED;
	}
	t->map = mmap(NULL, t->bytes, PROT_READ | PROT_WRITE, flags, t->fd, 0);
	if (t->map == MAP_FAILED) {
		t->map = NULL;
		buf_printf(errmsg, "counters: %s", strerror(errno));
		return false;
	}
#ifdef MADV_HUGEPAGE	/* Linux: to find a small one takes a fifth of all */
	madvise(t->map, t->bytes, MADV_HUGEPAGE);
#endif
	return true;
}

struct counter_table *
counter_table_open(const char *path, int64_t bytes, struct buf *errmsg)
{
	struct counter_table *t = mem_alloc(sizeof *t);
	size_t i;

	if (bytes < BYTES_MIN)
		bytes = BYTES_MIN;
	t->fd = -1;
	t->fresh = path == NULL;
	t->nsets = ((uint64_t)bytes - HEAD_BYTES) / sizeof(struct set) /
	    GROUP * GROUP;
	t->bytes = HEAD_BYTES + t->nsets * sizeof(struct set);
	for (i = 0; i < LOCKS; i++)
		pthread_mutex_init(&t->locks[i].mutex, NULL);
	if (!map(t, path, errmsg)) {
		counter_table_close(t);
		return NULL;
	}
	t->sets = (struct set *)(void *)((char *)t->map + HEAD_BYTES);
	check_head(t);
	if (path != NULL)
		count_keys(t);
	return t;
}

void
counter_table_close(struct counter_table *t)
{
	size_t i;

	if (t == NULL)
		return;
	if (t->map != NULL)
		munmap(t->map, t->bytes);
	if (t->fd >= 0)
		close(t->fd);
	for (i = 0; i < LOCKS; i++)
		pthread_mutex_destroy(&t->locks[i].mutex);
	free(t);
}

/* Where a key may live: two sets of one group, which has one lock. */
struct home {
	struct set *set[2];
	pthread_mutex_t *lock;
};

/*
 * The sets are neighbours, as a page of memory that was not used lately costs
 * more than what is counted there. Their keys are fetched together, before the
 * lock is taken.
 */
static struct home
home_of(struct counter_table *t, const struct counter_key *key)
{
	uint64_t group = key->v[0] % (t->nsets / GROUP), i;
	struct home home = { .lock = &t->locks[group % LOCKS].mutex };

	for (i = 0; i < 2; i++) {
		home.set[i] = &t->sets[group * GROUP +
		    (key->v[1] >> (i * 32)) % GROUP];
		__builtin_prefetch(&home.set[i]->key[0], 1);
		__builtin_prefetch(&home.set[i]->key[WAYS / 2], 1);
	}
	return home;
}

/* One slot; set is NULL: there is none. */
struct place {
	struct set *set;
	size_t way;
};

static struct slot *
slot_of(const struct place *at)
{
	return at->set != NULL ? &at->set->slot[at->way] : NULL;
}

static struct place
find(const struct home *home, const struct counter_key *key)
{
	struct set *set;
	size_t i, way;

	for (i = 0; i < 2; i++)
		for (way = 0; way < WAYS; way++) {
			set = home->set[i];
			if (set->key[way][0] == key->v[0] &&
			    set->key[way][1] == key->v[1])
				return (struct place){ set, way };
		}
	return (struct place){ NULL, 0 };
}

/* One in the set with more of them; false: both are full. */
static bool
find_free(const struct home *home, struct place *at)
{
	size_t i, way, n[2] = { 0, 0 };

	for (i = 0; i < 2; i++)
		for (way = 0; way < WAYS; way++)
			n[i] += is_free(home->set[i], way);
	*at = (struct place){ home->set[n[1] > n[0]], 0 };
	if (n[0] + n[1] == 0)
		return false;
	while (!is_free(at->set, at->way))
		at->way++;
	return true;
}

/* Free, else over, else quiet for longest. */
static struct place
vacate(struct counter_table *t, const struct home *home, int64_t now)
{
	struct place at, best = { home->set[0], 0 };
	size_t i;

	if (find_free(home, &at)) {
		t->keys++;
		return at;
	}
	for (i = 0; i < (size_t)2 * WAYS; i++) {
		at = (struct place){ home->set[i / WAYS], i % WAYS };
		if (is_over(slot_of(&at), now))
			return at;
		if (slot_of(&at)->touched < slot_of(&best)->touched)
			best = at;
	}
	t->evicted++;
	return best;
}

static int64_t
step_of(int64_t window)
{
	int64_t step = window / (COUNTER_STEPS - 1);

	return step > 0 ? step : 1;
}

/* Forgets the steps that have left the window. */
static void
advance(struct slot *s, int64_t step)
{
	int64_t i;

	if (step >= s->at + COUNTER_STEPS)
		memset(s->v, 0, sizeof s->v);
	else
		for (i = s->at + 1; i <= step; i++)
			s->v[i % COUNTER_STEPS] = 0;
	if (step > s->at)
		s->at = step;
}

static int64_t
sum(const struct slot *s)
{
	int64_t n = 0;
	size_t i;

	for (i = 0; i < COUNTER_STEPS; i++)
		n += s->v[i];
	return n;
}

/* When enough of the oldest steps have expired for `amount` to fit. */
static int64_t
room_of(const struct slot *s, const struct counter_question *q, int64_t count)
{
	int64_t width = step_of(q->window), i;

	if (count + q->amount <= q->limit)
		return 0;
	if (q->amount > q->limit)
		return -1;
	for (i = s->at - COUNTER_STEPS + 1; i <= s->at; i++) {
		if (i < 0)
			continue;
		count -= s->v[i % COUNTER_STEPS];
		if (count + q->amount <= q->limit)
			return (i + COUNTER_STEPS) * width;
	}
	return -1;
}

static int64_t
since_of(const struct slot *s, int64_t width)
{
	int64_t i;

	for (i = s->at - COUNTER_STEPS + 1; i <= s->at; i++)
		if (i >= 0 && s->v[i % COUNTER_STEPS] > 0)
			return i * width;
	return 0;
}

static void
add(struct slot *s, int64_t amount)
{
	uint32_t *v = &s->v[s->at % COUNTER_STEPS];

	*v = amount < UINT32_MAX - (int64_t)*v ? *v + (uint32_t)amount :
	    UINT32_MAX;
}

static void
count(struct slot *s, const struct counter_question *q, int64_t now,
    struct counter_answer *a)
{
	int64_t width = step_of(q->window);

	advance(s, now / width);
	a->count = sum(s);
	a->room = room_of(s, q, a->count);
	if (q->verb == COUNTER_FORCE || (q->verb == COUNTER_ADD &&
	    a->room == 0)) {
		add(s, q->amount);
		s->touched = now;
		a->count = sum(s);
	}
	a->since = since_of(s, width);
}

static void
meet(struct slot *s, const struct counter_question *q, int64_t now,
    struct counter_answer *a)
{
	s->touched = now;
	if (q->verb == COUNTER_NOTE)
		s->v[0] = (uint32_t)q->amount;
	a->since = s->at;
	a->count = s->v[0];
}

static bool
counts(enum counter_verb verb)
{
	return verb == COUNTER_ADD || verb == COUNTER_PEEK ||
	    verb == COUNTER_FORCE;
}

/* How long a key counts after it was touched: its steps, or the window. */
static int64_t
keep_of(const struct counter_question *q)
{
	return counts(q->verb) ? step_of(q->window) * COUNTER_STEPS :
	    q->window;
}

/* Starts a key that is new, or whose window is over. */
static void
begin(struct slot *s, const struct counter_question *q, int64_t now)
{
	*s = (struct slot){ .touched = now, .keep = keep_of(q),
		.at = counts(q->verb) ? now / step_of(q->window) : now };
}

/* Only reads: a key that is not there is not made. */
static void
answer_unknown(const struct counter_question *q, int64_t now,
    struct counter_answer *a)
{
	struct slot none;

	if (q->verb == COUNTER_PEEK) {
		begin(&none, q, now);
		count(&none, q, now, a);
	}
}

/* The place of a key that is not there yet. */
static struct place
take_place(struct counter_table *t, const struct home *home,
    const struct counter_key *key, int64_t now)
{
	struct place at = vacate(t, home, now);

	memcpy(at.set->key[at.way], key->v, sizeof key->v);
	return at;
}

static void
forget(struct counter_table *t, const struct place *at)
{
	if (at->set == NULL)
		return;
	memset(at->set->key[at->way], 0, sizeof at->set->key[at->way]);
	t->keys--;
}

static void
ask(struct counter_table *t, const struct home *home,
    const struct counter_question *q, int64_t now, struct counter_answer *a)
{
	struct place at = find(home, &q->key);
	struct slot *s = slot_of(&at);
	bool fresh = s == NULL || is_over(s, now) ||
	    s->keep != keep_of(q);

	if (q->verb == COUNTER_FORGET) {
		forget(t, &at);
		return;
	}
	if (fresh && (q->verb == COUNTER_PEEK || q->verb == COUNTER_KNOW)) {
		answer_unknown(q, now, a);
		return;
	}
	if (s == NULL) {
		at = take_place(t, home, &q->key, now);
		s = slot_of(&at);
	}
	if (fresh)
		begin(s, q, now);
	if (counts(q->verb))
		count(s, q, now, a);
	else
		meet(s, q, now, a);
	a->room += fresh && !counts(q->verb);
}

void
counter_table_ask(struct counter_table *t, const struct counter_question *q,
    int64_t now, struct counter_answer *a)
{
	struct home home = home_of(t, &q->key);

	*a = (struct counter_answer){ .count = 0 };
	pthread_mutex_lock(home.lock);
	ask(t, &home, q, now, a);
	pthread_mutex_unlock(home.lock);
}

uint64_t
counter_table_size(const struct counter_table *t)
{
	return t->nsets * WAYS;
}

uint64_t
counter_table_keys(const struct counter_table *t)
{
	return t->keys;
}

uint64_t
counter_table_evicted(const struct counter_table *t)
{
	return t->evicted;
}
