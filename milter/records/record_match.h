/*
 * record_match.h - which refusals of a log are recorded already
 */
#ifndef RECORDS_RECORD_MATCH_H
#define RECORDS_RECORD_MATCH_H

#include <stdbool.h>
#include <stdint.h>

struct ip;
struct record_matcher;

struct match_event {
	const char *id;
	int64_t time;			/* ms since 1970, of whole seconds */
	const struct ip *client;
	const char *recipient;		/* NULL: not known */
	const char *reply;
};

/* path NULL, or no store there yet: nothing is known. */
struct record_matcher *record_match_open(const char *path);
void record_match_close(struct record_matcher *j);	/* NULL: nothing */

/* A record of that id. */
bool record_match_has(struct record_matcher *j, const char *id);

/*
 * A record of a session that is this event: the reply names its id, or client
 * and recipient are the same and so is the time within some seconds. Each
 * record is found once.
 */
bool record_match_find(struct record_matcher *j, const struct match_event *e);

/* This mail came in: what was refused of it before is marked in the store. */
void record_match_came(struct record_matcher *j, const char *sender,
    const char *recipient, int64_t time);

#endif
