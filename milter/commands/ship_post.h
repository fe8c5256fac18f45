/* ship_post.h - records by HTTP: saywhy ship NAME */
#ifndef COMMANDS_SHIP_POST_H
#define COMMANDS_SHIP_POST_H

#include <stdbool.h>

struct ruleset;

/*
 * Posts the record file as the block `ship "name"` says, until SIGTERM or, with
 * `once`, until all that is there is posted. Returns the exit status.
 */
int ship_post(const struct ruleset *r, const char *name, bool once);

#endif
