/*
 * counters.h - how often within a window, and when for the first time
 *
 * Two queries of checks, wherever the numbers are kept: a table in this process
 * (counter_table.h), or a Valkey or Redis server that several hosts share
 * (counter_server.h). The caller does not know which of the two it is. When the
 * server is away each host counts alone; nothing is deferred for it.
 *
 * A window slides in sixteen steps that cover a little more than its length,
 * so that no interval of that length ever holds more than the limit. Times
 * are ms since 1970, which outlive a restart; a clock that steps back counts
 * on in the newest step.
 *
 * Any thread may ask once counters_start() has returned.
 */
#ifndef COUNTERS_COUNTERS_H
#define COUNTERS_COUNTERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;
struct counters_options;

#define COUNTER_STEPS 16
#define COUNTERS_MAX 72		/* questions at once */

/* What is counted: a hash of its name and the words that identify it. */
struct counter_key {
	uint64_t v[2];
};

/*
 * The key of `space` ("limit outgoing", "greylist") and n words; letters of
 * any case are the same, NULL is the empty word. Two spaces or two lists of
 * words never share a key but by chance (2^-128).
 */
struct counter_key counter_key(const char *space, const char *const *words,
    size_t n);

enum counter_verb {
	/*
	 * adds `amount` where it fits below `limit`; of the ADDs of one call
	 * all are added or none
	 */
	COUNTER_ADD,
	COUNTER_PEEK,	/* the same, and adds nothing */
	COUNTER_FORCE,	/* adds it in any case */
	COUNTER_MEET,	/* when was it first met? Now, if never */
	COUNTER_KNOW,	/* the same; what was never met stays so */
	COUNTER_NOTE,	/* MEET, and remembers `amount` with it */
	COUNTER_FORGET	/* as if it had never been */
};

/*
 * What is kept for so long (a login that is closed) is no matter of traffic: it
 * is the last to go when the table is full, and each host that has asked for it
 * keeps it, and tells a server that has lost it. Of two notes the newer holds;
 * so what is to be taken back is noted, too, not forgotten.
 */
#define COUNTER_LASTING_MS (1000 * 24 * 3600 * 1000LL)

/*
 * What the answer means for other questions of the same call, so that they need
 * not wait for it. Those in a row are all about one count: the next question
 * that stands alone.
 */
enum counter_effect {
	COUNTER_ALONE,		/* nothing */
	/*
	 * It is skipped unless this is met for the first time. A MEET is taken
	 * back when what it was about is an ADD that was not added.
	 */
	COUNTER_IF_NEW,
	COUNTER_IF_KNOWN,	/* it is skipped if this is new */
	/*
	 * A PEEK: `limit` times as many as come within that window on average
	 * are never over the limit. Where the count adds and has room, `amount`
	 * is added here as well.
	 */
	COUNTER_RAISES,
	/*
	 * All that follow are skipped if the note is above 0 and below `limit`.
	 * What another host has just noted may stop them from the next call on.
	 */
	COUNTER_STOPS
};

struct counter_question {
	enum counter_verb verb;
	struct counter_key key;
	int64_t window;		/* ms; MEET, NOTE: how long it is remembered
				   after it was met last */
	int64_t limit;		/* within the window */
	int64_t amount;
	enum counter_effect effect;
};

struct counter_answer {
	int64_t count;		/* in the window, with what was added; NOTE,
				   MEET, KNOW: what NOTE remembered, or 0 */
	int64_t since;		/* ms since 1970: the oldest step that counts;
				   MEET, KNOW: first met then, 0: never */
	int64_t room;		/* ms since 1970: when `amount` fits again,
				   0: it fits now, -1: it never will; MEET,
				   NOTE: 1: it was not known before */
	int64_t limit;		/* as it was raised, or as it was asked */
	bool skipped;		/* it was not to be asked */
	bool added;		/* ADD, FORCE: `amount` was */
};

/*
 * Runs n queries (at most COUNTERS_MAX) together, in one round trip: with
 * several servers each is asked before an answer of any is awaited. All are
 * answered: by the server, or within its deadline (20 ms) by the table of this
 * host. Of the ADDs those that belong to one server are added or none of them.
 */
void counters_ask(const struct counter_question *q, size_t n,
    struct counter_answer *a);

/*
 * Between these, all that this thread asks waits 20 ms together: what a step of
 * a session may take longer because of the server.
 */
void counters_step_begin(void);
void counters_step_end(void);

/* ms since 1970, and how far scenarios have moved it. */
int64_t counters_now(void);
void counters_move_clock(int64_t ms);

/*
 * Opens what the options name, once; a second call begins with servers where
 * there were none, and logs what of the options needs a restart. False with
 * words in errmsg: nothing could be opened. A file that cannot be opened is a
 * warning: then a restart forgets.
 */
bool counters_start(const struct counters_options *o, struct buf *errmsg);

/* Writes what is there to the file; the table is gone. */
void counters_stop(void);

/* A table in memory, empty: for scenarios and tests. */
void counters_offline(void);

struct counters_state {
	uint64_t keys, size;	/* used and possible entries of the table */
	uint64_t queries;	/* ever */
	uint64_t evicted;	/* keys removed while they still counted */
	bool server;		/* one is configured */
	bool healthy;		/* … and answers */
	uint64_t failures;	/* … questions it did not answer in time */
	char name[128];		/* the server in use, as configured */
};
void counters_state(struct counters_state *s);

#endif
