/*
 * maillog.h - what a line of a mail log says of a refusal
 *
 * Knows Postfix (smtpd, postscreen, cleanup, qmgr, smtp, lmtp, local, virtual,
 * pipe) and Sendmail. What other lines of the same message or connection told
 * (client, sender) is remembered by queue id, in bounded memory; see
 * remembered.h. One struct hearing belongs to one thread.
 *
 * Not told, because nothing is refused for good or for a while by it: warnings,
 * connections that end, mail that is held or discarded.
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

/* Who wrote the words: words that another server said are remote. */
enum log_issuer { ISSUED_BY_MTA, ISSUED_BY_MILTER, ISSUED_BY_REMOTE };

/*
 * Slices live until the next line; text NULL: not told. Without a reply it is
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
	bool accepted;		/* no refusal: it came in, and is delivered */
	int reason;		/* where the line itself tells; else
				   REASON_NONE: read the words */
	int otherwise;		/* … and where they do not tell either */
	struct slice reply;	/* code, status, words, as far as logged */
	struct slice status;	/* apart from it (dsn=) */
	struct slice queue_id;
	struct slice client, name;	/* address, host name */
	struct slice helo, login, sender, recipient;
	struct slice relay;	/* the server that refused ours */
};

/* Whom the words are about, as far as stage and direction tell. */
enum about log_event_about(const struct log_event *h);

typedef void log_event_fn(void *arg, const struct log_event *h);

struct maillog;

struct maillog *maillog_new(log_event_fn *tell, void *arg);

/* One line, without its newline. */
void maillog_line(struct maillog *g, const char *line, size_t n);

/* The log ends: what still waits for another line is told as it is. */
void maillog_end(struct maillog *g);
void maillog_free(struct maillog *g);	/* NULL: nothing */

/* For the readers of one MTA each: what `g` remembers, and its listener. */
struct log_memory;
struct log_memory *maillog_memory(struct maillog *g);
void maillog_emit(struct maillog *g, const struct log_event *h);

/* True when the line is of that MTA's form. */
void maillog_postfix(struct maillog *g, const struct logline *l,
    struct slice program);
bool maillog_sendmail(struct maillog *g, const struct logline *l);

#endif
