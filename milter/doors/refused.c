/* refused - the filter is shown a recipient that the MTA refuses */

#include "doors/refused.h"

#include <stdbool.h>
#include <stddef.h>

#include "base/clock.h"
#include "doors/session_registry.h"
#include "engine/engine.h"

/* The policy service has answered, so its thread does not hold the engine. */
#define LOCK_MS 1000

/* What the filter is shown. */
struct shown {
	const struct session *session;
	const char *text;
};

static bool
matches(const struct engine *e, const void *arg)
{
	const struct shown *s = arg;

	return engine_issued_to(e, s->session, s->text);
}

static bool
is_ours(const struct registered *j, const struct shown *s)
{
	struct registered *service = NULL;
	struct engine *e;
	bool ours;

	if (registry_pid(j) != 0)
		e = registry_find(REGISTRY_POLICY, registry_pid(j),
		    clock_ms() + LOCK_MS, &service);
	else
		e = registry_find_by_words(registry_socket(j), matches, s,
		    &service);
	ours = e != NULL && engine_issued(e, s->text);
	if (e != NULL)
		registry_release(service);
	return ours;
}

void
refused_by_mta(const struct registered *j, struct engine *e, const char *status,
    const char *text)
{
	const struct shown s = { .session = engine_session(e), .text = text };

	if (is_ours(j, &s))
		engine_note_refused(e);
	else
		engine_refused_by_mta(e, status, text);
}
