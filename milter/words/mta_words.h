/*
 * mta_words.h - whose words a reply is made of
 *
 * Replace only what is known. A reply may be said in other words as a whole
 * only where each line of it is one of the MTA's own sentences, which are known
 * exactly (mta_words.def). What an admin, a list or another filter wrote stays:
 * it may name a contact, a telephone number, a link. A code or a status is
 * changed only where the reason is sure.
 *
 * And the session knows better than the words: an MTA says "Access denied" to
 * a client that should log in, and "not found" of a name whose server did not
 * answer; there is no spam before there is a message. Pure; any thread.
 */
#ifndef WORDS_MTA_WORDS_H
#define WORDS_MTA_WORDS_H

#include <stdbool.h>
#include <stddef.h>

#include "words/recognise.h"

struct buf;
struct finding;
struct occasion;
struct reply;
struct session;

struct mta_words {
	int reason;		/* never NONE: UNRECOGNISED */
	bool sure;		/* the reason may change code and status, and
				   its remedy is told */
	bool own;		/* every line is a sentence of the MTA's own */
	const char *text, *remedy, *later;	/* templates instead of those
						   of the reason, or, if it is
						   not sure, of "unrecognised";
						   or NULL */
	/* They point into the reply; text NULL: there is none. */
	struct captured quoted;		/* words of others to be quoted */
	struct captured address;	/* of a mailbox that has moved */
	struct captured domain, list;	/* it is on that list */
};

/*
 * recognise_about() of a reply and its whole text. But Postfix says an admin's
 * and a policy server's words in a form of its own ("Recipient address
 * rejected: ..."), which is no part of what they mean: "limit reached" after it
 * is no limit of recipients. There the reason is that of the words alone. What
 * is captured may point into `room`.
 */
void mta_words_recognise(const struct reply *reply, const char *text, size_t n,
    enum topic about, struct buf *room, struct recognised *r);

/*
 * `words` is what recognise() made of the same reply; session and occasion may
 * be NULL.
 */
void mta_words_read(struct mta_words *out, const struct reply *reply,
    const struct recognised *words, const struct session *session,
    const struct occasion *at);

/* What the reply names, as evidence. */
void mta_words_put_evidence(const struct mta_words *known,
    const struct recognised *words, struct finding *f);

#endif
