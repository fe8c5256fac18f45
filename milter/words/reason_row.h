/*
 * reason_row.h - what a reason of the catalogue is (reason.h has their names)
 *
 * A reason knows its accurate reply codes (RFC 5321, RFC 3463 and the
 * registry), its words, who must act and what that person should do. One row
 * each in reasons.def; the longer prose of it in prose.txt, built in at
 * compile time. Constant data: any thread, nothing to free.
 *
 * Headers include this one: it does not change when a reason is added, and so
 * those who name no reason need not be compiled again. A reason is an int here,
 * enum reason_id of reason.h.
 */
#ifndef WORDS_REASON_ROW_H
#define WORDS_REASON_ROW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/action.h"

struct buf;

/* No catalogue is larger: for arrays by reason. */
#define REASONS_MAX 256

/* Who must act so that the mail can pass. */
enum who { WHO_SENDER, WHO_SENDER_ADMIN, WHO_POSTMASTER, WHO_RECIPIENT,
	WHO_NOBODY };

struct reason_code {
	int code;		/* 0: this reason has no reply of this class */
	const char *status;	/* "5.7.23"; NULL with code 0 */
};

struct reason {
	const char *name;	/* "spf-fail": configuration, records, manual */
	struct reason_code permanent, temporary;
	enum action action;	/* default */
	enum who who;
	const char *fields;	/* evidence keys its words may use, by blanks */
	const char *what;	/* template of the first line: what happened */
	const char *remedy;	/* template of the second, for good: what
				   becomes of the message, who must do what */
	const char *later;	/* the same for a temporary refusal */
	const char *rfc;	/* the section that grounds it */
	bool proof;		/* about a proof of where the message comes
				   from; RFC 7372 section 4 joins several */
};

/* Prose of a reason; every one has all of it (a lint insists). */
struct reason_prose {
	const char *title;	/* a few words: "Relaying denied" */
	const char *plain;	/* one sentence without fields; the first line
				   where `disclose = reason` */
	const char *page;	/* for a lay reader, paragraphs */
	const char *steps;	/* what who() does, one step a line */
	const char *tune;	/* what the admin here can change */
};

/* The row; REASON_NONE and numbers out of range are our bug. */
const struct reason *reason_get(int id);
const struct reason_prose *reason_prose(int id);

/* enum reason_id by name, REASON_NONE when there is none of it. */
int reason_by_name(const char *name);

/* All names by id from 1 on, ends with NULL: for diag_nearest() and lists. */
const char *const *reason_names(void);

/* "sender", "sender-admin", "postmaster", "recipient", "nobody" */
const char *who_name(enum who who);

/* Who must act: where nobody has to, for waiting is enough, the sender has to
   send again what was refused for good. */
enum who reason_who(int id, bool final);

/*
 * Appends `steps`, the reason's in some language. Where waiting is enough the
 * first of them says so; of a refusal for good `again` (NULL: in English)
 * stands in its place.
 */
void reason_put_steps(struct buf *out, int id, bool final, const char *steps,
    const char *again);

/* Is this the catalogue_hash() of the catalogue that reason.c knows? */
bool reason_catalogue_is(uint64_t hash);

/* What a reason is about: where in Postfix's lists its words fit. */
enum about { ABOUT_ANY, ABOUT_CLIENT, ABOUT_HELO, ABOUT_SENDER, ABOUT_RCPT };
enum about reason_about(int id);

/* "client", "helo", "sender", "rcpt", "relay"; ABOUT_ANY for others. */
enum about about_by_name(const char *name, size_t n);

/* Has the reason a code of this class? OFF to QUARANTINE: always true. */
bool reason_allows(int id, enum action action);

#endif
