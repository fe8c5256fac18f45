/* dns - questions to DNS, many at once, each with a deadline */

#include "dns/dns.h"

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <time.h>

#include "base/buf.h"
#include "base/clock.h"
#include "dns/dns_ares.h"
#include "dns/dns_cache.h"
#include "dns/dns_offline.h"
#include "dns/dns_options.h"

/*
 * Queries in progress; a flood of names fails temporarily and costs no memory.
 */
#define WAITING_MAX 20000

enum mode { MODE_STOPPED, MODE_LIVE, MODE_OFFLINE };

/* One dns_ask(), until each of its questions is answered. */
struct dns_batch {
	pthread_cond_t done;
	size_t pending;
	dns_enough *enough;	/* NULL: all of them */
	void *arg;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

/* All of it under the lock. */
static struct {
	enum mode mode;
	struct dns_cache cache;
	struct dns_entry *unsent;
	struct dns_counts counts;
} self;

/* Answers of ours, never freed: each keeps one hold for itself. */
static struct dns_shared_answer late = { .answer = { .status = DNS_TEMPFAIL,
	.failure = "no answer in time" }, .holders = 1 };
static struct dns_shared_answer stopped = { .answer = { .status = DNS_TEMPFAIL,
	.failure = "DNS is not asked here" }, .holders = 1 };
static struct dns_shared_answer crowded = { .answer = { .status = DNS_TEMPFAIL,
	.failure = "too many questions to DNS at once" }, .holders = 1 };
static struct dns_shared_answer impossible = { .answer = { .status = DNS_NONE,
	.no_name = true, .unasked = true }, .holders = 1 };

static void
give(struct dns_question *q, struct dns_shared_answer *shared)
{
	q->answer = dns_answer_share(shared);
	self.counts.failure += shared->answer.status == DNS_TEMPFAIL;
}

/* To be sent; the thread is woken by the caller when this says so. */
static bool
send_soon(struct dns_entry *e)
{
	bool first = self.unsent == NULL;

	e->next = self.unsent;
	self.unsent = e;
	self.counts.sent++;
	return first;
}

/*
 * The entry for a name: what is answered and still good, or one that is on
 * its way (sent now if need be). NULL: there are too many. *wake: something
 * is to be sent.
 */
static struct dns_entry *
entry_for(const struct dns_key *key, bool *wake)
{
	struct dns_entry *e = dns_cache_find(&self.cache, key);
	int64_t now;

	if (e != NULL && e->shared == NULL) {
		self.counts.joined++;
		return e;
	}
	now = clock_ms();
	if (e != NULL && e->until > now) {
		self.counts.cached++;
		return e;
	}
	if (self.cache.waiting >= WAITING_MAX)
		return NULL;
	if (e != NULL)
		dns_cache_renew(&self.cache, e, now);
	else
		e = dns_cache_add(&self.cache, key, now);
	*wake |= send_soon(e);
	return e;
}

/* Answers it at once, or lets it wait. Under the lock. */
static void
begin(struct dns_question *q, const struct dns_key *key,
    struct dns_batch *batch, bool *wake)
{
	struct dns_entry *e;

	if (self.mode != MODE_LIVE) {
		give(q, self.mode == MODE_OFFLINE ?
		    dns_offline_find(&self.cache, key) : &stopped);
		return;
	}
	e = entry_for(key, wake);
	if (e == NULL)
		give(q, &crowded);
	else if (e->shared != NULL)
		give(q, e->shared);
	else {
		q->entry = e;
		q->batch = batch;
		q->next = e->waiting;
		e->waiting = q;
		batch->pending++;
	}
}

/* Stops waiting; under the lock. Before the deadline, it is not needed. */
static void
abandon(struct dns_question *q, int64_t deadline)
{
	struct dns_question **at = &q->entry->waiting;

	while (*at != q)
		at = &(*at)->next;
	*at = q->next;
	if (clock_ms() < deadline)
		return;
	self.counts.late++;
	give(q, &late);
}

static void
wait_for(struct dns_batch *batch, int64_t deadline)
{
	bool in_time = true;

	while (batch->pending > 0 && in_time &&
	    (batch->enough == NULL || !batch->enough(batch->arg)))
		in_time = clock_wait(&batch->done, &lock, deadline);
}

static void
batch_init(struct dns_batch *batch, dns_enough *enough, void *arg)
{
	batch->pending = 0;
	batch->enough = enough;
	batch->arg = arg;
	pthread_cond_init(&batch->done, NULL);
}

/* All of them to begin with; those not answered have no answer yet. */
static void
begin_all(struct dns_question *q, size_t n, struct dns_batch *batch)
{
	struct dns_key key;
	bool wake = false;
	size_t i;

	for (i = 0; i < n; i++) {
		q[i].answer = NULL;
		if (!dns_key_set(&key, &self.cache, q[i].type, q[i].name))
			give(&q[i], &impossible);
		else
			begin(&q[i], &key, batch, &wake);
	}
	self.counts.queries += n;
	if (wake)
		dns_ares_wake();
}

void
dns_ask(struct dns_question *q, size_t n, int64_t deadline)
{
	dns_ask_until(q, n, deadline, NULL, NULL);
}

void
dns_ask_until(struct dns_question *q, size_t n, int64_t deadline,
    dns_enough *enough, void *arg)
{
	struct dns_batch batch;
	size_t i;

	batch_init(&batch, enough, arg);
	pthread_mutex_lock(&lock);
	begin_all(q, n, &batch);
	wait_for(&batch, deadline);
	for (i = 0; batch.pending > 0 && i < n; i++)
		if (q[i].answer == NULL) {
			abandon(&q[i], deadline);
			batch.pending--;
		}
	pthread_mutex_unlock(&lock);
	pthread_cond_destroy(&batch.done);
}

void
dns_forget(struct dns_question *q, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		dns_drop(q[i].answer);
		q[i].answer = NULL;
	}
}

