/*
 * postfix_line.h - the parts that lines of Postfix share
 *
 * For maillog_postfix.c, which reads what is refused in a session, and
 * postfix_delivery.c, which reads what became of mail that was accepted. What a
 * client chose (greeting, addresses) is never taken for more of the line.
 */
#ifndef MAILLOG_POSTFIX_LINE_H
#define MAILLOG_POSTFIX_LINE_H

#include <stdbool.h>

#include "maillog/maillog_internal.h"

/* Removes the queue id from the front of the message; none: there is none. */
struct slice postfix_queue_id(struct slice *message);

/* Takes a client; what is behind it, none when it is no client. */
struct slice postfix_client(struct slice s, struct log_event *h);

/* Where the reply ends and "; from=<a> …" begins; the end if it has none. */
const char *postfix_envelope_of(struct slice s);

/*
 * Takes "from=<a> to=<b> proto=ESMTP helo=<h>" up to the end, commas or not;
 * none is needed.
 */
void postfix_envelope(struct slice s, struct log_event *h);

/* The command that the text begins with; RCPT where it is none. */
enum stage postfix_stage(struct slice s);

/*
 * What postscreen(8) detects about a client, and its disconnect, for which
 * there is no "reject:".
 */
void postfix_screen(struct maillog *g, const struct logline *l);

/* What the client of this line was caught at; REASON_NONE: nothing. */
int postfix_offence(struct maillog *g, const struct log_event *h);

/* A line of bounce(8): no bounce could be sent. */
void postfix_bounce(struct maillog *g, const struct logline *l);

/* A line of a delivery agent, and of qmgr(8). */
void postfix_agent(struct maillog *g, const struct logline *l, bool outgoing);
void postfix_queue(struct maillog *g, const struct logline *l);

#endif
