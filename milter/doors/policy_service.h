/*
 * policy_service.h - Postfix's policy service: queries before the MTA decides
 *
 * Postfix sends a request for each recipient where check_policy_service stands
 * in its restrictions (SMTPD_POLICY_README); ahead of its own relay check, so
 * that our refusal is issued first. The same socket answers Sendmail's map
 * "check_rcpt" (policy_service_sendmail.h), which a ruleset queries for the
 * same purpose.
 *
 * The engine and its checks are those of the filter at RCPT. The answer is a
 * refusal, one line of it, or nothing ("DUNNO", not found); never OK, a class
 * or a permit. On a failure of ours the connection is closed without an answer.
 * One line is all that fits; the reply map adds the others, or says the whole
 * reply.
 *
 * Checks may wait, so each connection has a thread of its own; over
 * `max-sessions` of them one more is closed at once. The last refusal stays
 * with the connection, so that the filter and the reply map, which see it next,
 * know it as this one (session_registry.h).
 */
#ifndef DOORS_POLICY_SERVICE_H
#define DOORS_POLICY_SERVICE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct buf;
struct recorder;

/* As replymap_open(), replymap_start() (replymap.h). */
bool policy_service_open(const char *spec, mode_t mode, gid_t gid,
    struct buf *errmsg);
bool policy_service_start(struct recorder *recorder);

/*
 * Closes every connection. False: a check still waits in one of them, so what
 * it needs cannot be freed.
 */
bool policy_service_stop(void);

/* A connection that another process of ours passed on (other_process.h). */
void policy_service_adopt(int fd);

/*
 * Takes no more connections, and gives back or ends those whose process has no
 * session of the filter here, as soon as nothing of them is under way.
 */
void policy_service_retire(void);

struct policy_service_counts {
	uint64_t queries, refused;
	uint64_t dropped;	/* over the cap, or no question at all */
};

/* Any thread. */
struct policy_service_counts policy_service_counts(void);

#endif
