/*
 * policy_service_sendmail.h - what Sendmail's rulesets ask (socketmap)
 *
 * A ruleset queries a map of its own name (conf/check_rcpt.m4; saywhy setup
 * --adopt) with
 *
 *	check_relay	address^name^port
 *	check_mail	address^name^port^login^helo^sender[^size]
 *	check_rcpt	address^name^port^login^helo^sender^recipient
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

#include "model/stage.h"

struct buf;
struct reply;
struct session;

/* CONNECT, MAIL, RCPT, by the map's name of n bytes; false: another map. */
bool policy_sendmail_stage(const char *map, size_t n, enum stage *stage);

/*
 * Fills the session, initialised and empty, from a request of one of these
 * stages; false: it is none.
 */
bool policy_sendmail_session(const char *key, size_t n, enum stage stage,
    struct session *s);

/*
 * Appends the text of $#error for the ruleset: one quoted word, "550 5.7.1
 * text", in which nothing is special to Sendmail.
 */
void policy_sendmail_put(const struct reply *reply, struct buf *out);

#endif
