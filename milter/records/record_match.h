/*
 * record_match.h - which refusals of a log are recorded already
 */
#ifndef RECORDS_RECORD_MATCH_H
#define RECORDS_RECORD_MATCH_H

#include <stdbool.h>
#include <stdint.h>

struct ip;
struct join_records;

struct join_event {
	const char *id;
	int64_t time;			/* ms since 1970, of whole seconds */
	const struct ip *client;
	const char *recipient;		/* NULL: not told */
	const char *reply;
};

/* path NULL, or no store there yet: nothing is known. */
struct join_records *join_records_open(const char *path);
void join_records_close(struct join_records *j);	/* NULL: nothing */

/* A record of that id. */
bool join_records_has(struct join_records *j, const char *id);

/*
 * A record of a session that is this event: the reply names its id, or client
 * and recipient are the same and so is the time within some seconds. Each
 * record is found once.
 */
bool join_records_find(struct join_records *j, const struct join_event *e);

/* This mail came in: what was refused of it before is marked in the store. */
void join_records_came(struct join_records *j, const char *sender,
    const char *recipient, int64_t time);

#endif
