/*
 * bounce_part.h - the parts of a bounce that are read
 */
#ifndef MAILLOG_BOUNCE_PART_H
#define MAILLOG_BOUNCE_PART_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

/* One message: what it says to machines and to people. Any may be empty. */
struct bounce_layer {
	struct buf status;	/* message/delivery-status, one or more */
	struct buf text;	/* text/plain as UTF-8; else text/html */
	bool html;
};

struct bounce_parts {
	struct bounce_layer own;	/* of the message itself */
	struct bounce_layer inner;	/* of a message that is attached */
	struct buf failed;	/* X-Failed-Recipients */
	bool report;		/* it is a report, by its header */
	bool feedback;		/* message/feedback-report (RFC 5965) */
};

/* Fills a zeroed *p. The caller frees it. */
void bounce_parts_read(struct bounce_parts *p, const char *text, size_t n);
void bounce_parts_free(struct bounce_parts *p);

#endif
