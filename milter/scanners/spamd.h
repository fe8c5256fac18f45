/*
 * spamd.h - one message to SpamAssassin's spamd (its protocol, 1.5)
 *
 * The functions of a scan that has failed do nothing.
 */
#ifndef SCANNERS_SPAMD_H
#define SCANNERS_SPAMD_H

#include "scanners/scanner.h"

struct spamd_verdict {
	bool spam;		/* at or over spamd's own limit */
	double score, limit;
	struct buf symbols;	/* "GTUBE,MISSING_DATE" */
};

/* `user`: whose settings spamd uses; NULL: its own. */
void spamd_begin(struct scan *scan, struct scanner *s, const char *user,
    long long timeout, int64_t deadline);
void spamd_end(struct scan *scan);
/* CLEAN or FOUND, with the verdict (its symbols a BUF_INIT) filled. */
enum scan_status spamd_verdict(struct scan *scan, struct spamd_verdict *v);

#endif
