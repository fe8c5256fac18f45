/*
 * recognise_odd.h - which reasons are alike, and what is odd about a reply
 */
#ifndef WORDS_RECOGNISE_ODD_H
#define WORDS_RECOGNISE_ODD_H

#include <stdbool.h>

#include "words/recognise.h"

/* Do the two say nearly the same, so that either is a fair answer? */
bool recognise_kin(int reason, int other);

/* The flags (enum recognise_flag) of a reply that is read and weighed. */
unsigned recognise_odd(const struct recognised *r);

#endif
