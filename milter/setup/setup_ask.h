/*
 * setup_ask.h - does saywhyd answer where the mail server is to ask it?
 */
#ifndef SETUP_SETUP_ASK_H
#define SETUP_SETUP_ASK_H

#include <stdbool.h>

#include "setup/setup_plan.h"

struct buf;

/*
 * Connects to each socket that is set, for a second at most. False: one has
 * nobody, and `errmsg` says which, and what to do.
 */
bool setup_ask(const struct setup_doors *doors, struct buf *errmsg);

#endif
