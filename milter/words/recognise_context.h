/*
 * recognise_context.h - what the words mean where it is known whom they are
 * about, and what the status says besides
 *
 * "User unknown" in reply to MAIL FROM is the sender; "certificate not
 * trusted" said by our own client is the server's. The enhanced status, where
 * registered and not one that means everything, tells which of several alike
 * causes it is, and makes unsure where it tells another one. Pure; any thread.
 */
#ifndef WORDS_RECOGNISE_CONTEXT_H
#define WORDS_RECOGNISE_CONTEXT_H

#include "words/phrase.h"
#include "words/recognise.h"

/* Fills the tables: once, before anything else here. */
void recognise_context_fill(void);

/* The cause that words of `reason` mean in a reply about `about`. */
int recognise_turned(enum topic about, int reason);

/*
 * What the status by itself says: of the issuer where that gives it a meaning
 * of its own, else what is registered. REASON_NONE: nothing certain.
 */
int recognise_status_says(const struct recognised *r);

/* Is the status one of a provider's own numbers (5.7.505), which say exactly
   what is meant, whatever words stand beside? */
bool recognise_private(const struct recognised *r);

/* Which of both to go by: what the words or what the status says. */
int recognise_refined(const struct recognised *r, int status_says);

/* Does what the status says not contradict the reason? */
bool recognise_status_agrees(const struct recognised *r, int status_says);

/* Can a reply with this code and status mean the reason at all? */
bool recognise_possible(const struct recognised *r, int reason);

#endif
