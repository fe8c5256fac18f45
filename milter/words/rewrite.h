/*
 * rewrite.h - what somebody else says, in our words
 *
 * Postfix lets a table replace a reply (smtpd_reject_filter_maps) or add lines
 * to it (smtpd_reject_footer_maps). Here is what becomes of a reply once its
 * reason is known. Pure. What comes out is a valid reply of the same class,
 * unless `permanent` is set and the reason has a permanent code.
 *
 * Codes: the reason's own of that class, but clients act on 421, 432, 452, 521
 * and 53x, and on what answers AUTH and STARTTLS, so these stay as they were;
 * and nothing else becomes 421 or 521, at which Postfix hangs up.
 */
#ifndef WORDS_REWRITE_H
#define WORDS_REWRITE_H

#include <stdbool.h>

#include "words/reply.h"

struct rewrite {
	const struct wording *wording;	/* NULL: the reason is not known, and
					   the words stay as they were */
	struct reply_facts facts;
	bool permanent;		/* a 4yz for this reason is to be a 5yz */
};

/* Fills `out` (cleared first) with the reply to send instead of `stock`. */
void rewrite_whole(struct reply *out, const struct reply *stock,
    const struct rewrite *how);

/*
 * Fills `out` with `stock` and the lines to be added to it, those from line
 * stock->n on; `from` as reply_put_words(). Nothing in them is special in a
 * footer's template but `$`, which rewrite_put_footer() doubles.
 */
void rewrite_add(struct reply *out, const struct reply *stock,
    const struct rewrite *how, int from);

/*
 * Appends the lines of `reply` from number `from` on as a footer's template
 * (postconf(5), smtpd_reject_footer): "\n" between lines, "$$" for a dollar.
 */
void rewrite_put_footer(const struct reply *reply, size_t from,
    struct buf *out);

#endif
