/*
 * bounce_text.h - what a bounce says to people
 *
 * Finds recipients and what is said of each: a reply that is quoted, known by
 * its code, or the words themselves. Reads up to the message that came back.
 */
#ifndef MAILLOG_BOUNCE_TEXT_H
#define MAILLOG_BOUNCE_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "words/recognise.h"

/* A text about one recipient; both strings are owned. */
struct bounce_text_reply {
	char *recipient;	/* "": of none, or of all */
	char *reply;
	bool quoted;		/* the words of a server, with a code */
	enum confidence confidence;
};

struct bounce_words {
	struct bounce_text_reply *list;
	size_t n, cap;
	char **recipients;	/* all that are named, each once */
	size_t nrecipients, recipients_cap;
};

/* Does it begin as such a bounce begins, without its header? */
bool bounce_text_begins(const char *text, size_t n);

/* Fills a zeroed *w. */
void bounce_words_read(struct bounce_words *w, const char *text, size_t n);
void bounce_words_free(struct bounce_words *w);

/* Notes a recipient that is not there yet. */
void bounce_words_add(struct bounce_words *w, const char *recipient, size_t n);

/*
 * The best of what is said of a recipient, or of no special one; NULL: none.
 * The words of a server go before others, if something is known of them.
 */
const struct bounce_text_reply *bounce_words_of(const struct bounce_words *w,
    const char *recipient);

#endif
