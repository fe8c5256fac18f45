/* control_replies - the MTA's own replies in `saywhy status` */

#include "doors/control_replies.h"

#include <stdint.h>

#include "base/json.h"
#include "doors/policy_service.h"
#include "doors/replymap.h"

static void
put(struct json *j, const char *key, uint64_t n)
{
	json_key(j, key);
	json_int(j, (long long)n);
}

void
control_put_replies(struct json *j)
{
	const struct replymap_counts r = replymap_counts();
	const struct policy_service_counts p = policy_service_counts();

	json_key(j, "reply-map");
	json_object(j);
	put(j, "asked", r.asked);
	put(j, "changed", r.changed);
	put(j, "own", r.own);
	put(j, "passed", r.passed);
	put(j, "unjoined", r.unjoined);
	json_object_end(j);
	json_key(j, "policy-service");
	json_object(j);
	put(j, "asked", p.asked);
	put(j, "refused", p.refused);
	put(j, "closed", p.closed);
	json_object_end(j);
}
