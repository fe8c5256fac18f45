/*
 * lookup.h - what a text from the page's box means A whole message that came
 * back, a line of a log, or the reply alone. Any bytes.
 */
#ifndef PAGES_LOOKUP_H
#define PAGES_LOOKUP_H

#include <stddef.h>

/* The reason, REASON_NONE: none that we are fairly certain of. */
int lookup_reason(const char *text, size_t n);

#endif
