/*
 * dmarc_note.h - the author and the DMARC result of a session's message,
 * evaluated once
 *
 * Kept in a slot of the session, at MESSAGE, when SPF and DKIM are known.
 */
#ifndef AUTH_DMARC_NOTE_H
#define AUTH_DMARC_NOTE_H

#include <stdint.h>

#include "auth/author.h"
#include "auth/dmarc.h"

struct slots;
struct session;
struct site;

struct dmarc_note {
	struct author author;
	/* of several authors the one whose domain asks for most */
	const char *domain;	/* one of author.domains, or NULL */
	struct dmarc dmarc;	/* of domain; NONE without one */
};

/* The first call waits for DNS till the deadline. */
const struct dmarc_note *dmarc_note_result(struct slots *slots,
    const struct session *s, const struct site *site, int64_t deadline);

/* The same when it was worked out already, else NULL. */
const struct dmarc_note *dmarc_note_known(const struct slots *slots);

#endif
