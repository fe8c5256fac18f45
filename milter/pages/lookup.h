/*
 * lookup.h - what a text from the page's box means
 *
 * A whole message that came back, a line of a log, or the reply alone. Any
 * bytes.
 */
#ifndef PAGES_LOOKUP_H
#define PAGES_LOOKUP_H

#include <stdbool.h>
#include <stddef.h>

struct recognised;

/* False: there is no reply in it that we are fairly certain of. What the reply
   names (`captured`) is gone by then. */
bool lookup_reply(const char *text, size_t n, struct recognised *r);

#endif
