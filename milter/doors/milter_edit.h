/*
 * milter_edit.h - what is done to a message, through libmilter; for milter.c
 */
#ifndef DOORS_MILTER_EDIT_H
#define DOORS_MILTER_EDIT_H

#include <stdbool.h>

struct marks;

/*
 * After the final dot: takes forged fields out, adds ours, holds the message.
 * `ctx` is libmilter's; `blanks`: the MTA leaves the blank after a colon to us
 * (SMFIP_HDR_LEADSPC). False: it should be held, and cannot be.
 */
bool milter_edit(void *ctx, const struct marks *m, bool blanks);

#endif
