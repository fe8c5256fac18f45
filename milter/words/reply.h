/*
 * reply.h - a reason becomes the words a sender reads
 *
 * reply_render() is the only maker of reply text. What it makes is valid by
 * construction: the code's class is that of the action, the status begins
 * with the same digit, the text is ASCII 32 to 126, never empty, the first
 * line at most 280 bytes (so that Sendmail's "<address>... " fits), the others
 * at most 480 (RFC 5321 section 4.5.3.1.5 less code, status and CR LF), at
 * most REPLY_LINES of them. `%` is plain here; a door doubles it.
 */
#ifndef WORDS_REPLY_H
#define WORDS_REPLY_H

#include <stdbool.h>
#include <stddef.h>

#include "model/action.h"
#include "words/reason_row.h"

struct buf;
struct finding;
struct session;
struct site;

#define REPLY_LINES 6
#define REPLY_FIRST_MAX 280
#define REPLY_LINE_MAX 480

/* Lines that a reply of somebody else may have; libmilter allows 32. */
#define REPLY_LINES_READ 48

/* Owns its lines; zeroed is "no reply". */
struct reply {
	int code;		/* 0: none */
	char status[12];
	char *lines[REPLY_LINES_READ];
	size_t n;
};

/* How much of the evidence a reply discloses. */
enum disclose { DISCLOSE_FULL, DISCLOSE_REASON, DISCLOSE_NOTHING };
extern const char *const disclose_names[];

/* What to say for a reason: its row, with what the admin changed. */
struct wording {
	int reason;
	struct reason_code permanent, temporary;	/* code 0: the row's */
	const char *text;	/* NULL: the row's first line */
	const char *remedy;	/* NULL: the row's second line */
	enum disclose disclose;
};

/* Where the fields come from; all but `id` and `site` may be NULL. */
struct reply_facts {
	const struct session *session;
	const struct finding *finding;
	const struct site *site;
	const char *id;
	bool question;	/* it answers a command that sends no message: VRFY,
			   ETRN, XCLIENT */
	bool others_say;	/* our lines follow words of others that name
				   a way, or somebody to ask */
};

/*
 * Fills `reply` (cleared first). `action` is TEMPFAIL or REJECT, and the
 * reason must have a code of that class; anything else is our bug, for the
 * configuration refuses it.
 */
void reply_render(struct reply *reply, const struct wording *wording,
    enum action action, const struct reply_facts *facts);

/*
 * Adds our three lines to a reply whose code is somebody else's business; a
 * line that needs a field which is not known gives way to one without fields.
 * `from` 1 leaves the first line out, 2 the second too.
 */
void reply_put_words(struct reply *reply, const struct wording *wording,
    enum action action, const struct reply_facts *facts, int from);

/*
 * Appends the words of a row as the manual shows them: each field by its name,
 * of what is optional that which is said most.
 */
void reply_show(const char *template, struct buf *out);

void reply_clear(struct reply *reply);

/* `to` is cleared first and owns its copies. */
void reply_copy(struct reply *to, const struct reply *from);

/*
 * Parses what an MTA passes on of a reply of its own: the status apart (NULL:
 * not known) and the text, which may begin with code and status (Sendmail) or
 * have lost both (Postfix). What is not known stays 0 or "": nothing is
 * invented. The text is kept raw, as one line.
 */
void reply_read(struct reply *reply, const char *status, const char *text);

/*
 * Takes a whole reply as it goes over the wire, n bytes without the last CR LF:
 * "550-5.7.1 a\r\n550 5.7.1 b". The status is kept apart where every line has
 * the same. False, and `reply` empty: it is no refusal, its lines have more
 * than one code, or it has NUL or too many lines.
 */
bool reply_parse(struct reply *reply, const char *text, size_t n);

/* Appends it in that form; the inverse of reply_parse(). */
void reply_put_wire(const struct reply *reply, struct buf *out);

/* "550 5.7.1 a / b": one line, for people and logs. */
void reply_print(const struct reply *reply, struct buf *out);

/* Says the status more than that something is not allowed or went wrong? */
bool reply_status_tells(const char *status);

/*
 * May an admin set this code, this status, and both together? False with words
 * in errmsg. Codes 4yz and 5yz whose second digit is 0 to 5, without 421 and
 * 521 (both close the session); status as RFC 3463 section 2.
 */
bool reply_code_check(long long code, struct buf *errmsg);
bool reply_status_check(const char *status, struct buf *errmsg);

/* Bytes of such a status that begins the text, up to a blank or its end; 0. */
size_t reply_status_length(const char *text);

#endif
