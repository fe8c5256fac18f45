/*
 * milter_session.h - what an MTA says by macros and arguments, as a session
 *
 * The names are Sendmail's (doc/op/op.me, section 5.6), which Postfix speaks
 * too (MILTER_README). Nothing here knows libmilter: the door passes a function
 * that looks up a macro.
 */
#ifndef DOORS_MILTER_SESSION_H
#define DOORS_MILTER_SESSION_H

#include <stdbool.h>
#include <sys/socket.h>

#include "model/session.h"

/* The value of a macro ("{daemon_port}", "j"), or NULL. */
typedef const char *milter_macro(void *from, const char *name);

/* Macros to ask for at each stage; NULL: those that the MTA sends anyway. */
const char *milter_session_macros(enum stage stage);

/*
 * A connection. Mail that came in by no connection appears as one, too: from an
 * unknown kind of address (Sendmail), or from port 0 (Postfix: pickup and
 * bounces, non_smtpd_milters); it is marked local.
 */
void milter_session_connect(struct session *s, const char *host,
    const struct sockaddr *addr, milter_macro *macro, void *from);

void milter_session_helo(struct session *s, const char *helo,
    milter_macro *macro, void *from);

/* args as of xxfi_envfrom: the sender, then ESMTP parameters, then NULL. */
void milter_session_mail(struct session *s, char **args, milter_macro *macro,
    void *from);

/*
 * The words of the MTA for the recipient that it refuses, or NULL: Sendmail
 * 8.18 shows the address where 8.17 shows its words, and that is none.
 */
const char *milter_session_refusal(const struct session *s,
    milter_macro *macro, void *from);

/* The queue id may come late, or change, or never. */
void milter_session_queue_id(struct session *s, milter_macro *macro,
    void *from);

#endif
