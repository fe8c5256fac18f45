/*
 * counter_server.h - the counters of many hosts: Valkey or Redis, by hiredis
 *
 * One script answers a list of questions in one round trip, by the clock of the
 * server, so that hosts need not agree about the time. Every key has the hash
 * tag {saywhy}, as a cluster wants. A server that does not answer in time is
 * marked down until a thread of ours has had an answer from it: at most the
 * deadline is lost, for at most a second.
 *
 * Of several independent servers each key belongs to one (rendezvous
 * hashing): when one is away, the keys of the others stay where they are. The
 * sentinels of one master stand for that one server.
 *
 * Any thread may count; one thread calls start and stop.
 */
#ifndef COUNTERS_COUNTER_SERVER_H
#define COUNTERS_COUNTER_SERVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "counters/counters.h"
#include "counters/counters_options.h"

struct buf;
struct counter_server;

#define COUNTER_SERVER_MS 20	/* the longest that a step waits */

/* Was saywhy built with hiredis? */
bool counter_server_built(void);

/*
 * Begins to connect; never fails for a server that is away. NULL, words in
 * errmsg: the password file cannot be read, or no thread can be had.
 */
struct counter_server *counter_server_start(const struct counters_options *o,
    struct buf *errmsg);
void counter_server_stop(struct counter_server *s);	/* NULL: nothing */

/*
 * Asks the servers of these keys, all at once, and waits for less than `ms`.
 * Whether each question was answered stands in `answered`; false: its server is
 * away. Times of the answers are by the clock that says `now` (ms since 1970).
 * Fills count, since, room, and `added`: whether all ADDs of that server were.
 */
void counter_server_ask(struct counter_server *s,
    const struct counter_question *q, size_t n, int64_t now, int ms,
    struct counter_answer *a, bool *answered);

/* Fills server, healthy, failures and name. */
void counter_server_state(struct counter_server *s,
    struct counters_state *state);

#endif
