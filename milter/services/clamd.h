/*
 * clamd.h - one message to clamd (its manual, INSTREAM)
 *
 * Streamed in a session (IDSESSION), so that the connection serves the next
 * message, too. The functions of a scan that has failed do nothing.
 */
#ifndef SERVICES_CLAMD_H
#define SERVICES_CLAMD_H

#include "services/scanner.h"

struct clamd {
	struct scan scan;
	bool cut;	/* it takes no more of this message: a limit of clamd */
};

/* Arguments as of scan_open(). */
void clamd_begin(struct clamd *c, struct scanner *s, long long timeout,
    int64_t deadline);
void clamd_put(struct clamd *c, const char *bytes, size_t n, int64_t deadline);
void clamd_end(struct clamd *c, int64_t deadline);
/* What it found, or what the trouble is, is appended to `text`. */
enum scan_status clamd_verdict(struct clamd *c, struct buf *text);
void clamd_free(struct clamd *c);	/* what it holds, not itself */

#endif
