/*
 * milter_answer.h - what the engine decided, as libmilter's calls
 *
 * The only place that hands text to libmilter, with `%` doubled: Sendmail
 * takes a reply for a format (smfi_setreply). In the thread of the callback
 * whose context `ctx` is.
 */
#ifndef DOORS_MILTER_ANSWER_H
#define DOORS_MILTER_ANSWER_H

#include <stdbool.h>

#include "model/action.h"
#include "policy/marks.h"
#include "words/reply.h"

struct smfi_str;	/* libmilter's SMFICTX */

/*
 * Sets the reply of a TEMPFAIL or REJECT and returns what the callback must
 * return (sfsistat). What libmilter does not take becomes words that it does,
 * of the same class.
 */
int milter_refuse(struct smfi_str *ctx, enum action action,
    const struct reply *reply);

/*
 * After the final dot: takes forged fields out, adds ours, holds the message.
 * `blanks`: the blank after a colon is ours to make (SMFIP_HDR_LEADSPC).
 * False when it was to be held and the MTA does not.
 */
bool milter_mark(struct smfi_str *ctx, const struct marks *m, bool blanks);

#endif
