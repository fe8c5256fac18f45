/*
 * watched.h - log events become records
 *
 * A refusal that saywhyd saw itself is in the store already: it is matched by
 * client, recipient and time, each at most once, and not recorded again. So
 * each waits a little before it is written, for the store to catch up. The id
 * of a record is made of its line: a line that is read twice gives one record.
 */
#ifndef COMMANDS_WATCHED_H
#define COMMANDS_WATCHED_H

#include <stdbool.h>
#include <stdint.h>

#include "maillog/maillog.h"

struct ruleset;
struct watched;

struct watched_counts {
	uint64_t log_event;		/* refusals in the log */
	uint64_t joined;	/* … that saywhyd had recorded */
	uint64_t written;
};

/* Writes to the record file of the rules, or (print) to stdout. */
struct watched *watched_new(struct ruleset *rules, bool print);
void watched_free(struct watched *w);		/* NULL: nothing */

/* A log_event_fn; arg is the struct watched. */
void watched_event(void *arg, const struct log_event *h);

/* Writes those that have waited `ms`, 0: all. */
void watched_flush(struct watched *w, int ms);

struct watched_counts watched_counts(const struct watched *w);

#endif
