/*
 * policy_service_sendmail.h - Sendmail's request about a recipient (socketmap)
 *
 * A ruleset queries the map "check_rcpt" (conf/check_rcpt.m4) with
 *
 *	address^name^port^login^helo^sender^recipient
 *
 * where what is not known is empty. A key with more or fewer carets, as with a
 * caret in the sender's name, is no request: the answer is "not found", and
 * Sendmail's own check decides. The answer has at most 240 characters, which is
 * what fits into one line there. Pure.
 */
#ifndef DOORS_POLICY_SERVICE_SENDMAIL_H
#define DOORS_POLICY_SERVICE_SENDMAIL_H

#include <stdbool.h>
#include <stddef.h>

struct buf;
struct reply;
struct session;

/* Fills the session, initialised and empty; false: it is no request. */
bool policy_sendmail_session(const char *key, size_t n, struct session *s);

/*
 * Appends the text of $#error for the ruleset: one quoted word, "550 5.7.1
 * text", in which nothing is special to Sendmail.
 */
void policy_sendmail_put(const struct reply *reply, struct buf *out);

#endif
