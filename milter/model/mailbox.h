/*
 * mailbox.h - a mailbox as SMTP carries it (RFC 5321 section 4.1.2, RFC 6531)
 *
 * Raw bytes of the peer: anything may stand in `text` but NUL. What is to be
 * compared stands in `local` and `domain`; the domain in lower case, as
 * A-labels where it could be converted. Owned by the struct; zeroed is empty.
 */
#ifndef MODEL_MAILBOX_H
#define MODEL_MAILBOX_H

#include <stdbool.h>

struct mailbox {
	char *text;	/* without the angle brackets; "" is the null sender */
	char *local;	/* unquoted; NULL when text has no valid form */
	char *domain;	/* NULL when there is none (postmaster, null sender) */
	bool null;	/* it is <> */
	bool literal;	/* the domain is an address literal, in brackets */
	bool utf8;	/* bytes above 127 in local part or domain */
};

/*
 * Takes "<a@b>" or "a@b", drops a source route (RFC 5321 appendix C), keeps
 * the text whatever it is. False when the syntax is wrong; local and domain
 * are NULL then. NULL text counts as "".
 */
bool mailbox_set(struct mailbox *m, const char *text);
void mailbox_clear(struct mailbox *m);

/* A dot-separated host name: letters, digits, hyphens, labels up to 63, at
 * most 255; underscores are let pass, as every MTA does. n bytes. */
bool mailbox_is_host_name(const char *name);

#endif
