/*
 * heard.h - what a line of a mail log says of a refusal
 *
 * Knows Postfix (smtpd, postscreen, cleanup, qmgr, smtp, lmtp, local, virtual,
 * pipe) and Sendmail. What other lines of the same message or connection told
 * (client, sender) is remembered by queue id, in bounded memory; see
 * remembered.h. One struct hearing belongs to one thread.
 *
 * Not told, because nothing is refused for good or for a while by it: warnings,
 * connections that end, mail that is held or discarded.
 */
#ifndef MAILLOG_HEARD_H
#define MAILLOG_HEARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "maillog/logline.h"
#include "maillog/slice.h"
#include "model/stage.h"

/* Who wrote the words: words that another server said are remote. */
enum heard_by { HEARD_MTA, HEARD_MILTER, HEARD_REMOTE };

/*
 * Slices live until the next line; text NULL: not told. Without a reply it is
 * no refusal, but tells the sender of those that came before under the same
 * queue id: Sendmail logs it when the envelope is over.
 */
struct heard {
	const struct logline *line;
	const char *software;	/* "Postfix", "Sendmail" */
	enum heard_by by;
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

typedef void heard_fn(void *arg, const struct heard *h);

struct hearing;

struct hearing *hearing_new(heard_fn *tell, void *arg);

/* One line, without its newline. */
void hearing_line(struct hearing *g, const char *line, size_t n);

/* The log ends: what still waits for another line is told as it is. */
void hearing_end(struct hearing *g);
void hearing_free(struct hearing *g);	/* NULL: nothing */

/* For the readers of one MTA each: what `g` remembers, and its listener. */
struct remembered;
struct remembered *hearing_memory(struct hearing *g);
void hearing_tell(struct hearing *g, const struct heard *h);

/* True when the line is of that MTA's form. */
void heard_postfix(struct hearing *g, const struct logline *l,
    struct slice program);
bool heard_sendmail(struct hearing *g, const struct logline *l);

#endif
