/*
 * policy_track.h - when the policy of each host changed, as its records tell
 *
 * A record names the policy that decided (record.h). The store keeps one row
 * for each time when a host began to decide by another one. Sessions that began
 * before a change go on by the old policy for a while: its records do not bring
 * it back. What is noted in a transaction is flushed before its end; one that
 * is undone is forgotten. Zeroed is empty; one thread.
 */
#ifndef RECORDS_POLICY_TRACK_H
#define RECORDS_POLICY_TRACK_H

#include <stdbool.h>
#include <stddef.h>

struct db;
struct parsed_record;

struct policy_track {
	struct policy_host *hosts;	/* as the store has them */
	size_t nhosts, hosts_cap;
	struct policy_noted *noted;	/* and not yet flushed */
	size_t nnoted, noted_cap;
};

/* The table, alike in both stores; the step of a schema. */
#define POLICY_TRACK_TABLE "CREATE TABLE policy (host text NOT NULL, " \
	"time bigint NOT NULL, policy text NOT NULL, " \
	"PRIMARY KEY (host, time));"

void policy_track_note(struct policy_track *track,
    const struct parsed_record *t);
/* False: the database failed. */
bool policy_track_flush(struct policy_track *track, struct db *db);
/* What was noted and what was flushed of it is forgotten; frees. */
void policy_track_forget(struct policy_track *track);

#endif
