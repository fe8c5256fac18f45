/* policy_track - when the policy of each host changed, as its records tell */

#include "records/policy_track.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "config/settings.h"
#include "records/db.h"
#include "records/record_read.h"

/* A session of before the change may last so long. */
#define LINGER_MS ((int64_t)15 * 60000)

#define POLICY_TEXT SETTINGS_FINGERPRINT

struct policy_host {
	char *name;
	char now[POLICY_TEXT], before[POLICY_TEXT];	/* "": none yet */
	int64_t since;		/* of `now` */
};

struct policy_noted {
	char *host;
	char policy[POLICY_TEXT];
	int64_t time;
};

/* Alike in a row count once, so that a batch notes next to nothing. */
void
policy_track_note(struct policy_track *track, const struct parsed_record *t)
{
	const char *host = parsed_text(t, "host");
	const char *policy = parsed_text(t, "policy");
	struct policy_noted *last = track->nnoted > 0 ?
	    &track->noted[track->nnoted - 1] : NULL;

	if (host == NULL || policy == NULL ||
	    strlen(policy) != POLICY_TEXT - 1)
		return;
	if (last != NULL && strcmp(last->policy, policy) == 0 &&
	    strcmp(last->host, host) == 0)
		return;
	track->noted = mem_room(track->noted, track->nnoted,
	    &track->noted_cap, sizeof *track->noted);
	last = &track->noted[track->nnoted++];
	last->host = mem_dup(host);
	memcpy(last->policy, policy, POLICY_TEXT);
	last->time = parsed_time(t);
}

/* The last two of this host, as the store has them. */
static bool
load(struct policy_host *h, struct db *db)
{
	struct query *q = db_query(db, "SELECT policy, time FROM policy "
	    "WHERE host = ? ORDER BY time DESC LIMIT 2");
	enum db_answer answer = DB_FAILED;
	const char *policy;
	int row = 0;

	if (q != NULL)
		query_text(q, h->name);
	while (q != NULL && (answer = query_step(q)) == DB_ROW) {
		policy = query_column(q, 0);
		if (strlen(policy) < POLICY_TEXT)
			strcpy(row == 0 ? h->now : h->before, policy);
		if (row++ == 0)
			h->since = query_column_int(q, 1);
	}
	query_free(q);
	return answer == DB_DONE;
}

/* NULL: the database failed. */
static struct policy_host *
host_of(struct policy_track *track, struct db *db, const char *name)
{
	struct policy_host *h;

	for (h = track->hosts; h < track->hosts + track->nhosts; h++)
		if (strcmp(h->name, name) == 0)
			return h;
	track->hosts = mem_room(track->hosts, track->nhosts,
	    &track->hosts_cap, sizeof *track->hosts);
	h = &track->hosts[track->nhosts++];
	memset(h, 0, sizeof *h);
	h->name = mem_dup(name);
	return load(h, db) ? h : NULL;
}

static bool
is_change(const struct policy_host *h, const struct policy_noted *p)
{
	if (strcmp(h->now, p->policy) == 0 || p->time <= h->since)
		return false;
	return strcmp(h->before, p->policy) != 0 ||
	    p->time >= h->since + LINGER_MS;
}

static bool
keep(struct policy_host *h, const struct policy_noted *p, struct db *db)
{
	struct query *q = db_query(db, "INSERT INTO policy (host, time, "
	    "policy) VALUES (?, ?, ?) ON CONFLICT DO NOTHING");
	bool good = q != NULL;

	if (good) {
		query_text(q, p->host);
		query_int(q, p->time);
		query_text(q, p->policy);
		good = query_step(q) == DB_DONE;
	}
	query_free(q);
	memcpy(h->before, h->now, POLICY_TEXT);
	memcpy(h->now, p->policy, POLICY_TEXT);
	h->since = p->time;
	return good;
}

static void
clear_noted(struct policy_track *track)
{
	while (track->nnoted > 0)
		free(track->noted[--track->nnoted].host);
}

bool
policy_track_flush(struct policy_track *track, struct db *db)
{
	struct policy_host *h;
	bool good = true;
	size_t i;

	for (i = 0; good && i < track->nnoted; i++) {
		h = host_of(track, db, track->noted[i].host);
		good = h != NULL && (!is_change(h, &track->noted[i]) ||
		    keep(h, &track->noted[i], db));
	}
	clear_noted(track);
	return good;
}

void
policy_track_forget(struct policy_track *track)
{
	clear_noted(track);
	while (track->nhosts > 0)
		free(track->hosts[--track->nhosts].name);
	free(track->noted);
	free(track->hosts);
	memset(track, 0, sizeof *track);
}
