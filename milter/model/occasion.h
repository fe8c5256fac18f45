/*
 * occasion.h - at which moment of a session somebody refuses
 *
 * What the session knows of a refusal that others worded. It is better evidence
 * than the words: the same sentence is said of different causes, and an MTA
 * says "not found" of a name whose server did not answer. Zeroed: nothing is
 * known, at the greeting. Plain values, no ownership.
 */
#ifndef MODEL_OCCASION_H
#define MODEL_OCCASION_H

#include <stdbool.h>

#include "model/stage.h"

/* Who wrote the words. */
enum occasion_author { AUTHOR_UNKNOWN, AUTHOR_MTA, AUTHOR_FILTER };

/* What our own resolver says of the name that the refusal is about. */
enum occasion_name {
	NAME_UNASKED,
	NAME_EXISTS,
	NAME_NONE,		/* NXDOMAIN, or nothing that mail can use */
	NAME_TEMPFAIL,		/* SERVFAIL, or no answer in time */
	NAME_REFUSED		/* it is a DNS list's, which refuses our
				   questions (127.255.255.x) */
};

struct occasion {
	bool known;		/* the session is known; else no more than the
				   words tell is below */
	enum stage stage;	/* of the command that is answered */
	bool greeted;		/* the client has said something: before it,
				   only 554, 521 and 421 may be said (RFC 5321
				   section 4.3.2) */
	bool tls, login, submission;
	bool sendmail;		/* the log of Sendmail tells it */
	enum occasion_author author;
	enum occasion_name name;
};

#endif
