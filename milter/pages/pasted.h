/*
 * pasted.h - what somebody pasted into the page means
 *
 * A whole message that came back, a line of a log, or the reply alone. Any
 * bytes.
 */
#ifndef PAGES_PASTED_H
#define PAGES_PASTED_H

#include <stddef.h>

/* The reason, REASON_NONE: none that we are fairly certain of. */
int pasted_reason(const char *text, size_t n);

#endif
