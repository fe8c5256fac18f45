/*
 * control_login.h - what a login sent recently, and whether it may send
 *
 * At the control socket: "login show NAME\n", "login open NAME\n" (ends a
 * suspension), "login close NAME\n" (begins one), "login reset NAME\n" (what
 * was counted is forgotten). The answer is one line of JSON:
 *
 *	login, suspended, since (RFC 3339, or null)
 *	because, uid: of one that is closed; by whose hand
 *	limits [ { limit, section, what, count, amount, window (ms) }, … ]
 *
 * Changes are logged with the user who made them. Only the control thread
 * calls.
 */
#ifndef DOORS_CONTROL_LOGIN_H
#define DOORS_CONTROL_LOGIN_H

#include <stddef.h>

struct buf;
struct json;
struct server_peer;

#define CONTROL_LOGIN_MAX 600

/* As the `answer` of server.h. */
size_t control_login(const struct server_peer *peer, const char *in, size_t n,
    struct buf *out);

/* Appends the member "counters" of the status. */
void control_put_counters(struct json *j);

#endif
