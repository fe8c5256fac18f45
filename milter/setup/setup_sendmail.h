/*
 * setup_sendmail.h - what Sendmail needs to use saywhy, in its sendmail.mc
 *
 * The filter, and rulesets that ask before Sendmail's own checks. What stands
 * in sendmail.mc is the admin's own m4: ours is a block at its end, which
 * --undo takes out byte for byte; sendmail.cf is made of it by the admin.
 */
#ifndef SETUP_SETUP_SENDMAIL_H
#define SETUP_SETUP_SENDMAIL_H

#include <stdbool.h>

#include "setup/adopt.h"
#include "setup/setup_plan.h"

#define SENDMAIL_MC "/etc/mail/sendmail.mc"

/* Is there such a file? */
bool setup_sendmail_is_there(const char *mc);

/* Reads its policy, and what `config` says. False, words in errmsg. */
bool setup_sendmail_adopt(struct adopt *a, const char *mc,
    const char *config, struct buf *errmsg);

/*
 * Prints the block for these sockets, with check_relay and check_mail where the
 * policy is adopted, and notes; `apply`: and writes it. False, words in errmsg:
 * nothing is changed.
 */
bool setup_sendmail_tell(const char *mc, const struct setup_doors *doors,
    bool apply, struct buf *errmsg);

/* Takes it out. True: nothing of it is there any more. */
bool setup_sendmail_undo(const char *mc, struct buf *errmsg);

#endif
