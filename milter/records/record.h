/*
 * record.h - one decision, written down
 *
 * A record is a view: it borrows everything and lives while it is written.
 * record_write() makes the JSON line of doc/record.schema.json; the fields and
 * their meaning are a contract with the readers of the files (NEWS).
 */
#ifndef RECORDS_RECORD_H
#define RECORDS_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "model/session.h"
#include "policy/policy.h"
#include "words/reply.h"

struct buf;

#define RECORD_VERSION 1

/*
 * Twelve characters of Crockford base32: the hour, 50 random bits. With a
 * host-number two more, which name the host; and NUL.
 */
#define RECORD_ID_TEXT 15
#define RECORD_HOSTS 1024

enum issuer { ISSUER_SAYWHY, ISSUER_MTA, ISSUER_MILTER, ISSUER_REMOTE };
enum outcome { OUTCOME_REJECT, OUTCOME_TEMPFAIL, OUTCOME_OBSERVED,
	OUTCOME_QUARANTINE, OUTCOME_BOUNCED, OUTCOME_DEFERRED,
	OUTCOME_DISCARDED, OUTCOME_ON_HOLD, OUTCOME_TAKEN };
#define ISSUER_COUNT (ISSUER_REMOTE + 1)
#define OUTCOME_COUNT (OUTCOME_TAKEN + 1)
enum privacy { PRIVACY_FULL, PRIVACY_REMOVED, PRIVACY_HASHED };

extern const char *const issuer_names[];
extern const char *const outcome_names[];
extern const char *const privacy_names[];

/* It was given up, and nobody tries again. */
bool outcome_is_final(enum outcome outcome);

struct record {
	struct timespec time;
	char id[RECORD_ID_TEXT];
	enum issuer issuer;
	enum outcome outcome;
	enum stage stage;
	const char *host;		/* our name */
	const char *software;		/* of the issuer, NULL: not known */
	bool submission;
	bool outgoing;			/* our mail, refused by others */
	/* read from the log, not seen in a session */
	bool from_log;
	int reason;			/* REASON_NONE: not recognised */
	enum mode mode;
	const struct session *session;
	const struct decision *decision;	/* NULL: not ours */
	const struct reply *reply;	/* code 0: the MTA does not say */
	const struct reply *was;	/* before we rewrote it, or NULL */
	const char *policy;		/* fingerprint, or NULL */
	bool unjoined;			/* the session is not known */
	int64_t us;			/* our own time since the stage began */
};

/*
 * The id of what a log says, the same whenever it is read: n bytes of line,
 * and which of several alike it is.
 */
void record_id_of(const char *line, size_t n, unsigned which,
    char id[RECORD_ID_TEXT]);

/* A fresh id from the system's random source (getrandom(2)). */
void record_id(char id[RECORD_ID_TEXT]);

/*
 * Ids of this process name host `number` from now on, 1 to RECORD_HOSTS; 0: no
 * host. Any thread.
 */
void record_id_host(long long number);

/* The host that the id names, 1 to RECORD_HOSTS; 0: none. */
int record_id_host_of(const char *id);

/*
 * When record_id() gave this id: the beginning of the last such hour that is
 * not after `now` (both ms since 1970). It comes again after 1,024 hours, and
 * an id of record_id_of() says nothing: a guess, where to look first.
 */
int64_t record_id_hour(const char *id, int64_t now);

/*
 * An id as people write it: any case, O for 0, I and L for 1, blanks and
 * hyphens in between. n bytes; false: it is none.
 */
bool record_id_read(const char *text, size_t n, char id[RECORD_ID_TEXT]);

/*
 * The id in a text: alone, or after "/why/" or as a word of twelve letters and
 * digits of which one is a digit, or of fourteen with both. n bytes of
 * anything.
 */
bool record_id_find(const char *text, size_t n, char id[RECORD_ID_TEXT]);

/*
 * Did record_id() of this process give the first twelve characters lately? Some
 * ten thousand ids are remembered. Any thread.
 */
bool record_id_is_recent(const char *id);

struct record_options;

/* Appends the JSON object, without newline. */
void record_json(const struct record *r, const struct record_options *opt,
    struct buf *out);

/* Appends the short key=value form for syslog, one line. */
void record_brief(const struct record *r, const struct record_options *opt,
    struct buf *out);

/* Appends the fields of an entry of the journal (base/journal_entry.h). */
void record_fields(const struct record *r, const struct record_options *opt,
    struct buf *out);

/* "in", "out" or "submission". */
const char *record_direction(const struct record *r);

#endif
