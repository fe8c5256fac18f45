/*
 * check_here.h - what a configuration names that this machine has not
 *
 * Accounts, groups and folders: as warnings, for a file may be checked on
 * another machine than that which uses it.
 */
#ifndef COMMANDS_CHECK_HERE_H
#define COMMANDS_CHECK_HERE_H

struct diags;
struct ruleset;

void check_here(const struct ruleset *r, struct diags *d);

/*
 * Where it differs from main.cf in `folder` (NULL: of this machine's Postfix);
 * `config` is the file that `r` was read from. Without a Postfix: nothing.
 */
void check_mta(const struct ruleset *r, const char *config,
    const char *folder, struct diags *d);

#endif
