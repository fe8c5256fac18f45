/*
 * setup_sendmail.h - the lines that Sendmail needs, to be added by hand
 *
 * What sendmail.mc becomes is the admin's own m4; nothing is written there.
 */
#ifndef SETUP_SETUP_SENDMAIL_H
#define SETUP_SETUP_SENDMAIL_H

#include <stdbool.h>

struct ruleset;

/* Is there a sendmail.mc? */
bool setup_sendmail_is_there(void);

/*
 * Prints the lines for the sockets of these rules. `wanted`: --apply or --undo
 * was given, which does not exist here. The exit status.
 */
int setup_sendmail_tell(const struct ruleset *rules, bool wanted);

#endif
