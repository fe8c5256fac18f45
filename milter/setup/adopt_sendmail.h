/*
 * adopt_sendmail.h - the policy of sendmail.mc, translated to saywhy.conf; pure
 *
 * As adopt.h: rulesets ask saywhy before Sendmail's own checks, which stay
 * behind it, so nothing is loosened; what is not translated is listed and stays
 * Sendmail's. Where an access table or relay-domains lets somebody pass whom
 * saywhy does not know, what that spares is left to Sendmail.
 */
#ifndef SETUP_ADOPT_SENDMAIL_H
#define SETUP_ADOPT_SENDMAIL_H

#include "setup/adopt.h"

struct sendmail_source {
	const char *mc;		/* text of sendmail.mc */
	void *arg;
	/* Appends the text of a file; false: it cannot be read. */
	bool (*text)(void *arg, const char *path, struct buf *out);
	/* Does saywhy.conf say this already ("max-size", "reason \"x\"")? */
	bool (*is_set)(void *arg, const char *what);
};

/* adopt_clear() ends it. */
void adopt_sendmail_make(struct adopt *a,
    const struct sendmail_source *source);

#endif
