/*
 * load_stats.h - what a run of the load driver measured
 *
 * One thread. Times are microseconds.
 */
#ifndef LOAD_STATS_H
#define LOAD_STATS_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

#include "load_proto.h"

enum load_error { ERROR_CONNECT, ERROR_HANGUP, ERROR_NONSENSE, ERROR_TIMEOUT,
	ERRORS };

/* Values fall into bins less than 7 percent wide. */
struct histogram {
	uint64_t n, max;
	uint64_t bins[1024];
};

void histogram_add(struct histogram *h, int64_t value);

/* The value that `share` (0 to 1) of all do not exceed. */
uint64_t histogram_at(const struct histogram *h, double share);

/* What the system says of a process. */
struct process {
	double cpu;	/* seconds, of all its threads, dead ones too */
	long rss, peak;	/* KiB */
	long threads;
};

/* Zero for a process that is not there, and for pid 0. */
struct process process_sample(pid_t pid);

struct code_count {
	char code[16];	/* "550 5.7.1" */
	uint64_t n;
};

struct stats {
	struct histogram steps[STEPS];	/* question to answer */
	struct histogram message, session;
	uint64_t answers[STEPS][256];	/* by letter */
	struct code_count codes[64];
	uint64_t sessions, messages, finished, aborted, dropped;
	uint64_t errors[ERRORS];
	uint32_t actions, flags;	/* as last negotiated */
	char *macros[PROTO_MACRO_LISTS];	/* the same; owned */
	struct process before, waiting, after;	/* the filter */
	double own_cpu, seconds;
	size_t waiting_sessions;	/* live when `waiting` was taken */
};

/* Counts an answer, and its code when it is a reply code. */
void stats_answer(struct stats *s, enum step step, char letter,
    const char *data, size_t len);

/* Keeps what the filter negotiated. */
void stats_negotiated(struct stats *s, const struct negotiated *n);

void stats_print(const struct stats *s, FILE *out);
void stats_json(const struct stats *s, FILE *out);
void stats_clear(struct stats *s);

#endif
