/* setup_verify.h - has a refusal of this mail server an id? */
#ifndef SETUP_SETUP_VERIFY_H
#define SETUP_SETUP_VERIFY_H

#include <stdbool.h>

struct ruleset;

/*
 * Talks SMTP to `spec` (base/sock.h) up to a recipient that is refused, prints
 * the reply and the record of it. No mail is sent. True: the reply has an id
 * and the record exists.
 */
bool setup_verify(const struct ruleset *rules, const char *spec);

#endif
