/*
 * bounce.h - the replies in a bounce message
 *
 * Reads the machine part of RFC 3464 reports, and where that is missing or
 * says nothing the words for people: of Postfix, Sendmail, Exim, OpenSMTPD,
 * qmail, Haraka, Exchange, the providers, and whoever writes as they do. Parts
 * in base64 and quoted-printable are decoded (mime.h). The message that came
 * back, its header too, is never read for a reason. A bounce that was
 * forwarded as an attachment is read where the message around tells nothing.
 *
 * Any bytes, any length. Never more replies than recipients, at most
 * BOUNCE_MAX.
 */
#ifndef MAILLOG_BOUNCE_H
#define MAILLOG_BOUNCE_H

#include <stdbool.h>
#include <stddef.h>

#include "words/recognise.h"

#define BOUNCE_MAX 100

struct bounce_reply {
	const char *recipient;	/* "" where it is not known */
	const char *reply;	/* one line: code, status, text */
	const char *server;	/* who said so (Remote-MTA), "" unknown */
	enum topic about;	/* SERVER: the words of the one who sends */
};

typedef void bounce_fn(void *arg, const struct bounce_reply *reply);

/* What the message is, where it tells of no refusal. */
enum bounce_news { BOUNCE_NOTHING, BOUNCE_DELIVERED, BOUNCE_FEEDBACK };

/* Does the text begin like a message: header fields, or "From "? */
bool bounce_is_message(const char *text, size_t n);

/*
 * Calls `each` for every reply; returns how many there were. `news` (NULL:
 * not asked for): what else it says.
 */
size_t bounce_read(const char *text, size_t n, bounce_fn *each, void *arg,
    enum bounce_news *news);

#endif
