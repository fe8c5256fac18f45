/*
 * counter_reply.h - what answers of Valkey, Redis and sentinels say
 *
 * An answer may be anything; NULL, of another form, or with a number that no
 * sound server has, it is none.
 */
#ifndef COUNTERS_COUNTER_REPLY_H
#define COUNTERS_COUNTER_REPLY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct counter_answer;
struct counter_question;
struct redisReply;
struct sock_spec;

/*
 * The answers to the n questions of these numbers; times by the clock that says
 * `now` (ms since 1970). False: it is none, and nothing was filled.
 */
bool counter_reply_read(const struct redisReply *r, const size_t *of, size_t n,
    const struct counter_question *q, int64_t now, struct counter_answer *a);

/* Where a sentinel says that the master is. False: it does not say. */
bool counter_reply_master(const struct redisReply *r, struct sock_spec *where);

#endif
