/*
 * clamd.h - one message to clamd (its manual, INSTREAM)
 *
 * Streamed in a session (IDSESSION), so that the connection serves the next
 * message, too. The functions of a scan that has failed do nothing.
 */
#ifndef SCANNERS_CLAMD_H
#define SCANNERS_CLAMD_H

#include "scanners/scanner.h"

/* Arguments as of scan_open(); scan_close() ends it. */
void clamd_begin(struct scan *scan, struct scanner *s, long long timeout,
    int64_t deadline);
void clamd_put(struct scan *scan, const char *bytes, size_t n,
    int64_t deadline);
void clamd_end(struct scan *scan, int64_t deadline);
/* What it found, or the error, is appended to `text`. */
enum scan_status clamd_verdict(struct scan *scan, struct buf *text);

#endif
