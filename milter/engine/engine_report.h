/*
 * engine_report.h - a decision becomes a reply and a record, and is counted
 *
 * The second half of a step: the decision of engine.c is rendered and recorded,
 * in this order, before the MTA gets it.
 */
#ifndef ENGINE_REPORT_H
#define ENGINE_REPORT_H

#include <stdint.h>

#include "engine/engine.h"
#include "model/occasion.h"
#include "records/record.h"

struct ruleset;
struct recorder;

struct report {
	const struct ruleset *rules;
	struct recorder *recorder;
	const struct session *session;
	enum stage stage;
	int64_t began;		/* clock_us() */
	enum occasion_name name;	/* of which the reply says something */
	bool may_wait;		/* the record of a refusal is not written yet */
	bool waits;		/* … so it was */
	char id[RECORD_ID_TEXT];
	struct reply reply;	/* what is answered, or would be */
};

/*
 * Renders and records what the decision needs. Where it is taken, `out` gets
 * the reply, too. Returns the id, or NULL when nothing was worth one; it lives
 * in the report.
 */
const char *report_decision(struct report *r, const struct decision *d,
    struct reply *out);

/*
 * After the final dot: what was deferred before and was taken now gets a
 * record that says so.
 */
void report_closings(const struct report *r, const struct decision *d);

/*
 * Fills in what every record has (`record` has issuer, outcome, reason, reply),
 * and passes it to the recorder.
 */
void report_emit(struct report *r, struct record *record);

/* How a refusal of this class is called. */
enum outcome report_outcome(const struct reply *reply);

/* Frees what the report owns. */
void report_end(struct report *r);

enum count { COUNT_SESSIONS, COUNT_MESSAGES, COUNT_RECIPIENTS,
	COUNT_REJECTED, COUNT_TEMPFAILED, COUNT_OBSERVED, COUNT_QUARANTINED,
	COUNT_MARKED, COUNT_REFUSED_BY_MTA };

void engine_count(enum count what);
void engine_count_stage(enum stage stage);

#endif
