/*
 * scenario.h - whole sessions in plain words, with what is expected of them
 *
 * A line is a word in capitals and what follows it; # begins a comment.
 * Between blanks: \r \n \t \\ \s (a blank) and \xHH stand for the bytes.
 *
 *	CONFIG			the configuration, up to END; begins anew;
 *				none: that of the command line
 *	DNS NAME TYPE VALUE	what DNS says from here on, up to the next
 * CONFIG; the type is A AAAA MX TXT PTR CNAME, the value may be TEMPFAIL or
 * NONE too (then ANY is a
 *				type). Where no line tells of a name and type
 *				there is none, but an MX, so that senders exist
 *	CLIENT ADDRESS [KEY=VALUE]...	a connection; keys are NAME (confirmed),
 *				PTR, RESOLVE (OK FAIL FORGED TEMP), PORT, SERVER
 *				(our address), DAEMON
 *	LOCAL			mail that came in by no connection
 *	HELO NAME
 *	TLS VERSION		of the connection from here on
 *	LOGIN NAME		of the messages from here on, "-" none
 *	MAIL ADDRESS [SIZE=N] [SMTPUTF8]
 *	RCPT ADDRESS
 *	REFUSED ADDRESS STATUS TEXT	the mail server itself refuses it
 *	DATA			a message, up to a line with a dot alone
 *	RSET
 *	REPEAT N		the lines up to AGAIN so many times; in them
 *				{n} is 1, 2, ..., {n/8} and {n%8} are its
 *				quotient and remainder
 *	WAIT TIME		this much later ("6 min"), for what is counted
 *
 * What is expected of the last event:
 *
 *	EXPECT ok		nothing is refused
 *	EXPECT CODE STATUS	a refusal; "would" in front: in observe mode
 *	LINE PATTERN		the next line of the reply, as fnmatch(3)
 *	FOUND REASON...		these findings are new
 *	NOT-FOUND REASON...
 *	RECORD KEY=VALUE...	a record was written that has all of these; a
 *				member of an object is KEY.MEMBER
 *	NO-RECORD
 *	MARK PATTERN		the message gets our header field
 *	RESULTS PATTERN		it gets this Authentication-Results, unfolded;
 *				"none": it gets none
 *	HOLD			the message goes to the hold queue
 *
 * A refusal that nobody expects is a mistake of the scenario.
 */
#ifndef SCENARIO_SCENARIO_H
#define SCENARIO_SCENARIO_H

#include <stdbool.h>
#include <stddef.h>

struct diags;

enum verb {
	VERB_CONFIG, VERB_DNS, VERB_CLIENT, VERB_LOCAL, VERB_HELO, VERB_TLS,
	VERB_LOGIN, VERB_MAIL, VERB_RCPT, VERB_REFUSED, VERB_DATA, VERB_RSET,
	VERB_WAIT,
	VERB_EXPECT, VERB_LINE, VERB_FOUND, VERB_NOT_FOUND, VERB_RECORD,
	VERB_NO_RECORD, VERB_MARK, VERB_RESULTS, VERB_HOLD
};

struct statement {
	enum verb verb;
	int line;
	char **words;	/* unescaped, ends with NULL */
	size_t nwords;
	char *rest;	/* all after the verb, unescaped; CONFIG and DATA: the
			   lines up to their end */
	size_t nrest;
};

struct scenario {
	char *file;
	struct statement *v;
	size_t n, cap;
};

/*
 * Reads n bytes; false with every mistake in `d`. scenario_free() in any case.
 */
bool scenario_read(struct scenario *s, const char *file, const char *text,
    size_t n, struct diags *d);
void scenario_free(struct scenario *s);

struct engine_watcher;
struct ruleset;

/*
 * Plays it, at first with `rules` (NULL: the file must begin with CONFIG). Each
 * thing that is not as expected is an error in `d`. The watcher (may be NULL)
 * is called for every check.
 */
void scenario_play(const struct scenario *s, struct ruleset *rules,
    const struct engine_watcher *watcher, struct diags *d);

#endif
