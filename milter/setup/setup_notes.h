/*
 * setup_notes.h - what an admin should know about saywhy and this Postfix; pure
 */
#ifndef SETUP_SETUP_NOTES_H
#define SETUP_SETUP_NOTES_H

#include "setup/setup_plan.h"

/* Adds one; beyond the maximum they are left out. */
void setup_note(struct setup_plan *plan, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* What saywhy can see and change there, and what is odd. */
void setup_notes(struct setup_plan *plan, const struct setup_mta *mta,
    const struct setup_doors *doors);

#endif
