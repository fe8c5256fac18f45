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

#define COUNTER_NUMBERS 4	/* of a question: verb, window, limit, amount */
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

/* `sha`: the hash by which the server knows the script; it stays. */
void counter_command_make(struct counter_command *cmd, const char *sha,
    const struct counter_question *q, size_t n);

#endif
