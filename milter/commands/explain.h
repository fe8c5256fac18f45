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
	const char *nothing;		/* a sentence: a message that tells of
					   no refusal; else NULL */
	struct recognised r;
};

struct maillog;
struct line;

/* How to show, and how much there was. */
struct explainer {
	void (*show)(const struct explained *e);
	size_t shown;
	struct maillog *log;	/* of the lines so far; NULL: none yet */
	struct line *line;	/* within explainer_line() */
};

void explainer_show(struct explainer *x, const struct explained *e);

/* A reply, and whom it is about; the recipient may be NULL. */
void explainer_reply(struct explainer *x, const char *text, enum topic about,
    const char *recipient);

/* A line, of a log or a reply: exactly one answer. */
void explainer_line(struct explainer *x, const char *text);

/* A code, a status, a reply, a line of a log; of one that refuses nothing,
   and of "", there is no answer. */
void explainer_text(struct explainer *x, const char *text);

void explainer_end(struct explainer *x);

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
