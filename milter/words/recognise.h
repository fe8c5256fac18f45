/*
 * recognise.h - words become a reason: the inverse of reply.h
 *
 * Reads a reply that another program wrote and finds the reason of the
 * catalogue that it means. The text and its author weigh more than the code:
 * X.7.1 says nothing. A reply may come whole ("550-5.7.1 …" lines), as one
 * line, without its three-digit code, or with its first word cut off, which is
 * how Postfix shows a filter what it refuses. "Unknown" is an honest answer; a
 * wrong RECOGNISED_SURE is a defect.
 *
 * One pass over the text for all phrases (phrases.def), no backtracking. What a
 * text of the same shape meant is kept (recognise_kept.h); no answer is another
 * one by that. Any thread.
 */
#ifndef WORDS_RECOGNISE_H
#define WORDS_RECOGNISE_H

#include <stdbool.h>
#include <stddef.h>

#include "words/reason_row.h"

enum confidence { RECOGNISED_UNKNOWN, RECOGNISED_GUESS, RECOGNISED_LIKELY,
	RECOGNISED_SURE };

/* What is odd about a reply; names by recognise_flag_name(). */
enum recognise_flag {
	ODD_WORDS_AND_CODE = 1,		/* they mean different causes */
	ODD_TEMPORARY = 2,		/* 4yz for what never gets better */
	ODD_CLASS = 4,			/* 550 with 4.x.x, or the reverse */
	ODD_NO_STATUS = 8,		/* no enhanced status */
	/* not registered, or of a vendor's own */
	ODD_STATUS = 16,
	ODD_CODE = 32			/* no code of RFC 5321's grammar */
};

/* What a reply names. Each points into the text that was read. The address
   of a mailbox that moved is the new one. */
enum capture { CAPTURE_ADDRESS, CAPTURE_DOMAIN, CAPTURE_IP, CAPTURE_ZONE,
	CAPTURE_LIMIT, CAPTURE_RETRY, CAPTURE_URL, CAPTURE_COUNT };

struct captured {
	const char *text;	/* not terminated; NULL: not named */
	size_t n;
};

/*
 * Whom a reply speaks of, as far as it says so ("in reply to MAIL FROM
 * command", "Recipient address rejected") or the caller knows. SERVER: our own
 * mail server speaks of the one to which it sends. CLIENT: another speaks of
 * ours, before ours has said anything.
 */
enum topic { TOPIC_NONE, TOPIC_HELO, TOPIC_SENDER, TOPIC_RECIPIENT,
	TOPIC_MESSAGE, TOPIC_CLIENT, TOPIC_SERVER, TOPIC_COUNT };

struct recognised {
	int reason;			/* REASON_NONE with UNKNOWN */
	enum confidence confidence;
	const char *software;		/* "Postfix", "Gmail"; NULL: unknown */
	unsigned flags;			/* enum recognise_flag */
	int code;			/* 0: not known */
	char status[12];		/* "": not known */
	struct captured captured[CAPTURE_COUNT];
	struct captured last_address;	/* of several; text NULL: none */
};

/* n bytes of text, any bytes. Always fills `r`. */
void recognise(const char *text, size_t n, struct recognised *r);

/* The same, where it is known whom the reply is about. */
void recognise_about(const char *text, size_t n, enum topic about,
    struct recognised *r);

/* Of its code, else its status: 4 for now, 5 for good; below 1: not known. */
static inline int
recognised_class(const struct recognised *r)
{
	return r->code != 0 ? r->code / 100 : r->status[0] - '0';
}

static inline bool
recognised_is_final(const struct recognised *r)
{
	return recognised_class(r) == 5;
}

/* "sure", "likely", "guess", "unknown" */
const char *confidence_name(enum confidence c);

/* "no-status" and so on; NULL when `flag` is none of them. */
const char *recognise_flag_name(unsigned flag);

/* "address", "retry": the key in `explain --json` and in evidence. */
const char *capture_name(enum capture c);

#endif
