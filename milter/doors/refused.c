/* refused - the filter is shown a recipient that the MTA refuses */

#include "doors/refused.h"

#include <stdbool.h>
#include <stddef.h>

#include "base/clock.h"
#include "doors/join.h"
#include "engine.h"

/* The policy service has answered, so its thread does not hold the engine. */
#define LOCK_MS 1000

static bool
is_ours(const struct joint *j, const char *text)
{
	struct joint *service;
	struct engine *e = join_find(JOIN_POLICY, join_pid(j),
	    clock_ms() + LOCK_MS, &service);
	bool ours = e != NULL && engine_said(e, text);

	if (e != NULL)
		join_release(service);
	return ours;
}

void
refused_by_mta(const struct joint *j, struct engine *e, const char *status,
    const char *text)
{
	if (!is_ours(j, text))
		engine_refused_by_mta(e, status, text);
}
