/*
 * login_close.h - a login that is closed: by a limit that tells of a stolen
 * password, or by hand
 *
 * It lies in counters/, so that all hosts that count together know of it.
 */
#ifndef CHECKS_LOGIN_CLOSE_H
#define CHECKS_LOGIN_CLOSE_H

#include <stdbool.h>
#include <stdint.h>

#include "counters/counters.h"

struct buf;

/* What was seen when a limit closes a login; texts may not be NULL. */
struct login_sign {
	int what;		/* enum limit_what */
	const char *what_words;	/* "recipients" */
	const char *limit;	/* its name */
	const char *client;	/* address, or "" */
	const char *name;	/* of the client, or "" */
	const char *country;	/* of the client, or "" */
	const char *window;	/* "1 hour" */
	int64_t count, amount, since;
};

/*
 * Closes it, on all hosts. Whoever does so first says it in the log, in a line
 * that names the client, and sends one mail to the contact.
 */
void login_close(const char *site, const char *login,
    const struct login_sign *sign);
/* By the user of this number on this host, -1: not known. */
void login_close_by_hand(const char *login, long uid);
void login_open(const char *login);

/* Why a login is closed. */
struct login_closed {
	int what;		/* enum limit_what, or BY_HAND */
	long uid;		/* by whose hand, -1: not known */
};
#define LOGIN_CLOSED_BY_HAND (-1)

/* Since when, in ms since 1970; 0: it is open. */
int64_t login_closed(const char *login, struct login_closed *cause);

/*
 * The same, as the first of several questions: if the login is closed, those
 * that follow are skipped.
 */
struct counter_question login_closed_ask(const char *login);
int64_t login_closed_since(const struct counter_answer *a,
    struct login_closed *cause);

/*
 * A login as one word of printable ASCII, for a line of the log that programs
 * read: who fails to log in may call himself what he likes.
 */
void login_put_word(struct buf *out, const char *login);

/* The same, so that a shell takes it as that word: quoted where it must be. */
void login_put_quoted(struct buf *out, const char *login);

#endif
