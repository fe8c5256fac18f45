/* control_lists - members of `saywhy status` that are lists or counts */

#include "doors/control_lists.h"

#include "base/buf.h"
#include "base/clock.h"
#include "base/json.h"
#include "doors/policy_service.h"
#include "doors/replymap.h"
#include "engine/ruleset.h"
#include "lists/dnslist.h"
#include "lists/list.h"
#include "lists/list_source.h"
#include "policy/exception.h"
#include "records/post.h"
#include "records/post_state.h"
#include "scanners/scanner.h"

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
	if (c->uncounted)
		json_null(j);
	else
		json_int(j, (long long)(c->nets + c->names + c->patterns) +
		    c->any);
	json_member(j, "loaded", clock_rfc3339(&state->loaded, text));
	put_or_null(j, "failure", state->failure);
	put_or_null(j, "trouble", state->failure);	/* its old name */
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
	json_key(j, "healthy");
	json_bool(j, state->disabled == NULL);
	put_or_null(j, "disabled", state->disabled);
	put_or_null(j, "since", state->since.tv_sec != 0 ?
	    clock_rfc3339(&state->since, text) : NULL);
	put_count(j, "queries", state->queries);
	put_count(j, "listed", state->listed);
	put_count(j, "failures", state->failure);
	/* The old names of these. */
	json_key(j, "well");
	json_bool(j, state->disabled == NULL);
	put_or_null(j, "aside", state->disabled);
	put_count(j, "asked", state->queries);
	put_count(j, "trouble", state->failure);
	json_object_end(j);
}

static void
put_time_or_null(struct json *j, const char *key, int64_t seconds)
{
	const struct timespec at = { .tv_sec = (time_t)seconds };
	char text[CLOCK_TEXT];

	put_or_null(j, key, seconds > 0 ? clock_rfc3339(&at, text) : NULL);
}

/* As the visits of saywhy list fetch left it. */
static void
put_source(struct json *j, const struct list_source *src)
{
	struct buf words = BUF_INIT;
	struct list_source_state state;
	bool good;

	list_source_state_load(&state, src);
	good = !list_source_complaint(src, &state, clock_epoch_ms() / 1000,
	    &words);
	json_object(j);
	json_member(j, "source", src->item.title);
	json_member(j, "list", src->file);
	json_key(j, "healthy");
	json_bool(j, good);
	put_time_or_null(j, "checked", state.checked);
	put_time_or_null(j, "taken", state.taken);
	put_time_or_null(j, "signed", state.made);
	put_or_null(j, "failure", good ? NULL : words.data);
	json_object_end(j);
	list_source_state_free(&state);
	buf_free(&words);
}

static void
put_sources(struct json *j)
{
	struct ruleset *r = ruleset_current();
	size_t i;

	json_key(j, "list-sources");
	json_array(j);
	for (i = 0; i < r->lists.blocks.n; i++)
		put_source(j, r->lists.blocks.v[i]);
	json_array_end(j);
	ruleset_release(r);
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
	put_sources(j);
}

static void
put_server(void *arg, const struct scanner_health *h)
{
	struct json *j = arg;

	json_object(j);
	json_member(j, "kind", h->kind);
	json_member(j, "server", h->server);
	json_member(j, "state", h->up ? "up" : "down");
	put_count(j, "scans", h->scans);
	put_count(j, "failures", h->failures);
	put_or_null(j, "failure", h->failure);
	put_count(j, "troubles", h->failures);	/* the old names */
	put_or_null(j, "trouble", h->failure);
	json_object_end(j);
}

void
control_put_scanners(struct json *j)
{
	json_key(j, "scanners");
	json_array(j);
	scanner_each(put_server, j);
	json_array_end(j);
}

void
control_put_replies(struct json *j)
{
	const struct replymap_counts r = replymap_counts();
	const struct policy_service_counts p = policy_service_counts();

	json_key(j, "reply-map");
	json_object(j);
	put_count(j, "queries", r.queries);
	put_count(j, "asked", r.queries);	/* its old name */
	put_count(j, "changed", r.changed);
	put_count(j, "own", r.own);
	put_count(j, "passed", r.passed);
	put_count(j, "unjoined", r.unjoined);
	json_object_end(j);
	json_key(j, "policy-service");
	json_object(j);
	put_count(j, "queries", p.queries);
	put_count(j, "asked", p.queries);	/* its old name */
	put_count(j, "refused", p.refused);
	put_count(j, "dropped", p.dropped);
	put_count(j, "closed", p.dropped);	/* its old name */
	json_object_end(j);
}

static void
put_ship(struct json *j, const struct post_options *opt, const char *file)
{
	struct buf words = BUF_INIT;
	struct post_state s;
	bool bad;

	post_state_load(&s, opt, file);
	bad = post_state_complaint(&s, opt, &words);
	json_object(j);
	json_member(j, "ship", opt->item.title);
	json_member(j, "state", post_work_names[s.work]);
	put_count(j, "taken", s.last.taken);
	put_count(j, "refused", s.last.refused);
	put_count(j, "bad", s.last.bad);
	put_count(j, "behind", (uint64_t)s.behind);
	put_count(j, "lag", (uint64_t)s.lag / 1000);
	put_or_null(j, "failure", bad ? words.data : NULL);
	json_object_end(j);
	buf_free(&words);
}

void
control_put_ships(struct json *j)
{
	struct ruleset *r = ruleset_current();
	size_t i;

	json_key(j, "ships");
	json_array(j);
	for (i = 0; i < r->posts.blocks.n; i++)
		put_ship(j, r->posts.blocks.v[i], r->records.file);
	json_array_end(j);
	ruleset_release(r);
}

void
control_put_exceptions(struct json *j)
{
	struct ruleset *r = ruleset_current();
	const struct exception *e;
	size_t i;

	json_key(j, "exceptions");
	json_array(j);
	for (i = 0; i < r->policy.exceptions.n; i++) {
		e = r->policy.exceptions.v[i];
		json_object(j);
		json_member(j, "exception", e->item.title);
		json_key(j, "matched");
		json_int(j, (long long)e->matched);
		json_object_end(j);
	}
	json_array_end(j);
	ruleset_release(r);
}
