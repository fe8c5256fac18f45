/*
 * setup_verify.h - does a refusal of this mail server tell its id?
 */
#ifndef SETUP_SETUP_VERIFY_H
#define SETUP_SETUP_VERIFY_H

#include <stdbool.h>

struct ruleset;

/*
 * Speaks SMTP to `spec` (base/sock.h) up to a recipient that is refused, prints
 * the reply and the record of it. No mail is sent. True: the reply told an id and
 * the record is there.
 */
bool setup_verify(const struct ruleset *rules, const char *spec);

#endif
