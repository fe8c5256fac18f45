/*
 * explain_show.h - an explanation for people, on standard output
 *
 * One thread: that of a command.
 */
#ifndef COMMANDS_EXPLAIN_SHOW_H
#define COMMANDS_EXPLAIN_SHOW_H

#include "explain/explain.h"

/* At the width of the terminal. */
void explain_show(const struct explained *e);

/* One line: reason, confidence, who must act, a sentence. */
void explain_short(const struct explained *e);

/* What is known of e's code and status, and what is odd about the reply. */
void explain_show_numbers(const struct explained *e, int width);

#endif
