/*
 * milter_answer.h - what the engine decided, as libmilter's calls
 *
 * The only place that hands text to libmilter, with `%` doubled: Sendmail reads
 * a reply as a format (smfi_setreply). In the thread of the callback whose
 * context `ctx` is.
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
 * return (sfsistat). A reply that libmilter does not accept is replaced by one
 * that it does, of the same class.
 */
int milter_refuse(struct smfi_str *ctx, enum action action,
    const struct reply *reply);

/*
 * After the final dot: removes forged fields, adds ours, puts the message on
 * hold. `blanks`: we must write the blank after a colon (SMFIP_HDR_LEADSPC).
 * False when the MTA does not put it on hold.
 */
bool milter_mark(struct smfi_str *ctx, const struct marks *m, bool blanks);

#endif
