/* control_lists - the lists of the blacklist section in `saywhy status` */

#include "doors/control_lists.h"

#include "base/clock.h"
#include "base/json.h"
#include "lists/dnslist.h"
#include "lists/list.h"

static void
put_or_null(struct json *j, const char *key, const char *text)
{
	json_key(j, key);
	if (text != NULL)
		json_string(j, text);
	else
		json_null(j);
}

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
	put_or_null(j, "trouble", state->failure);
	json_object_end(j);
}

static void
put_count(struct json *j, const char *key, uint64_t n)
{
	json_key(j, key);
	json_int(j, (long long)n);
}

static void
put_dns_list(void *arg, const struct dnslist_state *state)
{
	char text[CLOCK_TEXT];
	struct json *j = arg;

	json_object(j);
	json_member(j, "list", state->name);
	json_key(j, "well");
	json_bool(j, state->disabled == NULL);
	put_or_null(j, "aside", state->disabled);
	put_or_null(j, "since", state->since.tv_sec != 0 ?
	    clock_rfc3339(&state->since, text) : NULL);
	put_count(j, "asked", state->asked);
	put_count(j, "listed", state->listed);
	put_count(j, "trouble", state->failure);
	json_object_end(j);
}

void
control_put_lists(struct json *j)
{
	json_key(j, "dns-lists");
	json_array(j);
	dnslist_each(put_dns_list, j);
	json_array_end(j);
	json_key(j, "lists");
	json_array(j);
	list_each(put_list, j);
	json_array_end(j);
}
