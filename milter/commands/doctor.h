/*
 * doctor.h - what is right and what is wrong around saywhyd, and what mends it
 *
 * Findings come in the order in which they depend on each other: begin with the
 * first that is wrong. Each examination appends its own; one thread.
 */
#ifndef COMMANDS_DOCTOR_H
#define COMMANDS_DOCTOR_H

#include <stdbool.h>

#include "commands/symptom.h"

struct ruleset;
struct setup_mta;

/* The account, the group of the sockets. */
void doctor_accounts(struct symptoms *s, const struct ruleset *r);
/* Can the mail server reach our sockets, and is it set to? NULL: no Postfix. */
void doctor_mta(struct symptoms *s, const struct ruleset *r,
    const char *config, const struct setup_mta *mta);
/* Does saywhyd run, once, and with the file as it is? False: it does not. */
bool doctor_daemon(struct symptoms *s, const struct ruleset *r,
    const char *config);
/* Does somebody answer at each socket? */
void doctor_sockets(struct symptoms *s, const struct ruleset *r);
/* Do the domains and networks of main.cf, in `folder`, and ours agree? */
void doctor_lists(struct symptoms *s, const struct ruleset *r,
    const char *config, const char *folder);
/* Did the lists come that are fetched from elsewhere? */
void doctor_sources(struct symptoms *s, const struct ruleset *r);
/* Room and rights for records and store. */
void doctor_disk(struct symptoms *s, const struct ruleset *r);
/* Resolver and clock of the machine. */
void doctor_network(struct symptoms *s, const struct ruleset *r);
/* The page behind the last line of a refusal. */
void doctor_page(struct symptoms *s, const struct ruleset *r);

#endif
