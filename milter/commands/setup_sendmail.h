/*
 * setup_sendmail.h - the lines that Sendmail needs, to be added by hand
 *
 * What sendmail.mc becomes is the admin's own m4; nothing is written there.
 */
#ifndef COMMANDS_SETUP_SENDMAIL_H
#define COMMANDS_SETUP_SENDMAIL_H

#include <stdbool.h>

/* Is there a sendmail.mc? */
bool setup_sendmail_is_there(void);

/*
 * Prints the lines for the sockets of this configuration. `wanted`: --apply or
 * --undo was asked for, and there is no such thing. The exit status.
 */
int setup_sendmail_tell(const char *config, bool wanted);

#endif
