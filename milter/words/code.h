/*
 * code.h - what is known of reply codes and enhanced statuses
 *
 * Every reply code of the RFCs and of the lists that circulate, every status
 * of the registry (RFC 5248) with the meaning of its class and subject, and
 * the meanings that some providers give them on their own. For explaining
 * replies; what we send ourselves is in reasons.def. Constant data: any
 * thread, nothing to free.
 */
#ifndef WORDS_CODE_H
#define WORDS_CODE_H

#include <stdbool.h>
#include <stddef.h>

#include "words/reason_row.h"

enum code_standing {
	CODE_STANDARD,	/* an RFC defines it */
	CODE_CLASS,	/* "4yz": what a first digit means */
	CODE_REGISTRY,	/* a number beside a status in the registry, no more */
	CODE_VENDOR,	/* of one product, or a status without its dots */
	CODE_NONE	/* no SMTP reply at all */
};

struct code {
	const char *code;	/* "550", "5yz" */
	enum code_standing standing;
	const char *rfc;	/* where it is defined; NULL: nowhere */
	const char *meaning;
	const char *follows;	/* the commands it answers, or NULL */
	const char *statuses;	/* that go with it, or NULL */
	enum who who;
	const char *remedy;	/* what that person does */
	const char *mistake;	/* a common mistake about it, or NULL */
	const char *instead;	/* what a server should say, or NULL */
};

/* The row of "550" or "5yz"; NULL when nothing is known of it. */
const struct code *code_find(const char *code);

/* The row of the class that the first digit of `code` gives, or NULL. */
const struct code *code_class(const char *code);

/* "standard", "class", "registry", "vendor", "none" */
const char *code_standing_name(enum code_standing standing);

struct status {
	const char *status;	/* "X.7.23", "X.7.Y", "5.X.Y" */
	const char *classes;	/* that it may have, by blanks: "4 5" */
	/* the registry pairs it with, by blanks, or NULL */
	const char *codes;
	const char *meaning;
	const char *rfc;
	const char *note;	/* what to know besides, or NULL */
};

/* The row of a status: its own or the nearest; of "5.7.Y", "X.7.Y", "5.X.Y"
   what the subject or the class means. NULL: no status. */
const struct status *status_nearest(const char *name);

/* Has the status a row of its own, so is it registered? */
bool status_registered(const char *status);

const struct status *status_all(size_t *n);

/* What a provider means by a status, where the registry says otherwise. */
struct vendor_status {
	const char *first, *last;	/* "5.7.606"; last NULL: one */
	const char *issuer;		/* "Gmail", "Exchange Online" */
	int reason;			/* enum reason_id */
	const char *meaning;		/* completes "means:" */
	const char *registered;		/* what it should have been */
};

/*
 * The n-th meaning (from 0) of a status with this issuer (NULL: with any), or
 * NULL when there are no more.
 */
const struct vendor_status *vendor_find(const char *status,
    const char *issuer, size_t n);

const struct vendor_status *vendor_all(size_t *n);

#endif
