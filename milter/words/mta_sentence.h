/*
 * mta_sentence.h - which sentence of an MTA's own a line is
 *
 * The sentences are rows of mta_words.def and mta_words_sendmail.def. Each line
 * meets only those that begin as it does. All of it is pure; any thread.
 */
#ifndef WORDS_MTA_SENTENCE_H
#define WORDS_MTA_SENTENCE_H

#include <stdbool.h>
#include <stddef.h>

#include "words/recognise.h"

#define MTA_ARGUMENTS 4

struct occasion;
struct reply;
struct session;

struct mta_sentence {
	const char *says;	/* with the wildcards of mta_words.def */
	int reason;
	unsigned when;		/* what must be so for it to count */
	const char *text, *remedy, *later;	/* templates instead of those
						   of the reason, or NULL */
};

/* What stands where a sentence has wildcards; it points into the line. */
struct mta_match {
	struct captured argument[MTA_ARGUMENTS], quoted;
	size_t n;
	bool foreign;		/* it has words of others that stay */
};

/* Where a line goes on after "<a@b>: " or "<a@b>... ". */
const char *mta_sentence_start(const char *line);

/* Is it a sentence of the table, whenever that counts? */
bool mta_sentence_is_one(const char *sentence);

/*
 * The first of the table that is this sentence and counts in this session and
 * on this occasion, both of which may be NULL; NULL: none. `m` is set in any
 * case.
 */
const struct mta_sentence *mta_sentence_find(const struct reply *reply,
    const char *sentence, const struct session *s, const struct occasion *at,
    struct mta_match *m);

#endif
