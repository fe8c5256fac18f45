/* counters - how often within a window, and when for the first time */

#include "counters/counters.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/siphash.h"
#include "counters/counter_server.h"
#include "counters/counter_table.h"
#include "counters/counters_options.h"

#define OFFLINE_BYTES (1024 * 1024)
#define KEY_TEXT 256		/* longer ones are rare */
#define SHARES 16

static struct {
	struct counter_table *table;
	struct counter_server *server;	/* NULL: each host alone */
	_Atomic int64_t moved;		/* ms that scenarios are ahead */
} self;

/* The queries: on lines of their own, as processors would wait for one. */
static struct share {
	_Alignas(64) _Atomic uint64_t queries;
} shares[SHARES];

/* What a step of a session may still wait for servers. */
static _Thread_local struct {
	bool under_way;
	int64_t left_us;
} step;

/* Known to all hosts, and the same after a restart. */
static const uint64_t halves[2][2] = {
	{ 0x736179776879206bull, 0x6579732066697273ull },
	{ 0x736179776879206bull, 0x657973207365636full }
};

struct counter_key
counter_key(const char *space, const char *const *words, size_t n)
{
	size_t len = strlen(space) + 1, at = len, i;
	char on_stack[KEY_TEXT], *text;
	struct counter_key key;
	const char *c;

	for (i = 0; i < n; i++)
		len += (words[i] != NULL ? strlen(words[i]) : 0) + 1;
	text = len <= sizeof on_stack ? on_stack : mem_alloc(len);
	memcpy(text, space, at);
	for (i = 0; i < n; i++) {
		for (c = words[i]; c != NULL && *c != '\0'; c++)
			text[at++] = *c >= 'A' && *c <= 'Z' ?
			    (char)(*c - 'A' + 'a') : *c;
		text[at++] = '\0';
	}
	for (i = 0; i < 2; i++)
		key.v[i] = siphash(halves[i], text, len);
	if (text != on_stack)
		free(text);
	/* All zero is a free slot. */
	key.v[0] |= key.v[0] == 0;
	return key;
}

int64_t
counters_now(void)
{
	struct timespec t = clock_now();

	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000 + self.moved;
}

void
counters_move_clock(int64_t ms)
{
	self.moved += ms;
}

/*
 * What the server allowed is counted here as well, so that this host goes on
 * from its own share when the server is away. What nobody knows there another
 * host made it forget.
 */
static void
follow(const struct counter_question *q, int64_t now,
    const struct counter_answer *a)
{
	struct counter_question copy = *q;
	struct counter_answer ignored;

	if (q->verb == COUNTER_PEEK ||
	    (q->verb == COUNTER_KNOW && a->since != 0))
		return;
	if (q->verb == COUNTER_ADD)
		copy.verb = COUNTER_FORCE;
	else if (q->verb == COUNTER_KNOW)
		copy.verb = COUNTER_FORGET;
	counter_table_ask(self.table, &copy, now, &ignored);
}

/*
 * The ADDs are peeked at first, and added when none of them exceeds its limit.
 */
static void
ask_table(const struct counter_question *q, size_t n, int64_t now,
    struct counter_answer *a)
{
	struct counter_question copy;
	size_t i, adds = 0;
	bool within_limits = true;

	for (i = 0; i < n; i++)
		adds += q[i].verb == COUNTER_ADD;
	for (i = 0; i < n; i++) {
		copy = q[i];
		if (copy.verb == COUNTER_ADD && adds > 1)
			copy.verb = COUNTER_PEEK;
		counter_table_ask(self.table, &copy, now, &a[i]);
		within_limits &= q[i].verb != COUNTER_ADD || a[i].room == 0;
	}
	for (i = 0; within_limits && adds > 1 && i < n; i++)
		if (q[i].verb == COUNTER_ADD)
			counter_table_ask(self.table, &q[i], now, &a[i]);
}

void
counters_step_begin(void)
{
	step.under_way = true;
	step.left_us = COUNTER_SERVER_MS * 1000;
}

void
counters_step_end(void)
{
	step.under_way = false;
}

/* However many questions a step has, of however many servers. */
static bool
ask_server(const struct counter_question *q, size_t n, int64_t now,
    struct counter_answer *a)
{
	int64_t began = clock_us();
	int ms = step.under_way ? (int)(step.left_us / 1000) :
	    COUNTER_SERVER_MS;
	bool answered = counter_server_ask(self.server, q, n, now, ms, a);

