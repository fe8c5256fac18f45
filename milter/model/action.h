/*
 * action.h - what can be done about a finding, from mildest to strictest
 */
#ifndef MODEL_ACTION_H
#define MODEL_ACTION_H

#include <stdbool.h>

enum action {
	ACTION_OFF,		/* as if it had not been found */
	ACTION_NOTE,		/* listed in the record of another finding */
	/* How long may a line be that must be seen as a whole? */
	ACTION_MARK,
	ACTION_QUARANTINE,	/* the MTA's hold queue */
	ACTION_TEMPFAIL,	/* a 4yz reply */
	ACTION_REJECT		/* a 5yz reply */
};
#define ACTION_COUNT 6

/* The words of configuration and records, by enum value; ends with NULL. */
extern const char *const action_names[];

const char *action_name(enum action action);

/* TEMPFAIL or REJECT: the sender gets a reply. */
bool action_refuses(enum action action);

#endif
