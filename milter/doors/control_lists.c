/* control_lists - the lists of the blacklist section in `saywhy status` */

#include "doors/control_lists.h"

#include "base/clock.h"
#include "base/json.h"
#include "services/list.h"

static void
put_list(void *arg, const struct list_state *state)
{
	const struct list_counts *c = &state->counts;
	char text[CLOCK_TEXT];
	struct json *j = arg;

	json_object(j);
	json_member(j, "list", state->name);
	json_key(j, "entries");
	if (c->untold)
		json_null(j);
	else
		json_int(j, (long long)(c->nets + c->names + c->patterns) +
		    c->any);
	json_member(j, "loaded", clock_rfc3339(&state->loaded, text));
	json_key(j, "trouble");
	if (state->trouble != NULL)
		json_string(j, state->trouble);
	else
		json_null(j);
	json_object_end(j);
}

void
control_put_lists(struct json *j)
{
	json_key(j, "lists");
	json_array(j);
	list_each(put_list, j);
	json_array_end(j);
}
