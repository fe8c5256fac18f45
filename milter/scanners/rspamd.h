/*
 * rspamd.h - one message to rspamd (HTTP, POST /checkv2)
 *
 * The functions of a scan that has failed do nothing.
 */
#ifndef SCANNERS_RSPAMD_H
#define SCANNERS_RSPAMD_H

#include "scanners/scanner.h"

/* rspamd's own words for what to do, from the mildest. */
enum rspamd_action { RSPAMD_NOTHING, RSPAMD_GREYLIST, RSPAMD_MARK,
	RSPAMD_SOFT_REJECT, RSPAMD_REJECT };

struct rspamd_verdict {
	enum rspamd_action action;
	double score, limit;
	struct buf symbols;	/* "GTUBE(1000.00),…", the heaviest first */
	struct buf message;	/* what rspamd would say to the sender */
};

/* `fields`: lines of HTTP about the envelope, each with its CR LF. */
void rspamd_begin(struct scan *scan, struct scanner *s, const char *fields,
    long long timeout, int64_t deadline);
void rspamd_put(struct scan *scan, const char *bytes, size_t n,
    int64_t deadline);
void rspamd_end(struct scan *scan, int64_t deadline);
/* CLEAN (nothing is to be done) or FOUND, with the verdict (its bufs
   BUF_INIT) filled. */
enum scan_status rspamd_verdict(struct scan *scan, struct rspamd_verdict *v);

/* Reads the JSON of an answer; false: it is none. */
bool rspamd_read(const char *json, size_t n, struct rspamd_verdict *v);

#endif
