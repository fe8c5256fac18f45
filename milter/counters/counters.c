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

/* What a restart alone changes. */
enum setting { SET_FILE, SET_SIZE, SET_SERVERS, SET_PASSWORD, SETTINGS };

static struct {
	struct counter_table *table;
	struct counter_server *server;	/* NULL: each host alone */
	struct buf settings[SETTINGS];	/* as they are in use */
	_Atomic int64_t moved;		/* ms that scenarios are ahead */
} self = { .settings = { BUF_INIT, BUF_INIT, BUF_INIT, BUF_INIT } };

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
static void
ask_server(const struct counter_question *q, size_t n, int64_t now,
    struct counter_answer *a, bool *answered)
{
	int64_t began = clock_us();
	int ms = step.under_way ? (int)(step.left_us / 1000) :
	    COUNTER_SERVER_MS;

	counter_server_ask(self.server, q, n, now, ms, a, answered);
	step.left_us -= clock_us() - began;
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
	bool answered[2];
	size_t i;

	two[0].effect = two[1].effect = COUNTER_ALONE;
	two[0].verb = COUNTER_FORGET;
	two[1].verb = COUNTER_NOTE;
	two[1].amount = note;
	if (at_server)
		ask_server(two, 2, now, a, answered);
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

/* What the answers so far mean for the questions that follow. */
struct bearing {
	bool stopped, skipped;
	double usual, span;	/* so many within so many ms are usual */
};

/* What a server said of a question that is skipped does not matter. */
static void
apply(const struct bearing *b, const struct counter_question *q,
    struct counter_answer *a)
{
	double usual = q->effect == COUNTER_ALONE && b->span > 0 ?
	    b->usual * (double)q->window / b->span : 0;

	if (b->stopped || (b->skipped && q->effect == COUNTER_ALONE))
		*a = (struct counter_answer){ .skipped = true };
	a->limit = usual > (double)q->limit ? (int64_t)usual : q->limit;
}

static void
learn(struct bearing *b, const struct counter_question *q,
    const struct counter_answer *a)
{
	bool new = a->room == 1 || a->since == 0;

	switch (q->effect) {
	case COUNTER_ALONE:
		*b = (struct bearing){ .stopped = b->stopped };
		break;
	case COUNTER_IF_NEW:
		b->skipped |= !new;
		break;
	case COUNTER_IF_KNOWN:
		b->skipped |= new;
		break;
	case COUNTER_RAISES:
		b->usual = (double)a->count * (double)q->limit;
		b->span = (double)q->window;
		break;
	case COUNTER_STOPS:
		b->stopped |= a->count > 0 && a->count < q->limit;
		break;
	}
}

/*
 * What no server answered; of several questions the ADDs are peeked at first.
 * True: none of these exceeds its limit.
 */
static bool
ask_table(const struct counter_question *q, size_t n, int64_t now,
    struct counter_answer *a, const bool *answered)
{
	struct bearing b = { .stopped = false };
	struct counter_question copy;
	struct counter_answer here;
	bool has_room = true;
	size_t i;

	for (i = 0; i < n; i++) {
		apply(&b, &q[i], &a[i]);
		if (!answered[i] && !a[i].skipped) {
			copy = q[i];
			copy.limit = a[i].limit;
			if (copy.verb == COUNTER_ADD && n > 1)
				copy.verb = COUNTER_PEEK;
			counter_table_ask(self.table, &copy, now, &here);
			here.limit = copy.limit;
			a[i] = here;
			has_room &= q[i].verb != COUNTER_ADD || here.room == 0;
		}
		learn(&b, &q[i], &a[i]);
	}
	return has_room;
}

/*
 * What the server did is done here as well, so that this host goes on from its
 * own share when the server is away. What nobody knows there another host made
 * it forget.
 */
static void
follow(const struct counter_question *q, int64_t now,
    const struct counter_answer *a)
{
	struct counter_question copy = *q;
	struct counter_answer ignored;

	if (a->skipped || q->verb == COUNTER_PEEK ||
	    (q->verb == COUNTER_ADD && !a->added) ||
	    (q->verb == COUNTER_KNOW && (a->since != 0 || is_lasting(q))))
		return;
	if (q->verb == COUNTER_ADD)
		copy.verb = COUNTER_FORCE;
	else if (q->verb == COUNTER_KNOW)
		copy.verb = COUNTER_FORGET;
	counter_table_ask(self.table, &copy, now, &ignored);
}

/* What a count decides for a question that is about it. */
static void
conclude(const struct counter_question *q, int64_t now,
    const struct counter_question *count, const struct counter_answer *counted)
{
	struct counter_question copy = *q;
	struct counter_answer ignored;

	if (q->effect == COUNTER_RAISES && counted->added &&
	    counted->room == 0)
		copy.verb = COUNTER_FORCE;
	else if (q->effect == COUNTER_IF_NEW && q->verb == COUNTER_MEET &&
	    count->verb == COUNTER_ADD && !counted->added &&
	    !counted->skipped)
		copy.verb = COUNTER_FORGET;
	else
		return;
	counter_table_ask(self.table, &copy, now, &ignored);
}

/* One of several ADDs, once all of them fit. */
static void
add_here(const struct counter_question *q, int64_t now,
    struct counter_answer *a)
{
	struct counter_question copy = *q;

