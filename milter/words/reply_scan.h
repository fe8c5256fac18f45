/*
 * reply_scan.h - a reply's text on its way to the phrases
 *
 * Receives what reply_text.c finds in the text: words, hosts, links and marks,
 * each with its meaning for the next one.
 */
#ifndef WORDS_REPLY_SCAN_H
#define WORDS_REPLY_SCAN_H

#include <stdbool.h>

#include "words/phrase.h"
#include "words/recognise.h"

struct scan {
	const char *from, *p, *end;
	struct phrase_match *m;
	const struct phrases *all;
	struct recognised *r;
	unsigned domain_at, using_at, limit_at;	/* places of such words */
	bool retry;		/* the text has "try again" */
};

/* May the byte be part of a word? Any above ASCII may. */
static inline bool
scan_is_word(unsigned char c)
{
	return c >= 0x80 || (lexicon_letter[c] != 0 && c != '.' && c != '-');
}

/* What the text names; the first of each kind is kept. */
void scan_note(struct scan *s, enum capture what, const char *from,
    const char *to);

void scan_mark(struct scan *s, enum mark mark);

/*
 * A word that begins with the letter at p and is nothing but that, as most are
 * at first sight; returns its end. NULL: nothing was passed on, look closer.
 */
const char *scan_plain_word(struct scan *s, const char *p, const char *end);

/* One word from p on; returns its end. */
const char *scan_word(struct scan *s, const char *p, const char *end);

/* "zen.spamhaus.org" is matched as itself, as "spamhaus.org" and as "org". */
void scan_host(struct scan *s, const char *p, const char *end);

/* A link: its host and the words of its path, apart from what stands around. */
void scan_url(struct scan *s, const char *p, const char *end);

#endif
