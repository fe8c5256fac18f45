/* dnslist_probe - queries the test entries of lists in DNS in turn */

#include <stdlib.h>
#include <time.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/mem.h"
#include "dns/dns.h"
#include "lists/dnslist_internal.h"

/*
 * A list that takes longer is useless in a session, too; and quick lists do not
 * wait for one that is dead.
 */
#define PATIENCE_MS 3000
#define QUICK_MS 300

/* One list under test: what it must have, and what it must not. */
struct trial {
	struct dnslist *list;
	struct buf listed, unlisted;
	struct dns_question *q;	/* for both; NULL: it has no test entries */
};

static void
trial_begin(struct trial *t, struct dns_question *q)
{
	bool by_ip = t->list->test == DNSLIST_TEST_IP;
	const char *zone = t->list->zone;

	buf_clear(&t->listed);
	buf_clear(&t->unlisted);
	buf_printf(&t->listed, "%s.%s", by_ip ? "2.0.0.127" : "TEST", zone);
	buf_printf(&t->unlisted, "%s.%s", by_ip ? "1.0.0.127" : "INVALID",
	    zone);
	q[0] = (struct dns_question){ .type = DNS_A, .name = t->listed.data };
	q[1] = (struct dns_question){ .type = DNS_A,
		.name = t->unlisted.data };
	t->q = q;
}

/* Words when it has failed. */
static void
examine(const struct trial *t, struct buf *errmsg)
{
	bool by_ip = t->list->test == DNSLIST_TEST_IP;
	const struct dns_answer *listed = t->q[0].answer;
	const struct dns_answer *unlisted = t->q[1].answer;

	if (listed->status == DNS_TEMPFAIL || unlisted->status == DNS_TEMPFAIL)
		buf_puts(errmsg, listed->status == DNS_TEMPFAIL ?
		    listed->failure : unlisted->failure);
	else if (!dnslist_answer_is_good(listed, errmsg) ||
	    !dnslist_answer_is_good(unlisted, errmsg))
		return;
	else if (unlisted->status == DNS_FOUND)
		buf_printf(errmsg, "it lists %s, which no list should", by_ip ?
		    "127.0.0.1" : "INVALID");
	else if (listed->status == DNS_NONE)
		buf_printf(errmsg, "it does not list its test entry %s", by_ip ?
		    "127.0.0.2" : "TEST");
}

/* One without test entries is simply given another chance. */
static void
trial_end(struct trial *t)
{
	struct buf errmsg = BUF_INIT;

	if (t->q != NULL)
		examine(t, &errmsg);
	if (errmsg.len > 0)
		dnslist_disable(t->list, errmsg.data);
	else
		dnslist_set_healthy(t->list);
	buf_free(&t->listed);
	buf_free(&t->unlisted);
	buf_free(&errmsg);
	dnslist_close(t->list);
}

static bool
is_unanswered(const struct trial *t)
{
	return t->q != NULL && (t->q[0].answer->status == DNS_TEMPFAIL ||
	    t->q[1].answer->status == DNS_TEMPFAIL);
}

/* Those whose turn it is, with a reference each, or all of them. */
static size_t
take_due(struct trial **trials, int64_t now)
{
	struct dnslist *l;
	size_t n = 0, cap = 0;

	*trials = NULL;
	for (l = dnslist_registry.first; l != NULL; l = l->next) {
		if (l->due > now)
			continue;
		*trials = mem_room(*trials, n, &cap, sizeof **trials);
		(*trials)[n++] = (struct trial){ .list = l,
			.listed = BUF_INIT, .unlisted = BUF_INIT };
		l->holders++;
		/* Sets it back in any case, should nothing come of it. */
		l->due = clock_ms() + DNSLIST_DISABLED_MS;
	}
	return n;
}

/*
 * All at once. Those without an answer in time are moved to the front, and
 * their number is returned; `last`: they have failed.
 */
static size_t
ask_all(struct trial *trials, size_t n, int patience, bool last)
{
	struct dns_question *q = mem_array(2 * n, sizeof *q);
	size_t i, queries = 0, left = 0;

	for (i = 0; i < n; i++)
		if (trials[i].list->test != DNSLIST_TEST_NONE) {
			trial_begin(&trials[i], q + queries);
			queries += 2;
		}
	dns_ask(q, queries, clock_ms() + patience);
	for (i = 0; i < n; i++)
		if (!last && is_unanswered(&trials[i]))
			trials[left++] = trials[i];
		else
			trial_end(&trials[i]);
	dns_forget(q, queries);
	free(q);
	return left;
}

static void
test_until(int64_t now)
{
	struct trial *trials;
	size_t n;

	pthread_mutex_lock(&dnslist_registry.lock);
	n = take_due(&trials, now);
	pthread_mutex_unlock(&dnslist_registry.lock);
	if (n > 0)
		n = ask_all(trials, n, QUICK_MS, false);
	if (n > 0)
		ask_all(trials, n, PATIENCE_MS - QUICK_MS, true);
	free(trials);
}

void
dnslist_test_all(void)
{
	test_until(INT64_MAX);
}

/* Until the next test is due; under the lock. */
static int64_t
next_due(void)
{
	int64_t next = clock_ms() + DNSLIST_HEALTHY_MS;
	struct dnslist *l;

	for (l = dnslist_registry.first; l != NULL; l = l->next)
		if (l->due < next)
			next = l->due;
	return next;
}

static void *
watch(void *unused)
{
	int64_t due;

	pthread_mutex_lock(&dnslist_registry.lock);
	while (dnslist_registry.watching) {
		due = next_due();
		if (due > clock_ms()) {
			clock_wait(&dnslist_registry.wake,
			    &dnslist_registry.lock, due);
			continue;
		}
		pthread_mutex_unlock(&dnslist_registry.lock);
		test_until(clock_ms());
		pthread_mutex_lock(&dnslist_registry.lock);
	}
	pthread_mutex_unlock(&dnslist_registry.lock);
	return unused;
}

bool
dnslist_watch(void)
{
	struct dnslist *l;
	bool begun;

	pthread_mutex_lock(&dnslist_registry.lock);
	for (l = dnslist_registry.first; l != NULL; l = l->next)
		l->is_disabled = l->test != DNSLIST_TEST_NONE;
	begun = pthread_create(&dnslist_registry.watcher, NULL, watch,
	    NULL) == 0;
	dnslist_registry.watching = begun;
	pthread_mutex_unlock(&dnslist_registry.lock);
	return begun;
}

void
dnslist_watch_stop(void)
{
	if (!dnslist_registry.watching)
		return;
	pthread_mutex_lock(&dnslist_registry.lock);
	dnslist_registry.watching = false;
	pthread_cond_signal(&dnslist_registry.wake);
	pthread_mutex_unlock(&dnslist_registry.lock);
	pthread_join(dnslist_registry.watcher, NULL);
}
