/*
 * load_mail.h - what the load driver's clients say: envelopes and a message
 *
 * One message for all; the envelope differs by session and recipient where
 * the caller leaves a field NULL. Read only once made.
 */
#ifndef LOAD_MAIL_H
#define LOAD_MAIL_H

#include <stdbool.h>
#include <stddef.h>

#include "load_proto.h"

struct mail_options {
	const char *client;	/* IPv4 address; NULL: one for each session */
	const char *client_name;	/* ... mail<n>.example.net */
	const char *helo;	/* NULL: the client's name */
	size_t clients;		/* so many, each in a network of its own, with
				   a sender of its own; 0: one network */
	const char *sender;	/* NULL: sender@example.net */
	const char *rcpt;	/* NULL: user<n>@example.org */
	const char *login;	/* NULL: not logged in */
	size_t rcpts;
	size_t headers;		/* fields of the message that is made up */
	size_t body;		/* its bytes */
	const char *file;	/* a message to use instead, or NULL */
};

struct mail;

/* NULL, with errno set, when the file cannot be read. */
struct mail *mail_new(const struct mail_options *options);
void mail_free(struct mail *m);

/* Who speaks: the session's number and that of its message. */
struct mail_turn {
	size_t session, message;
	enum step step;
	size_t index;	/* which recipient, header field, piece of body */
};

/* How many packets the step has: recipients, fields, pieces. */
size_t mail_packets(const struct mail *m, enum step step);

/* Appends the packet of this turn; header values as `flags` asks. */
void mail_put(const struct mail *m, const struct mail_turn *turn,
    unsigned flags, struct buf *out);

/* Appends the macros of this turn whose names are in `names`. */
void mail_put_macros(const struct mail *m, const struct mail_turn *turn,
    const char *names, struct buf *out);

#endif
