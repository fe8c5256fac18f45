/*
 * policy_service_postfix.h - what Postfix asks a policy service
 * (SMTPD_POLICY_README)
 *
 * Lines "name=value", the last one empty. Pure: bytes in, a session out.
 */
#ifndef DOORS_POLICY_SERVICE_POSTFIX_H
#define DOORS_POLICY_SERVICE_POSTFIX_H

#include <stdbool.h>
#include <stddef.h>

#include "model/session.h"
#include "words/reason_row.h"

/* Bytes of one request; Postfix's own values are a few thousand. */
#define POLICY_POSTFIX_MAX 32768

/*
 * Length of the request at `in`, 0 when it is not complete, SERVER_CLOSE
 * (server.h) when it is none: it has NUL or is too long.
 */
size_t policy_postfix_length(const char *in, size_t n);

/*
 * Fills the session, initialised and empty, from the request. The order of the
 * attributes does not matter; empty ones count as absent. The sender and the
 * recipient are those of the request, with no others before.
 */
void policy_postfix_session(const char *in, size_t n, struct session *s);

/* Is it a request of smtpd(8) at RCPT TO, about a recipient? */
bool policy_postfix_is_rcpt(const char *in, size_t n);

/*
 * Which of Postfix's lists asks: policy_context (Postfix 3.1), as saywhy setup
 * writes it. ABOUT_ANY: it does not say.
 */
/*
 * Is it asked once for all lists (policy_context=all)? Then a restriction class
 * is answered where the refusal is about something else than the client.
 */
bool policy_postfix_is_all(const char *in, size_t n);
enum about policy_postfix_about(const char *in, size_t n);

#endif