const struct dns_answer *
dns_lookup(enum dns_type type, const char *name, int64_t deadline)
{
	struct dns_question q = { .type = type, .name = name };

	dns_ask(&q, 1, deadline);
	return q.answer;
}

void
dns_prefetch(enum dns_type type, const char *name)
{
	struct dns_key key;
	bool wake = false;

	pthread_mutex_lock(&lock);
	if (self.mode == MODE_LIVE &&
	    dns_key_set(&key, &self.cache, type, name))
		entry_for(&key, &wake);
	if (wake)
		dns_ares_wake();
	pthread_mutex_unlock(&lock);
}

static struct dns_entry *
take_unsent(void)
{
	struct dns_entry *list;

	pthread_mutex_lock(&lock);
	list = self.unsent;
	self.unsent = NULL;
	pthread_mutex_unlock(&lock);
	return list;
}

static void
answered(struct dns_entry *e, struct dns_shared_answer *shared, unsigned ttl)
{
	struct dns_question *q;

	pthread_mutex_lock(&lock);
	while ((q = e->waiting) != NULL) {
		e->waiting = q->next;
		give(q, shared);
		if (--q->batch->pending == 0 || q->batch->enough != NULL)
			pthread_cond_signal(&q->batch->done);
	}
	dns_cache_answer(&self.cache, e, shared, clock_ms() + ttl * 1000LL);
	pthread_mutex_unlock(&lock);
}

static void
set_mode(enum mode mode, size_t cache)
{
	pthread_mutex_lock(&lock);
	if (mode != MODE_STOPPED)
		dns_cache_open(&self.cache, cache);
	self.mode = mode;
	pthread_mutex_unlock(&lock);
}

bool
dns_start(const struct dns_options *opt, struct buf *errmsg)
{
	static const struct dns_ares_calls calls = { take_unsent, answered };

	dns_stop();
	if (!dns_ares_start(opt->servers, &calls, errmsg))
		return false;
	set_mode(MODE_LIVE, (size_t)opt->cache);
	return true;
}

void
dns_apply(const struct dns_options *opt)
{
	bool live;

	pthread_mutex_lock(&lock);
	live = self.mode == MODE_LIVE;
	self.cache.max = (size_t)opt->cache;
	pthread_mutex_unlock(&lock);
	if (live)
		dns_ares_servers(opt->servers);
}

void
dns_stop(void)
{
	enum mode was;

	pthread_mutex_lock(&lock);
	was = self.mode;
	self.mode = MODE_STOPPED;
	pthread_mutex_unlock(&lock);
	if (was == MODE_LIVE)
		dns_ares_stop();
	pthread_mutex_lock(&lock);
	if (was != MODE_STOPPED)
		dns_cache_close(&self.cache);
	memset(&self.counts, 0, sizeof self.counts);
	pthread_mutex_unlock(&lock);
	dns_offline_forget();
}

void
dns_offline(bool senders_exist)
{
	dns_stop();
	dns_offline_begin(senders_exist);
	set_mode(MODE_OFFLINE, SIZE_MAX);
}

bool
dns_preload(const char *name, const char *type, const char *value,
    struct buf *errmsg)
{
	bool good;

	pthread_mutex_lock(&lock);
	good = self.mode == MODE_OFFLINE &&
	    dns_offline_add(&self.cache, name, type, value, errmsg);
	pthread_mutex_unlock(&lock);
	return good;
}

struct dns_counts
dns_counts(void)
{
	struct dns_counts counts;

	pthread_mutex_lock(&lock);
	counts = self.counts;
	counts.dropped = self.cache.dropped;
	counts.kept = self.cache.kept;
	counts.bytes = self.cache.bytes + dns_parsed_bytes();
	counts.waiting = self.cache.waiting;
	pthread_mutex_unlock(&lock);
	return counts;
}
