/*
 * match_event.h - a refusal of the log, and which record it is
 */
#ifndef RECORDS_MATCH_EVENT_H
#define RECORDS_MATCH_EVENT_H

#include <stdbool.h>
#include <stdint.h>

struct ip;
struct parsed_record;

/*
 * What the log says of a refusal. `words` are those of the reply, without its
 * code and status, where they are logged; else `reason` (NULL: not known) is
 * what the line means. NULL or "": not known.
 */
struct match_event {
	const char *id;
	int64_t time;			/* ms since 1970, of whole seconds */
	const struct ip *client;
	const char *sender, *recipient, *queue_id;
	const char *words;
	int code;			/* of the reply; 0: not known */
	const char *reason, *stage;
	bool on_hold;			/* no reply: the message is held */
	bool greeting;			/* a filter refuses the connection, and
					   the MTA greets in words of its own */
};

/*
 * The words are the same (or what they mean), and so is whatever else both
 * tell: sender, recipient, queue id, the code but for its class. Client and
 * time are looked at elsewhere.
 */
bool match_event_is(const struct match_event *e,
    const struct parsed_record *t);

#endif
