/* dnslist - lists in DNS: which of them are healthy */

#include "lists/dnslist.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "dns/dns.h"
#include "lists/dnslist_answers.h"
#include "lists/dnslist_internal.h"

/* After this many failures in a row it is disabled. */
#define FAILURES_MAX 5
/* A shorter label is no key. */
#define KEY_LEAST 6

const char *const dnslist_test_names[] = { "ip", "domain", "none", NULL };

struct dnslist_registry dnslist_registry = {
	.lock = PTHREAD_MUTEX_INITIALIZER, .wake = PTHREAD_COND_INITIALIZER
};

/* One of the same zone that is known already, or NULL. Under the lock. */
static struct dnslist *
find(const char *name, const char *zone, enum dnslist_test test)
{
	struct dnslist *l;

	for (l = dnslist_registry.first; l != NULL; l = l->next)
		if (strcasecmp(l->zone, zone) == 0 && l->test == test &&
		    strcmp(l->name, name) == 0)
			return l;
	return NULL;
}

struct dnslist *
dnslist_open(const char *name, const char *zone, enum dnslist_test test)
{
	struct dnslist *l;

	pthread_mutex_lock(&dnslist_registry.lock);
	l = find(name, zone, test);
	if (l == NULL) {
		l = mem_alloc(sizeof *l);
		l->name = mem_dup(name);
		l->zone = mem_dup(zone);
		l->test = test;
		l->is_disabled = dnslist_registry.watching &&
		    test != DNSLIST_TEST_NONE;
		l->next = dnslist_registry.first;
		dnslist_registry.first = l;
		pthread_cond_signal(&dnslist_registry.wake);
	}
	l->holders++;
	pthread_mutex_unlock(&dnslist_registry.lock);
	return l;
}

void
dnslist_close(struct dnslist *l)
{
	struct dnslist **at = &dnslist_registry.first;
	bool last;

	if (l == NULL)
		return;
	pthread_mutex_lock(&dnslist_registry.lock);
	last = --l->holders == 0;
	while (last && *at != l)
		at = &(*at)->next;
	if (last)
		*at = l->next;
	pthread_mutex_unlock(&dnslist_registry.lock);
	if (!last)
		return;
	free(l->name);
	free(l->zone);
	free(l->disabled);
	free(l);
}

const char *
dnslist_zone(const struct dnslist *l)
{
	return l->zone;
}

bool
dnslist_is_healthy(const struct dnslist *l)
{
	return !atomic_load_explicit(&l->is_disabled, memory_order_relaxed);
}

/*
 * A label of the zone that the public name does not have, too, and none of the
 * last two, which are a domain that somebody registered.
 */
static bool
is_secret(const struct dnslist *l, const char *label, size_t n)
{
	const char *p = strchr(label, '.');
	size_t m;

	if (n < KEY_LEAST || p == NULL || strchr(p + 1, '.') == NULL)
		return false;
	for (p = l->name; *p != '\0'; p += m + (p[m] == '.')) {
		m = strcspn(p, ".");
		if (m == n && strncasecmp(p, label, n) == 0)
			return false;
	}
	return true;
}

/* Bytes at `text` (of n) that are a secret label of a zone; 0: none. */
static size_t
secret_at(const char *text, size_t n)
{
	const struct dnslist *l;
	const char *p;
	size_t m;

	for (l = dnslist_registry.first; l != NULL; l = l->next)
		for (p = l->zone; *p != '\0'; p += m + (p[m] == '.')) {
			m = strcspn(p, ".");
			if (m <= n && strncasecmp(p, text, m) == 0 &&
			    is_secret(l, p, m))
				return m;
		}
	return 0;
}

void
dnslist_put_clean(struct buf *out, const char *text, size_t n)
{
	size_t i = 0, secret;

	pthread_mutex_lock(&dnslist_registry.lock);
	while (i < n) {
		secret = secret_at(text + i, n - i);
		if (secret > 0)
			buf_puts(out, "***");
		else
			buf_putc(out, text[i]);
		i += secret > 0 ? secret : 1;
	}
	pthread_mutex_unlock(&dnslist_registry.lock);
}

