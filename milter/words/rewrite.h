/*
 * rewrite.h - what somebody else says, in our words
 *
 * Postfix lets a table replace a reply (smtpd_reject_filter_maps) or add lines
 * to it (smtpd_reject_footer_maps). Here is what becomes of a reply once it is
 * known whose words it is made of. Pure. What comes out is a valid reply of
 * the same class, unless `permanent` is set and the reason has a permanent
 * code.
 *
 * Only what is known is replaced: sentences of the MTA's own. What others wrote
 * stays, in the first lines, and ours follow: who must act, and the page. Where
 * nothing is known they say whose words these are and whom to ask.
 *
 * Codes: the reason's own of that class, where it is sure. But clients act on
 * 421, 432, 452, 458 and 459 (of ETRN, RFC 1985), 521 and 53x, and on what
 * answers AUTH and STARTTLS, so these stay as they were; so does 554 before the
 * client has said anything (RFC 5321 section 4.3.2); nothing else becomes 421
 * or 521, at which Postfix hangs up; and a status that tells of one thing stays
 * with words that are not the MTA's.
 */
#ifndef WORDS_REWRITE_H
#define WORDS_REWRITE_H

#include <stdbool.h>

#include "words/reply.h"

struct mta_words;

struct rewrite {
	/* NULL: our own words, by another door */
	const struct mta_words *known;
	const struct wording *wording;	/* of the reason */
	struct reply_facts facts;
	bool greeting;		/* the client may have said nothing yet */
	bool permanent;		/* a 4yz for this reason is to be a 5yz */
};

/* Fills `out` (cleared first) with the reply to send instead of `stock`. */
void rewrite_whole(struct reply *out, const struct reply *stock,
    const struct rewrite *how);

/*
 * Fills `out` with `stock` and the lines to be added to it, those from line
 * stock->n on. Nothing in them is special in a footer's template but `$`, which
 * rewrite_put_footer() doubles.
 */
void rewrite_add(struct reply *out, const struct reply *stock,
    const struct rewrite *how);

/*
 * Appends the lines of `reply` from number `from` on as a footer's template
 * (postconf(5), smtpd_reject_footer): "\n" between lines, "$$" for a dollar.
 */
void rewrite_put_footer(const struct reply *reply, size_t from,
    struct buf *out);

#endif
