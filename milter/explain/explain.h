/*
 * explain.h - a number, a reply, lines of a mail log, a bounce: what they mean
 *
 * What is read is handed out as it is explained, an answer a reply. `saywhy
 * explain` shows the answers, the page server sends them as JSON, and other
 * programs get them through saywhy-explain.h. No daemon, no network, no state
 * but the log lines of one explainer that belong together. Any thread; one
 * explainer is used by one thread at a time.
 */
#ifndef EXPLAIN_EXPLAIN_H
#define EXPLAIN_EXPLAIN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
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

/* It and what it points to live until the function returns. */
typedef void explained_fn(void *arg, const struct explained *e);

struct maillog;
struct log_text;

/* Set `each` and `arg`, the rest zeroed; explainer_end() frees what it took. */
struct explainer {
	explained_fn *each;
	void *arg;
	size_t count;			/* answers so far */
	struct maillog *log;		/* of the lines so far; NULL: none */
	struct log_text *log_text;	/* within explainer_line() */
};

/*
 * A whole input: a message, or lines of which each is a code, a status, a
 * reply ("550-first" goes on with the next line) or a line of a log. Any
 * bytes; text[n] is NUL; it is written over.
 */
void explainer_input(struct explainer *x, char *text, size_t n);

/* A line, of a log or a reply, "\r\n" in it parting its lines: exactly one
   answer. Any bytes; text[n] is NUL; it is written over. */
void explainer_line(struct explainer *x, char *text, size_t n);

/* A code, a status, a reply, a line of a log; of one that refuses nothing,
   and of "", there is no answer. */
void explainer_text(struct explainer *x, const char *text);

void explainer_end(struct explainer *x);

/* Text without the blanks and line ends around it, in place. */
char *explain_trimmed(char *text);

/* "\r\n" that stands for what it means becomes a newline, in place. */
void explain_unescape(char *text);

/* "sender", "postmaster": who must act; NULL where nobody knows. */
const char *explain_who(const struct explained *e);

/* Appends what to do about the reason that was recognised, one step a line. */
void explain_put_steps(struct buf *to, const struct explained *e);

/* Appends one JSON object in one line, without a line end. */
void explain_json(struct buf *to, const struct explained *e);

#endif
