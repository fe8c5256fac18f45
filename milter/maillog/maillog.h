/*
 * maillog.h - refusals in the mail log become log events
 *
 * Knows Postfix (smtpd, postscreen, cleanup, qmgr, smtp, lmtp, local, virtual,
 * pipe) and Sendmail. What other lines of the same message or connection say
 * (client, sender) is remembered by queue id, in bounded memory; see memory.h.
 * One struct maillog belongs to one thread.
 *
 * No event, because they refuse nothing: warnings about anything else,
 * connections that end. Nor what a filter says to CONNECT and EHLO: Postfix
 * keeps that for MAIL, and logs it there once more.
 */
#ifndef MAILLOG_MAILLOG_H
#define MAILLOG_MAILLOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "maillog/logline.h"
#include "maillog/slice.h"
#include "model/stage.h"
#include "words/recognise.h"

/* Whose words they are: words of another server are remote. */
enum log_issuer { ISSUED_BY_MTA, ISSUED_BY_MILTER, ISSUED_BY_REMOTE };

/*
 * What became of the mail. The sender of what is discarded or put on hold is
 * shown that it was taken: only a record can say so.
 */
enum log_fate { FATE_REFUSED, FATE_DISCARDED, FATE_ON_HOLD, FATE_WARNED };

/*
 * Slices live until the next line; text NULL: not known. Without a reply it is
 * no refusal, but tells the sender of those that came before under the same
 * queue id: Sendmail logs it when the envelope is over.
 */
struct log_event {
	const struct logline *line;
	const char *software;	/* "Postfix", "Sendmail" */
	enum log_issuer by;
	enum stage stage;
	bool outgoing;		/* we are the sender */
	bool delivery;		/* after it was accepted: bounced, deferred */
	bool temporary;
	enum log_fate fate;	/* WARNED: a rule is on trial, it is let pass */
	bool accepted;		/* no refusal: it came in, and is delivered */
	/* where the line itself shows it; else REASON_NONE: read the words */
	int reason;
	int otherwise;		/* … and where they do not show it either */
	struct slice reply;	/* code, status, words, as far as logged */
	bool own_words;		/* … in words of the line, not of the reply */
	struct slice status;	/* apart from it (dsn=) */
	struct slice queue_id;
	struct slice client, name;	/* address, host name */
	struct slice helo, login, sender, recipient;
	struct slice relay;	/* the server that refused ours */
};

/* Whom the words are about, as far as stage and direction tell. */
enum topic log_event_about(const struct log_event *h);

typedef void log_event_fn(void *arg, const struct log_event *h);

struct maillog;

struct maillog *maillog_new(log_event_fn *tell, void *arg);

/* One line, without its newline. */
void maillog_line(struct maillog *g, const char *line, size_t n);

/* The log ends: events that still wait for another line are emitted. */
void maillog_end(struct maillog *g);
void maillog_free(struct maillog *g);	/* NULL: nothing */

#endif
