/* action - what can be done about a finding, from mildest to strictest */

#include "model/action.h"

#include <stddef.h>

const char *const action_names[] = {
	[ACTION_OFF] = "off",
	[ACTION_NOTE] = "note",
	[ACTION_MARK] = "mark",
	[ACTION_QUARANTINE] = "quarantine",
	[ACTION_TEMPFAIL] = "tempfail",
	[ACTION_REJECT] = "reject",
	[ACTION_COUNT] = NULL
};

const char *
action_name(enum action action)
{
	return action_names[action];
}

bool
action_refuses(enum action action)
{
	return action == ACTION_TEMPFAIL || action == ACTION_REJECT;
}
