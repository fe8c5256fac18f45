/*
 * dnslist.h - lists in DNS and their health (RFC 5782)
 *
 * A list that answers for everybody, refuses our queries, is hijacked or dead
 * must refuse nobody. So its test entries are queried at the start (while
 * dnslist_watch() runs it is not used before) and every ten minutes, and
 * answers in sessions count, too: a list that fails is disabled, which is
 * logged at most once an hour, and probed every minute until it is healthy. The
 * state of a zone survives a reload.
 *
 * A zone may hold a key of the operator. It goes to DNS and nowhere else: all
 * text that leaves this room is cleaned of it.
 */
#ifndef LISTS_DNSLIST_H
#define LISTS_DNSLIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "base/net.h"

struct buf;
struct dns_answer;
struct dnslist;
struct dnslist_answers;

/*
 * Which entries a list must have and must not have: the addresses 127.0.0.2
 * and 127.0.0.1, the names TEST and INVALID, or it has none of them.
 */
enum dnslist_test { DNSLIST_TEST_IP, DNSLIST_TEST_DOMAIN, DNSLIST_TEST_NONE };
extern const char *const dnslist_test_names[];

/*
 * One reference is the caller's, who gives it back by dnslist_close(); `name`
 * is what people call it.
 */
struct dnslist *dnslist_open(const char *name, const char *zone,
    enum dnslist_test test);
void dnslist_close(struct dnslist *l);	/* NULL: nothing */

/* For a question to DNS, and for nothing else. */
const char *dnslist_zone(const struct dnslist *l);

/* False while it is disabled: do not query it. Any thread. */
bool dnslist_is_healthy(const struct dnslist *l);

enum dnslist_verdict { DNSLIST_NO, DNSLIST_YES, DNSLIST_TEMPFAIL };

/*
 * What an answer says, given which of them count. YES: `ip` is the answer.
 * TEMPFAIL: errmsg says what is wrong, without the key. It counts for the
 * list's health.
 */
enum dnslist_verdict dnslist_judge(struct dnslist *l,
    const struct dnslist_answers *counting, const struct dns_answer *answer,
    struct ip *ip, struct buf *errmsg);

/*
 * Appends n bytes of text that others wrote, without what may be a key: any
 * label of a zone that is not in the name of its list, too.
 */
void dnslist_put_clean(struct buf *out, const char *text, size_t n);

struct dnslist_state {
	const char *name;
	const char *disabled;	/* why it is disabled; NULL: it is healthy */
	struct timespec since;	/* it is as it is; zero: since the start */
	uint64_t queries, listed, failure;
};

/* Calls fn for each list that is open. */
void dnslist_each(void (*fn)(void *arg, const struct dnslist_state *state),
    void *arg);

/* Begins and ends the thread that asks for test entries; after dns_start(). */
bool dnslist_watch(void);
void dnslist_watch_stop(void);

/* One round of it, now: every list, whose turn it is or not. */
void dnslist_test_all(void);

#endif
