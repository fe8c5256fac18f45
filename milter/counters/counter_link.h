/*
 * counter_link.h - commands to Valkey or Redis, and answers with bounds
 *
 * What hiredis takes from a server is bounded by nothing: not by a deadline, as
 * long as more comes, and not in memory. Here it is. A link is used by one
 * thread at a time.
 */
#ifndef COUNTERS_COUNTER_LINK_H
#define COUNTERS_COUNTER_LINK_H

#include <stdbool.h>
#include <stdint.h>

struct redisContext;
struct redisReply;
struct sock_spec;

/* A link over a connection that is there, which it takes; NULL: it cannot. */
struct redisContext *counter_link_of(int fd);

/* NULL: it is not there by the deadline. redisFree() ends it. */
struct redisContext *counter_link_open(const struct sock_spec *spec,
    int64_t deadline);

/*
 * Sends what was appended, and takes the next answer, which is the caller's.
 * However it comes, in small pieces, without end or not at all: it is there by
 * the deadline, or NULL.
 */
struct redisReply *counter_link_answer(struct redisContext *c,
    int64_t deadline);

/* One command, as of redisCommand(), and its answer. */
struct redisReply *counter_link_ask(struct redisContext *c, int64_t deadline,
    const char *format, ...);

/* True: the server answered anything but an error. Frees the answer. */
bool counter_link_good(struct redisReply *r);

#endif
