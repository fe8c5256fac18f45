/*
 * adopt_defaults.h - what saywhy refuses by default and the mail server takes
 *
 * Adopted is what the mail server refuses, and nothing else: a refusal that is
 * a default of ours, for which neither its configuration nor saywhy.conf asks,
 * is noted only, and the fragment says so.
 */
#ifndef SETUP_ADOPT_DEFAULTS_H
#define SETUP_ADOPT_DEFAULTS_H

#include <stdbool.h>

#include "setup/adopt.h"

struct adopt_defaults {
	const char *from;	/* "main.cf", "sendmail.mc" */
	/* Its own syntax of senders is looser than ours. */
	bool odd_senders;
	/* Whoever hands in mail must log in: then ours says so better. */
	bool needs_login;
	/* As in mta_source.h, and its argument. */
	bool (*is_set)(void *arg, const char *what);
	void *arg;
};

/* Appends them to the whole fragment, which says of the others what it will. */
void adopt_defaults(struct adopt *a, const struct adopt_defaults *d);

#endif
