/*
 * recognise_odd.h - which reasons are alike, and what is odd about a reply
 */
#ifndef WORDS_RECOGNISE_ODD_H
#define WORDS_RECOGNISE_ODD_H

#include <stdbool.h>

#include "words/recognise.h"

/* Fills the tables: once, before anything else here. */
void recognise_odd_fill(void);

/* Which reasons say nearly the same as this one, so that either is a fair
   answer, by their numbers; itself among them where it has such. */
const bool *recognise_kin(int reason);

/* "Rejected", "denied", "policy": what remains where no cause is named. */
bool recognise_vague(int reason);

/* The subject and the detail of a status ("5.7.23": 7 and 23); false where
   one is too large for the tables: 8 subjects, 64 details. */
#define STATUS_SUBJECTS 8
#define STATUS_DETAILS 64
bool status_parts(const char *status, int *subject, int *detail);

/* Has a provider given this status a meaning of its own? */
bool recognise_vendor_has(const char *status);

/* The flags (enum recognise_flag) of a reply that is read and weighed. */
unsigned recognise_odd(const struct recognised *r);

#endif