	step.left_us -= clock_us() - began;
	return answered;
}

static bool
is_lasting(const struct counter_question *q)
{
	return q->window >= COUNTER_LASTING_MS;
}

/* Begins `note` anew, here or at the server. */
static void
replace(const struct counter_question *q, int64_t note, int64_t now,
    bool at_server)
{
	struct counter_question two[2] = { *q, *q };
	struct counter_answer a[2];
	size_t i;

	two[0].verb = COUNTER_FORGET;
	two[1].verb = COUNTER_NOTE;
	two[1].amount = note;
	if (at_server)
		ask_server(two, 2, now, a);
	for (i = 0; !at_server && i < 2; i++)
		counter_table_ask(self.table, &two[i], now, &a[i]);
}

/* What lasts is here and there; the newer note holds. */
static void
reconcile(const struct counter_question *q, int64_t now,
    struct counter_answer *a)
{
	struct counter_answer here;

	counter_table_ask(self.table, q, now, &here);
	if (here.since != 0 && (a->since == 0 ||
	    (here.since > a->since && here.count != a->count))) {
		replace(q, here.count, now, true);
		*a = here;
	} else if (a->since != 0 && here.count != a->count) {
		replace(q, a->count, now, false);
	}
}

static void
ask_batch(const struct counter_question *q, size_t n, int64_t now,
    struct counter_answer *a)
{
	bool within_limits = true;
	size_t i;

	if (self.server == NULL || !ask_server(q, n, now, a)) {
		ask_table(q, n, now, a);
		return;
	}
	for (i = 0; i < n; i++)
		within_limits &= q[i].verb != COUNTER_ADD || a[i].room == 0;
	for (i = 0; i < n; i++)
		if (q[i].verb == COUNTER_KNOW && is_lasting(&q[i]))
			reconcile(&q[i], now, &a[i]);
		else if (within_limits || q[i].verb != COUNTER_ADD)
			follow(&q[i], now, &a[i]);
}

void
counters_ask(const struct counter_question *q, size_t n,
    struct counter_answer *a)
{
	int64_t now = counters_now();
	size_t from = 0, to;

	if (n > 0)
		shares[q->key.v[0] % SHARES].queries += n;
	memset(a, 0, n * sizeof *a);
	if (self.table == NULL)
		return;
	for (; from < n; from = to) {
		for (to = from + 1; to < n && (self.server == NULL ||
		    counter_server_shares(self.server, &q[from].key,
		    &q[to].key)); to++)
			;
		ask_batch(q + from, to - from, now, a + from);
	}
}

static struct counter_table *
open_table(const struct counters_options *o, struct buf *errmsg)
{
	const char *file = o->file != NULL && *o->file != '\0' ? o->file : NULL;
	struct counter_table *t = counter_table_open(file, o->size, errmsg);

	if (t != NULL || file == NULL)
		return t;
	log_warn("%s; what is counted is forgotten at the next restart",
	    errmsg->data);
	buf_clear(errmsg);
	return counter_table_open(NULL, o->size, errmsg);
}

bool
counters_start(const struct counters_options *o, struct buf *errmsg)
{
	if (self.table == NULL)
		self.table = open_table(o, errmsg);
	if (self.table == NULL)
		return false;
	if (o->servers.n > 0 && self.server == NULL)
		self.server = counter_server_start(o, errmsg);
	return o->servers.n == 0 || self.server != NULL;
}

void
counters_stop(void)
{
	counter_server_stop(self.server);
	counter_table_close(self.table);
	self.server = NULL;
	self.table = NULL;
	self.moved = 0;
}

void
counters_offline(void)
{
	struct buf errmsg = BUF_INIT;

	counters_stop();
	self.table = counter_table_open(NULL, OFFLINE_BYTES, &errmsg);
	if (self.table == NULL)
		log_warn("%s", errmsg.data);
	buf_free(&errmsg);
}

void
counters_state(struct counters_state *s)
{
	size_t i;

	memset(s, 0, sizeof *s);
	for (i = 0; i < SHARES; i++)
		s->queries += shares[i].queries;
	if (self.table != NULL) {
		s->keys = counter_table_keys(self.table);
		s->size = counter_table_size(self.table);
		s->evicted = counter_table_evicted(self.table);
	}
	if (self.server != NULL)
		counter_server_state(self.server, s);
}
