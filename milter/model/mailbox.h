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

struct buf;
struct ip;

struct mailbox {
	char *text;	/* without the angle brackets; "" is the null sender */
	char *local;	/* unquoted; NULL when text has no valid form */
	char *domain;	/* NULL when there is none (postmaster, null sender);
			   without the dot at its end; a literal as
			   "[192.0.2.7]" or "[ipv6:2001:db8::7]" */
	bool null;	/* it is <> */
	bool literal;	/* the domain is an address literal, in brackets */
	bool utf8;	/* bytes above 127 in local part or domain */
};

/*
 * Parses "<a@b>" or "a@b", skips a source route (RFC 5321 appendix C), keeps
 * the text whatever it is. False when the syntax is wrong; local and domain are
 * NULL then. NULL text counts as "". Milder than the RFC where MTAs are and
 * such mailboxes exist: dots anywhere in a local part, long local parts,
 * underscores and a last dot in a domain.
 */
bool mailbox_set(struct mailbox *m, const char *text);
void mailbox_clear(struct mailbox *m);

/*
 * A dot-separated host name: ASCII letters, digits, hyphens, labels up to 63,
 * at most 255; underscores are allowed, as in every MTA. The last label is not
 * all digits (RFC 1123 section 2.1), so an address is no name.
 */
bool mailbox_is_host_name(const char *name);

/*
 * Appends a domain or address literal as `domain` above holds it. False,
 * nothing appended, when it is neither.
 */
bool mailbox_put_domain(struct buf *out, const char *text);

/* "[192.0.2.7]", "[IPv6:2001:db8::7]"; without the tag too. */
bool mailbox_literal(const char *text, struct ip *ip);

#endif
