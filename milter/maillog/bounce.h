/*
 * bounce.h - the replies in a bounce message
 *
 * Reads the machine part of RFC 3464 reports (what Postfix, Sendmail, Exim,
 * Exchange and the providers send), and where there is none the plain words
 * of qmail, Exim and Exchange. The message that came back is not read. Any
 * bytes, any length; at most BOUNCE_MAX replies.
 */
#ifndef MAILLOG_BOUNCE_H
#define MAILLOG_BOUNCE_H

#include <stdbool.h>
#include <stddef.h>

#define BOUNCE_MAX 100

struct bounce_reply {
	const char *recipient;	/* "" where it is not known */
	const char *reply;	/* one line: code, status, text */
	/* whose reply it is (Remote-MTA), "" where it is not known */
	const char *server;
};

typedef void bounce_fn(void *arg, const struct bounce_reply *reply);

/* Does the text begin like a message: header fields, or "From "? */
bool bounce_is_message(const char *text, size_t n);

/* Calls `each` for every reply; returns how many there were. */
size_t bounce_read(const char *text, size_t n, bounce_fn *each, void *arg);

#endif
