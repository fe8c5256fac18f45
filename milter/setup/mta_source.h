/*
 * mta_source.h - where the policy of the mail server is read
 *
 * Functions, so that what is made of it can be tested without a Postfix. One
 * thread. Texts that are handed out live as long as the source.
 */
#ifndef SETUP_MTA_SOURCE_H
#define SETUP_MTA_SOURCE_H

#include <stdbool.h>

struct buf;

struct mta_source {
	void *arg;
	/* A setting of main.cf, worked out; "" where there is none. */
	const char *(*value)(void *arg, const char *name);
	/* "/etc/postfix/main.cf:12", or words where it is a default. */
	const char *(*place)(void *arg, const char *name);
	/* Is this a file that can be read? */
	bool (*is_file)(void *arg, const char *path);
	/* Can saywhy look up in this text of an access table? */
	bool (*is_access)(void *arg, const char *path);
	/* Appends the text of a file; false: it cannot be read. */
	bool (*text)(void *arg, const char *path, struct buf *out);
	/* Does saywhy.conf say this already ("domains", "reason \"x\"")? */
	bool (*is_set)(void *arg, const char *what);
	/*
	 * Appends the keys of a table ("hash:/x"), by commas. False: it is of
	 * a type that cannot be listed.
	 */
	bool (*keys)(void *arg, const char *table, struct buf *out);
	/*
	 * Appends what services of master.cf set for themselves, a line each:
	 * "submission/inet/smtpd_client_restrictions = reject".
	 */
	void (*overrides)(void *arg, struct buf *out);
	/* Appends what a table, of any type, says of a key; false: nothing. */
	bool (*ask)(void *arg, const char *table, const char *key,
	    struct buf *out);
};

/* The Postfix of this machine, and saywhy.conf. */
struct mta_postfix;

/*
 * main.cf of `folder` (NULL: Postfix's own), and what `config` says. NULL,
 * words in errmsg: postconf(1) does not answer, or `config` cannot be read.
 */
struct mta_postfix *mta_postfix_open(const char *folder, const char *config,
    struct buf *errmsg);
/* It points into `p`. */
struct mta_source mta_postfix_source(struct mta_postfix *p);
void mta_postfix_close(struct mta_postfix *p);	/* NULL: nothing */

#endif