void
dnslist_disable(struct dnslist *l, const char *errmsg)
{
	bool fresh;

	pthread_mutex_lock(&dnslist_registry.lock);
	fresh = l->disabled == NULL;
	if (fresh)
		l->since = clock_now();
	mem_replace(&l->disabled, errmsg);
	l->is_disabled = true;
	l->due = clock_ms() + (l->test == DNSLIST_TEST_NONE ?
	    DNSLIST_HEALTHY_MS : DNSLIST_DISABLED_MS);
	pthread_cond_signal(&dnslist_registry.wake);
	pthread_mutex_unlock(&dnslist_registry.lock);
	if (fresh && log_ratelimit(&l->logged)) {
		l->reported = true;
		log_warn("DNSBL %s disabled: %s", l->name, errmsg);
	}
}

void
dnslist_set_healthy(struct dnslist *l)
{
	bool was_disabled;

	pthread_mutex_lock(&dnslist_registry.lock);
	was_disabled = l->disabled != NULL;
	if (was_disabled)
		l->since = clock_now();
	mem_replace(&l->disabled, NULL);
	l->is_disabled = false;
	l->failures = 0;
	l->due = clock_ms() + DNSLIST_HEALTHY_MS;
	pthread_mutex_unlock(&dnslist_registry.lock);
	if (was_disabled && l->reported)
		log_info("DNSBL %s enabled", l->name);
	l->reported = l->reported && !was_disabled;
}

bool
dnslist_answer_is_good(const struct dns_answer *answer, struct buf *errmsg)
{
	char text[IP_TEXT];
	size_t i;

	for (i = 0; i < answer->n; i++) {
		const struct ip *ip = &answer->v[i].ip;

		if (dnslist_is_refusal(ip))
			buf_printf(errmsg, "it refuses our questions, by %s",
			    ip_format(ip, text));
		else if (!dnslist_is_answer(ip))
			buf_printf(errmsg, "it answers %s, as no list does",
			    ip_format(ip, text));
		else
			continue;
		return false;
	}
	return true;
}

/* No answer at all. One failure does not count, several in a row do. */
static enum dnslist_verdict
failed(struct dnslist *l, const struct dns_answer *answer, struct buf *errmsg)
{
	buf_puts(errmsg, answer->failure);
	if (++l->failures >= FAILURES_MAX)
		dnslist_disable(l, errmsg->data);
	return DNSLIST_TEMPFAIL;
}

static enum dnslist_verdict
judge(struct dnslist *l, const struct dnslist_answers *counting,
    const struct dns_answer *answer, struct ip *ip, struct buf *errmsg)
{
	size_t i;

	if (answer->status == DNS_TEMPFAIL)
		return failed(l, answer, errmsg);
	l->failures = 0;
	if (answer->status == DNS_NONE)
		return DNSLIST_NO;
	if (!dnslist_answer_is_good(answer, errmsg)) {
		dnslist_disable(l, errmsg->data);
		return DNSLIST_TEMPFAIL;
	}
	for (i = 0; i < answer->n; i++)
		if (dnslist_answers_has(counting, &answer->v[i].ip)) {
			*ip = answer->v[i].ip;
			return DNSLIST_YES;
		}
	return DNSLIST_NO;
}

enum dnslist_verdict
dnslist_judge(struct dnslist *l, const struct dnslist_answers *counting,
    const struct dns_answer *answer, struct ip *ip, struct buf *errmsg)
{
	enum dnslist_verdict verdict = judge(l, counting, answer, ip, errmsg);

	l->queries++;
	l->listed += verdict == DNSLIST_YES;
	l->failure += verdict == DNSLIST_TEMPFAIL;
	return verdict;
}

static const char *
disabled_because(const struct dnslist *l)
{
	if (l->disabled != NULL || !l->is_disabled)
		return l->disabled;
	return "not tested yet";
}

void
dnslist_each(void (*fn)(void *arg, const struct dnslist_state *state),
    void *arg)
{
	struct dnslist_state state;
	struct dnslist *l;

	pthread_mutex_lock(&dnslist_registry.lock);
	for (l = dnslist_registry.first; l != NULL; l = l->next) {
		state = (struct dnslist_state){ .name = l->name,
			.disabled = disabled_because(l), .since = l->since,
			.queries = l->queries, .listed = l->listed,
			.failure = l->failure };
		fn(arg, &state);
	}
	pthread_mutex_unlock(&dnslist_registry.lock);
}
