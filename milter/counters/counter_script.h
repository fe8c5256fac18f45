/*
 * counter_script.h - the questions to a Valkey or Redis server
 *
 * One script answers a list of questions, in one round trip: three numbers for
 * each, as in struct counter_answer, and at the end what time it is there, in
 * ms since 1970.
 */
#ifndef COUNTERS_COUNTER_SCRIPT_H
#define COUNTERS_COUNTER_SCRIPT_H

#include <stddef.h>

#include "counters/counters.h"

/* of a question: verb, window, limit, amount, effect */
#define COUNTER_NUMBERS 5
#define COUNTER_WORDS (3 + COUNTERS_MAX * (1 + COUNTER_NUMBERS))

extern const char counter_script[];

/* The words of EVALSHA; they point into the struct. */
struct counter_command {
	const char *argv[COUNTER_WORDS];
	size_t lengths[COUNTER_WORDS];
	char keys[COUNTERS_MAX][64];
	char numbers[COUNTERS_MAX][COUNTER_NUMBERS][24];
	char nkeys[8];
	int argc;
};

/*
 * `sha`: the hash by which the server knows the script; it stays. Of the
 * questions it is the n of these numbers.
 */
void counter_command_make(struct counter_command *cmd, const char *sha,
    const struct counter_question *q, const size_t *of, size_t n);

/*
 * Which of n servers each of the questions belongs to, by rendezvous hashing:
 * by its key, or by that of the count that it is about.
 */
void counter_servers_of(const struct counter_question *q, size_t nq, size_t n,
    size_t *server);

#endif
