/*
 * marks.h - what is done to a message that passes
 *
 * Our own header fields, and the hold queue. Gathered from the decisions of
 * every recipient and of the message itself, applied by the door after the
 * final dot. Fields of ours that a sender forged are removed.
 */
#ifndef POLICY_MARKS_H
#define POLICY_MARKS_H

#include <stdbool.h>
#include <stddef.h>

#include "auth/results.h"
#include "policy/policy.h"

#define MARKS_FIELD "X-Saywhy"
#define MARKS_MAX 16

/* A field of the sender's to remove: its name, and which, from 1. */
struct mark_forged {
	const char *field;
	int index;
};

struct marks {
	char *values[MARKS_MAX];	/* of MARKS_FIELD, safe text, one line */
	size_t n;
	char *results;			/* of RESULTS_FIELD, folded; or NULL */
	char *quarantine;		/* why it is quarantined, or NULL */
	struct mark_forged *forged;	/* in the order of the header */
	size_t nforged, forged_cap;
};

/* Adds what the verdict asks for (MARK, QUARANTINE), once each. */
void marks_add(struct marks *m, const struct verdict *v,
    const struct site *site, const char *id);

/* Reports the results of the proofs, if the admin wants it. */
void marks_results(struct marks *m, const struct slots *slots,
    const struct session *s, const struct site *site);

/* Finds the header fields that claim to be ours. */
void marks_find_forged(struct marks *m, const struct session *s,
    const struct site *site);
void marks_clear(struct marks *m);

#endif
