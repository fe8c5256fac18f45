/*
 * logline.h - parses one line of syslog
 *
 * "Nov 24 18:32:15 host postfix/smtpd[123]: message" (RFC 3164, without a
 * year, in local time), or with a stamp of RFC 3339 as journalctl -o
 * short-iso and rsyslog write it. Any bytes; slices point into the line.
 */
#ifndef MAILLOG_LOGLINE_H
#define MAILLOG_LOGLINE_H

#include <stdbool.h>
#include <stdint.h>

#include "maillog/slice.h"

struct logline {
	struct slice stamp;
	struct slice host;
	struct slice program;	/* "postfix/smtpd" */
	struct slice pid;
	struct slice message;
};

/* False: no such line. */
bool logline_read(const char *line, size_t n, struct logline *l);

/*
 * Its time in ms since 1970, 0: it has none. A stamp without a year means the
 * last such day before `now` (ms), give or take a day.
 */
int64_t logline_time(const struct logline *l, int64_t now);

#endif
