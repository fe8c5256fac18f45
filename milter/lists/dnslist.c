/* dnslist - lists in DNS: are they fit to be asked? */

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

/* So many questions in a row without an answer: it is set aside. */
#define FAILURES_MOST 5
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
		l->is_aside = dnslist_registry.watching &&
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
	free(l->aside);
	free(l);
}

const char *
dnslist_zone(const struct dnslist *l)
{
	return l->zone;
}

bool
dnslist_is_well(const struct dnslist *l)
{
	return !atomic_load_explicit(&l->is_aside, memory_order_relaxed);
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
dnslist_set_aside(struct dnslist *l, const char *why)
{
	bool fresh;

	pthread_mutex_lock(&dnslist_registry.lock);
	fresh = l->aside == NULL;
	if (fresh)
		l->since = clock_now();
	mem_replace(&l->aside, why);
	l->is_aside = true;
	l->due = clock_ms() + (l->test == DNSLIST_TEST_NONE ?
	    DNSLIST_WELL_MS : DNSLIST_ASIDE_MS);
	pthread_cond_signal(&dnslist_registry.wake);
	pthread_mutex_unlock(&dnslist_registry.lock);
	if (fresh && seldom(&l->said)) {
		l->told = true;
		log_warn("%s: set aside, it refuses nobody: %s", l->name, why);
	}
}

void
dnslist_set_well(struct dnslist *l)
{
	bool was_aside;

	pthread_mutex_lock(&dnslist_registry.lock);
	was_aside = l->aside != NULL;
	if (was_aside)
		l->since = clock_now();
	mem_replace(&l->aside, NULL);
	l->is_aside = false;
	l->failures = 0;
	l->due = clock_ms() + DNSLIST_WELL_MS;
	pthread_mutex_unlock(&dnslist_registry.lock);
	if (was_aside && l->told)
		log_info("%s: is well, and in use again", l->name);
	l->told = l->told && !was_aside;
}

bool
dnslist_answer_is_good(const struct dns_answer *answer, struct buf *why)
{
	char text[IP_TEXT];
	size_t i;

	for (i = 0; i < answer->n; i++) {
		const struct ip *ip = &answer->v[i].ip;

		if (dnslist_is_refusal(ip))
			buf_printf(why, "it refuses our questions, by %s",
			    ip_format(ip, text));
		else if (!dnslist_is_answer(ip))
			buf_printf(why, "it answers %s, as no list does",
			    ip_format(ip, text));
		else
			continue;
		return false;
	}
	return true;
}

/* No answer at all. Once is nothing, in a row it is. */
static enum dnslist_verdict
failed(struct dnslist *l, const struct dns_answer *answer, struct buf *why)
{
	buf_puts(why, answer->trouble);
	if (++l->failures >= FAILURES_MOST)
		dnslist_set_aside(l, why->data);
	return DNSLIST_TROUBLE;
}

static enum dnslist_verdict
judge(struct dnslist *l, const struct dnslist_answers *counting,
    const struct dns_answer *answer, struct ip *ip, struct buf *why)
{
	size_t i;

	if (answer->status == DNS_TROUBLE)
		return failed(l, answer, why);
	l->failures = 0;
	if (answer->status == DNS_NONE)
		return DNSLIST_NO;
	if (!dnslist_answer_is_good(answer, why)) {
		dnslist_set_aside(l, why->data);
		return DNSLIST_TROUBLE;
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
    const struct dns_answer *answer, struct ip *ip, struct buf *why)
{
	enum dnslist_verdict verdict = judge(l, counting, answer, ip, why);

	l->asked++;
	l->listed += verdict == DNSLIST_YES;
	l->trouble += verdict == DNSLIST_TROUBLE;
	return verdict;
}

static const char *
why_aside(const struct dnslist *l)
{
	if (l->aside != NULL || !l->is_aside)
		return l->aside;
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
			.aside = why_aside(l), .since = l->since,
			.asked = l->asked, .listed = l->listed,
			.trouble = l->trouble };
		fn(arg, &state);
	}
	pthread_mutex_unlock(&dnslist_registry.lock);
}
