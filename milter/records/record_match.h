/*
 * record_match.h - which refusals of a log are recorded already
 */
#ifndef RECORDS_RECORD_MATCH_H
#define RECORDS_RECORD_MATCH_H

#include <stdbool.h>
#include <stdint.h>

struct match_event;
struct record_matcher;

/*
 * path NULL, or no store there yet: nothing is known. Where the store is on a
 * server, the record file `file` is read into memory, the last hours of it: a
 * log is read on, and nothing recorded twice, while the server is away.
 */
struct record_matcher *record_match_open(const char *path, const char *file);
void record_match_close(struct record_matcher *j);	/* NULL: nothing */

/* A record of that id. */
bool record_match_has(struct record_matcher *j, const char *id);

/*
 * A record of a session that is this event: the words name its id, or client
 * and words (or what they mean) are the same, and so is the time within some
 * seconds; and whatever else both tell is the same, too: sender, recipient,
 * queue id, the code but for its class. Each record is found once; an event
 * found before may turn out to be another record of those that it may be, so
 * that it does not matter which event is read first.
 */
bool record_match_find(struct record_matcher *j, const struct match_event *e);

/*
 * This mail came in: what was refused of it before is marked in the store, but
 * not in one on a server, which we do not wait for.
 */
void record_match_came(struct record_matcher *j, const char *sender,
    const char *recipient, int64_t time);

#endif