	copy.limit = a->limit;
	counter_table_ask(self.table, &copy, now, a);
	a->limit = copy.limit;
	a->added = a->room == 0;
}

/* `has_room`: whether the ADDs that no server answered are added. */
static void
finish(const struct counter_question *q, size_t n, int64_t now, bool has_room,
    struct counter_answer *a, const bool *answered)
{
	size_t i, count = n;

	for (i = 0; i < n; i++) {
		a[i].added = !a[i].skipped && (q[i].verb == COUNTER_FORCE ||
		    (q[i].verb == COUNTER_ADD &&
		    (answered[i] ? a[i].added : has_room)));
		if (answered[i])
			follow(&q[i], now, &a[i]);
		else if (q[i].verb == COUNTER_ADD && a[i].added && n > 1)
			add_here(&q[i], now, &a[i]);
	}
	for (i = n; n > 1 && i-- > 0;)
		if (q[i].effect == COUNTER_ALONE)
			count = i;
		else if (count < n)
			conclude(&q[i], now, &q[count], &a[count]);
}

static bool
is_stopped(const struct counter_question *q, const struct counter_answer *a)
{
	struct bearing b = { .stopped = false };

	learn(&b, q, a);
	return b.stopped;
}

/*
 * What this host knows to be stopped is asked for alone, and the rest only if
 * another host has let it go on.
 */
static void
ask_servers(const struct counter_question *q, size_t n, int64_t now,
    struct counter_answer *a, bool *answered)
{
	struct counter_answer here = { .count = 0 };
	size_t first = n, i;

	if (q->effect == COUNTER_STOPS)
		counter_table_ask(self.table, q, now, &here);
	if (is_stopped(q, &here))
		first = 1;
	ask_server(q, first, now, a, answered);
	for (i = 0; i < first; i++)
		if (answered[i] && q[i].verb == COUNTER_KNOW &&
		    is_lasting(&q[i]))
			reconcile(&q[i], now, &a[i]);
	if (first < n && answered[0] && !is_stopped(q, a))
		ask_server(q + 1, n - 1, now, a + 1, answered + 1);
}

/* One by itself, of this host alone: most are. */
static void
ask_one(const struct counter_question *q, int64_t now,
    struct counter_answer *a)
{
	counter_table_ask(self.table, q, now, a);
	a->limit = q->limit;
	a->added = q->verb == COUNTER_FORCE ||
	    (q->verb == COUNTER_ADD && a->room == 0);
}

void
counters_ask(const struct counter_question *q, size_t n,
    struct counter_answer *a)
{
	int64_t now = counters_now();
	bool answered[COUNTERS_MAX], has_room;

	memset(a, 0, n * sizeof *a);
	if (n == 0 || self.table == NULL)
		return;
	shares[q->key.v[0] % SHARES].queries += n;
	if (n == 1 && self.server == NULL) {
		ask_one(q, now, a);
		return;
	}
	memset(answered, 0, n * sizeof *answered);
	if (self.server != NULL)
		ask_servers(q, n, now, a, answered);
	has_room = ask_table(q, n, now, a, answered);
	finish(q, n, now, has_room, a, answered);
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

static void
put_setting(struct buf *out, const struct counters_options *o,
    enum setting what)
{
	size_t i;

	buf_clear(out);
	switch (what) {
	case SET_FILE:
		buf_puts(out, o->file);
		return;
	case SET_SIZE:
		buf_printf(out, "%lld", o->size);
		return;
	case SET_SERVERS:
		for (i = 0; i < o->servers.n; i++)
			buf_printf(out, "%s\n", o->servers.v[i].text);
		return;
	case SET_PASSWORD:
		buf_puts(out, o->password_file);
		return;
	case SETTINGS:
		return;
	}
}

/* It is in use from here on; or another one was before, and stays. */
static void
note_setting(const struct counters_options *o, enum setting what, bool begins)
{
	static const char *const names[SETTINGS] = { "counters-file",
		"counters-size", "counters", "counters-password-file" };
	struct buf now = BUF_INIT;

	put_setting(begins ? &self.settings[what] : &now, o, what);
	if (!begins && strcmp(now.data, self.settings[what].data) != 0)
		log_warn("%s: restart required", names[what]);
	buf_free(&now);
}

bool
counters_start(const struct counters_options *o, struct buf *errmsg)
{
	bool begins = self.table == NULL;

	if (begins)
		self.table = open_table(o, errmsg);
	if (self.table == NULL)
		return false;
	note_setting(o, SET_FILE, begins);
	note_setting(o, SET_SIZE, begins);
	begins = self.server == NULL;
	if (o->servers.n > 0 && begins)
		self.server = counter_server_start(o, errmsg);
	note_setting(o, SET_SERVERS, begins);
	note_setting(o, SET_PASSWORD, begins);
	return o->servers.n == 0 || self.server != NULL;
}

void
counters_stop(void)
{
	size_t what;

	counter_server_stop(self.server);
	counter_table_close(self.table);
	for (what = 0; what < SETTINGS; what++)
		buf_free(&self.settings[what]);
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
