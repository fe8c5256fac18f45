/*
 * dnslist_internal.h - what the files of dnslist.h share
 */
#ifndef LISTS_DNSLIST_INTERNAL_H
#define LISTS_DNSLIST_INTERNAL_H

#include <pthread.h>
#include <stdint.h>

#include "base/seldom.h"
#include "lists/dnslist.h"

/* How long until the test entries are queried again. */
#define DNSLIST_HEALTHY_MS (10 * 60000)
#define DNSLIST_DISABLED_MS 60000

struct dns_answer;

struct dnslist {
	char *name;
	char *zone;		/* may hold a key */
	enum dnslist_test test;
	_Atomic bool is_disabled;
	_Atomic unsigned failures;	/* in a row */
	_Atomic uint64_t asked, listed, failure;
	struct log_ratelimit said;
	_Atomic bool reported;	/* logged that it is disabled */
	/* under the lock of the registry */
	struct dnslist *next;
	unsigned holders;
	char *disabled;		/* why it is disabled; NULL: it is healthy */
	struct timespec since;
	int64_t due;		/* of its next test, clock_ms() */
};

/* Every list that is open, and the thread that tests them. */
struct dnslist_registry {
	pthread_mutex_t lock;
	pthread_cond_t wake;
	struct dnslist *first;
	pthread_t watcher;
	bool watching;
};

extern struct dnslist_registry dnslist_registry;

void dnslist_disable(struct dnslist *l, const char *errmsg);
void dnslist_set_healthy(struct dnslist *l);

/*
 * Is every address one that a list may answer? Else errmsg says what is wrong.
 */
bool dnslist_answer_is_good(const struct dns_answer *answer,
    struct buf *errmsg);

#endif
