/*
 * adopt_postfix.h - takes over the policy of the Postfix of this machine
 *
 * The fragment lies beside saywhy.conf as adopted.conf, which is included at
 * its end. Both are as before when the whole does not load.
 */
#ifndef SETUP_ADOPT_POSTFIX_H
#define SETUP_ADOPT_POSTFIX_H

#include <stdbool.h>
#include <time.h>

#include "setup/adopt.h"

#define ADOPTED_CONF "adopted.conf"

/*
 * Reads main.cf (of `folder`) and what saywhy.conf (`config`) says already.
 * False, words in errmsg: postconf(1) does not answer.
 */
bool adopt_postfix(struct adopt *a, const char *folder, const char *config,
    struct buf *errmsg);

/*
 * Writes it and has it included, to be observed until `enforce_after` (seconds
 * since 1970). 0: what was said of that before stays. False, words in errmsg:
 * nothing is changed.
 */
bool adopt_put(const struct adopt *a, const char *config,
    time_t enforce_after, struct buf *errmsg);

/* Was it written beside `config`? */
bool adopt_is_there(const char *config);

/* The same, and is saywhy asked once a recipient? */
bool adopt_is_whole(const char *config);

/* Takes it out again. True: nothing of it is there any more. */
bool adopt_undo(const char *config, struct buf *errmsg);

#endif
