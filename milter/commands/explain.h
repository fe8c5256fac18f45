/*
 * explain.h - the parts of `saywhy explain`: one thing to explain, three ways
 * to show it
 */
#ifndef COMMANDS_EXPLAIN_H
#define COMMANDS_EXPLAIN_H

#include <stdbool.h>
#include <stddef.h>

#include "words/code.h"
#include "words/recognise.h"

struct explained {
	const char *text;		/* as it is shown; a reply, a code or
					   a status */
	const char *recipient;		/* NULL: not known */
	bool is_code, is_status;	/* no reply: just the number */
	struct recognised r;
};

/* For people, at the width of the terminal. */
void explain_show(const struct explained *e);

/* One line: reason, confidence, who must act, a sentence. */
void explain_short(const struct explained *e);

/* One JSON object in one line. */
void explain_json(const struct explained *e);

/* What is known of e's code and status, and what is odd about the reply. */
void explain_show_numbers(const struct explained *e, int width);

/* The row of a status: its own or the nearest; of "5.7.Y", "X.7.Y", "5.X.Y"
   what the subject or the class means. NULL: no status. */
const struct status *explain_status(const char *name);

#endif
