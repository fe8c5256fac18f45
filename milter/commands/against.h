/*
 * against.h - what an adopted policy would have done to the mail of a log
 *
 * Each refusal of the mail server itself, and each delivery, is played to the
 * policy as it would be: the client, HELO name, sender and recipient that the
 * log tells, with what DNS says today. Nothing is counted, recorded or changed.
 */
#ifndef COMMANDS_AGAINST_H
#define COMMANDS_AGAINST_H

#include <stdbool.h>
#include <stddef.h>

struct adopt;
struct buf;

/* The logs are read in this order; "-" is standard input. */
struct against {
	const char *config;
	const struct adopt *adopted;
	const char *mta;	/* "Postfix", "Sendmail" */
	const char *const *logs;
	size_t nlogs;
};

/*
 * Prints a table and a sum. *more: deliveries that would be refused. False,
 * words in errmsg: the policy does not load, or a log cannot be read.
 */
bool against_play(const struct against *a, size_t *more,
    struct buf *errmsg);

#endif
