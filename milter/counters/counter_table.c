/* counter_table - the counters of this host: one table of fixed size */

#include "counters/counter_table.h"

#include <errno.h>
#include <string.h>

#include "counters/counter_table_internal.h"

#define DAY_MS (24LL * 3600 * 1000)
#define KEEP_MAX_MS (20 * 366 * DAY_MS)

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

bool
counter_slot_is_sound(const struct slot *s)
{
	return s->keep >= 0 && s->keep <= KEEP_MAX_MS && s->touched >= 0 &&
	    s->touched <= INT64_MAX - KEEP_MAX_MS && s->at >= 0;
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
home_of(const struct counter_table *t, const uint64_t key[2])
{
	uint64_t group = key[0] % (t->nsets / GROUP), i;
	struct home home = { .lock = &t->head->locks[group % LOCKS].mutex };

	for (i = 0; i < 2; i++) {
		home.set[i] = &t->sets[group * GROUP +
		    (key[1] >> (i * 32)) % GROUP];
		__builtin_prefetch(&home.set[i]->key[0], 1);
		__builtin_prefetch(&home.set[i]->key[WAYS / 2], 1);
	}
	return home;
}

/* What a process had locked that was killed is in order but for one slot. */
static void
take_lock(const struct home *home)
{
	if (pthread_mutex_lock(home->lock) == EOWNERDEAD)
		pthread_mutex_consistent(home->lock);
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
find(const struct home *home, const uint64_t key[2])
{
	struct set *set;
	size_t i, way;

	for (i = 0; i < 2; i++)
		for (way = 0; way < WAYS; way++) {
			set = home->set[i];
			if (set->key[way][0] == key[0] &&
			    set->key[way][1] == key[1])
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

/* Is `a` to go before `b`? What lasts goes last, then the quiet first. */
static bool
goes_before(const struct slot *a, const struct slot *b)
{
	if ((a->keep >= COUNTER_LASTING_MS) != (b->keep >= COUNTER_LASTING_MS))
		return b->keep >= COUNTER_LASTING_MS;
	return a->touched < b->touched;
}

/* Free, else over, else quiet for longest. */
static struct place
vacate(struct counter_table *t, const struct home *home, int64_t now)
{
	struct place at, best = { home->set[0], 0 };
	size_t i;

	if (find_free(home, &at)) {
		t->head->keys++;
		return at;
	}
	for (i = 0; i < (size_t)2 * WAYS; i++) {
		at = (struct place){ home->set[i / WAYS], i % WAYS };
		if (is_over(slot_of(&at), now))
			return at;
		if (goes_before(slot_of(&at), slot_of(&best)))
			best = at;
	}
	t->head->evicted++;
	return best;
}

/* Rounded up: fifteen whole ones are never less than the window. */
static int64_t
step_of(int64_t window)
{
	int64_t step = (window + COUNTER_STEPS - 2) / (COUNTER_STEPS - 1);

	return step > 0 ? step : 1;
}

/*
 * The clock was set back by more than the window: what was counted gets old
 * from now on, or it would not until that time comes again.
 */
static void
move_back(struct slot *s, int64_t step, int64_t now)
{
	const struct slot old = *s;
	int64_t i;

	for (i = 0; i < COUNTER_STEPS; i++)
		s->v[(step + i) % COUNTER_STEPS] =
		    old.v[(old.at + i) % COUNTER_STEPS];
	s->at = step;
	s->touched = now;
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

	if (s->at >= now / width + COUNTER_STEPS)
		move_back(s, now / width, now);
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
	s->keep = q->window;
	/* Nobody was met later than now: the clock was set back. */
	if (s->at > now)
		s->at = now;
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
    const uint64_t key[2], int64_t now)
{
	struct place at = vacate(t, home, now);

	memcpy(at.set->key[at.way], key, sizeof at.set->key[at.way]);
	return at;
}

static void
forget(struct counter_table *t, const struct place *at)
{
	if (at->set == NULL)
		return;
	memset(at->set->key[at->way], 0, sizeof at->set->key[at->way]);
	t->head->keys--;
}

static void
ask(struct counter_table *t, const struct home *home,
    const struct counter_question *q, int64_t now, struct counter_answer *a)
{
	struct place at = find(home, q->key.v);
	struct slot *s = slot_of(&at);
	bool fresh = s == NULL || is_over(s, now) ||
	    (counts(q->verb) && s->keep != keep_of(q));

	if (q->verb == COUNTER_FORGET) {
		forget(t, &at);
		return;
	}
	if (fresh && (q->verb == COUNTER_PEEK || q->verb == COUNTER_KNOW)) {
		answer_unknown(q, now, a);
		return;
	}
	if (s == NULL) {
		at = take_place(t, home, q->key.v, now);
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
	struct home home = home_of(t, q->key.v);

	*a = (struct counter_answer){ .count = 0 };
	take_lock(&home);
	ask(t, &home, q, now, a);
	pthread_mutex_unlock(home.lock);
}

void
counter_table_put(struct counter_table *t, const uint64_t key[2],
    const struct slot *slot, int64_t now)
{
	struct home home = home_of(t, key);
	struct place at;

	take_lock(&home);
	if (find(&home, key).set == NULL && !is_over(slot, now)) {
		at = take_place(t, &home, key, now);
		*slot_of(&at) = *slot;
	}
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
	return t->head->keys;
}

uint64_t
counter_table_evicted(const struct counter_table *t)
{
	return t->head->evicted;
}
