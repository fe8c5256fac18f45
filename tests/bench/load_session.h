/*
 * load_session.h - one connection of an MTA to a filter, played again and again
 *
 * A session connects, negotiates, plays the messages of its connection as
 * Postfix would for what the filter negotiated, hangs up, and stays idle
 * until session_open() again. What goes out is gathered until an answer is
 * due, as Postfix does. One thread; the caller waits for events with epoll.
 */
#ifndef LOAD_SESSION_H
#define LOAD_SESSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/sock.h"
#include "load_mail.h"
#include "load_proto.h"
#include "load_stats.h"

struct load_options {
	struct sock_spec to;
	uint32_t actions, flags;	/* what the MTA offers */
	size_t per_session;	/* messages on a connection */
	int aborts, drops;	/* percent of messages; a drop hangs up */
	bool unbuffered;	/* each packet by itself, as Sendmail */
	size_t slow_bytes;	/* at most, each time session_tick() is called;
				   0: all at once */
	enum step hold_at;	/* wait after this; STEPS: nowhere */
	int64_t timeout;	/* us to wait for an answer */
};

/* What all sessions share. */
struct load {
	const struct load_options *o;
	const struct mail *mail;
	struct stats *stats;
	int epoll;
	uint64_t left;		/* messages nobody has begun */
	size_t busy;		/* sessions that are not idle */
	size_t waiting;		/* of them, those that wait at hold_at */
	bool released;		/* and nobody shall wait any more */
};

enum session_state { SESSION_IDLE, SESSION_TALKS, SESSION_WAITING,
	SESSION_LEAVES };

struct session {
	size_t number;
	enum session_state state;
	int fd;
	struct buf in, out;
	size_t sent;		/* of `out` */
	struct negotiated agreed;
	struct mail_turn turn;
	size_t messages;	/* begun on this connection */
	size_t accepted;	/* recipients */
	bool in_mail;		/* MAIL went out, and no end of the message */
	long steps_left;	/* before it is broken off; -1: it is not */
	bool dropping;		/* broken off by hanging up */
	int64_t query_time;	/* clock_us() of the question; 0: none */
	int64_t session_began, message_began;
};

/* Connects and negotiates; takes a message from l->left. */
void session_open(struct load *l, struct session *s);

/* `events` of epoll. */
void session_event(struct load *l, struct session *s, uint32_t events);

/* Sends the next slow bytes; gives up on an answer that does not come. */
void session_tick(struct load *l, struct session *s, int64_t now);

/* Goes on after a hold. */
void session_release(struct load *l, struct session *s);

void session_clear(struct session *s);

/* For load_talk.c: send what is gathered; end; end, counting an error. */
void session_flush(struct load *l, struct session *s);
void session_hang_up(struct load *l, struct session *s);
void session_fail(struct load *l, struct session *s, enum load_error error);

#endif
