/*
 * policy_map.h - Sendmail's question about a recipient (socketmap)
 *
 * A ruleset asks the map "check_rcpt" (conf/sendmail.m4) with
 *
 *	address|name|port|login|helo|sender|recipient
 *
 * where what is not known is empty. A key with more or fewer bars, as one of a
 * sender who has such a bar in his name, is no question: it is not found, and
 * Sendmail's own check speaks. The answer has at most 240 characters, which is
 * what fits into one line there. Pure.
 */
#ifndef DOORS_POLICY_MAP_H
#define DOORS_POLICY_MAP_H

#include <stdbool.h>
#include <stddef.h>

struct buf;
struct reply;
struct session;

/* Tells the session, initialised and empty; false: no question. */
bool policy_map_session(const char *key, size_t n, struct session *s);

/*
 * Appends "5.7.1:550:text" for the ruleset, in which nothing is special to
 * Sendmail but what it quotes.
 */
void policy_map_put(const struct reply *reply, struct buf *out);

#endif
