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
void login_close_by_hand(const char *login);
void login_open(const char *login);

/* Since when, in ms since 1970; 0: it is open. */
int64_t login_closed(const char *login, int *what);

#define LOGIN_CLOSED_BY_HAND (-1)	/* *what, else enum limit_what */

#endif
