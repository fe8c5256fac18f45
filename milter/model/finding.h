/*
 * finding.h - "this is so": what a check reports
 *
 * A finding names a reason and carries evidence: key and value, raw bytes as
 * seen. What to do about it is the policy's business. A list of findings
 * belongs to one session and one thread; it owns the values.
 */
#ifndef MODEL_FINDING_H
#define MODEL_FINDING_H

#include <stdbool.h>
#include <stddef.h>

#include "model/action.h"
#include "model/stage.h"

enum evidence_key {
#define EVIDENCE(id, key) EVIDENCE_##id,
#include "model/evidence.def"
#undef EVIDENCE
	EVIDENCE_COUNT_ALL
};

struct evidence {
	enum evidence_key key;
	char *value;
};

#define FINDING_EVIDENCE_MAX 10

struct finding {
	int reason;		/* enum reason_id of words/reason.h */
	const char *check;	/* its name; lives as long as the program */
	const char *section;	/* of the check: "relay", "auth", …; or NULL */
	size_t rcpt;		/* found about the recipient of this number,
				   counted from 1; 0: about the message */
	bool identity;		/* judges who the peer is; see checks/check.h */
	/* waives the other findings of its section about the peer */
	bool waives;
	/* only the MTA says so: never more than a note */
	bool unverified;
	/* the strictest action for it; OFF: what the policy says */
	enum action max;
	/* waiting does not help: it is refused rather than deferred */
	bool final;
	/* it ends an earlier deferral for this reason: a note when the policy
	   would still defer, and then a record of its own */
	bool closes;
	bool withheld;		/* not asked for now: it says nothing */
	/* its comment is written for the sender, and so is this code with its
	   status; 0 and "": those of the reason */
	bool tells;
	int code;
	char status[12];
	enum stage issued_at;	/* not spoken before this stage */
	enum stage stage;	/* where it was found */
	struct evidence evidence[FINDING_EVIDENCE_MAX];
	size_t n;
};

struct findings {
	struct finding *v;
	size_t n, cap;
};

/* A new finding at the end; valid until the next one is added. */
struct finding *findings_add(struct findings *list, int reason,
    const char *check, enum stage stage);

/* Adds a copy of value (NULL: nothing). More than the maximum is our bug. */
void finding_say(struct finding *f, enum evidence_key key, const char *value);
void finding_say_int(struct finding *f, enum evidence_key key, long long n);

/* The value, or NULL: it says nothing of that. */
const char *finding_value(const struct finding *f, enum evidence_key key);

const char *evidence_name(enum evidence_key key);

/*
 * Forgets what a new event at `stage` makes untrue: CONNECT all, HELO all
 * but the connection's, MAIL the message's and its recipients'; the others
 * nothing, for a finding about a recipient lives as long as its message.
 */
void findings_restart(struct findings *list, enum stage stage);

/* Forgets the message's and its recipients' (RSET, end of message). */
void findings_reset(struct findings *list);
void findings_free(struct findings *list);

#endif
