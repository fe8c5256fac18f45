/*
 * reply_text.h - the text of a reply, word by word
 *
 * Distinguishes words, addresses, hosts, numbers and links, so that what a
 * phrase sees of "550 5.1.1 <full@spam.example>... User unknown" is "@addr
 * @dots user unknown". It also reads code and status at the heads of the lines
 * and notes what the text names (enum capture). Any bytes are accepted; only
 * the first REPLY_TEXT_MAX are read.
 */
#ifndef WORDS_REPLY_TEXT_H
#define WORDS_REPLY_TEXT_H

#include <stddef.h>

#include "words/phrase.h"
#include "words/recognise.h"

#define REPLY_TEXT_MAX 4000

/* Fills code, status and captured of `r`; m receives all words, and matches
   them at phrase_match_end(). */
void reply_text_scan(struct phrase_match *m, const struct phrases *all,
    const char *text, size_t n, struct recognised *r);

#endif
