/* control_exceptions - the exceptions of the policy, for `saywhy status` */

#include "doors/control_exceptions.h"

#include "base/json.h"
#include "engine/ruleset.h"
#include "policy/exception.h"

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
	ruleset_drop(r);
}
