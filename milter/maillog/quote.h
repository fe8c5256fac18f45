/*
 * quote.h - the reply that a line of a mail log quotes
 *
 * Knows the lines of Postfix (smtpd, cleanup, postscreen, smtp, lmtp),
 * Sendmail, Exim, OpenSMTPD, Courier and qmail; in those of others (Haraka,
 * Exchange) it finds a reply by its code. Pure; points into the line.
 */
#ifndef MAILLOG_QUOTE_H
#define MAILLOG_QUOTE_H

#include <stdbool.h>
#include <stddef.h>

#include "words/recognise.h"

struct quote {
	const char *reply;	/* code, status and text, as far as logged */
	size_t n;
	/* dsn=…, apart from the reply; NULL: not known */
	const char *status;
	size_t status_n;
	const char *recipient;	/* to=<…>, without brackets; NULL: not known */
	size_t recipient_n;
	enum topic about;	/* by the command that was answered */
};

/* False: no line of a log that quotes a reply; `q` is then the whole line. */
bool quote_find(const char *line, size_t n, struct quote *q);

/* Does it begin as a line of a log does, with a date: "Nov 24 10:00:00",
   "2026-11-24T10:00:00", "2026-11-24 10:00:00"? */
bool quote_is_log(const char *line, size_t n);

#endif
