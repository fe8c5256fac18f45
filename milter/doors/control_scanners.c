/* control_scanners - the scanners, for `saywhy status` */

#include "doors/control_scanners.h"

#include "base/json.h"
#include "scanners/scanner.h"

static void
put_server(void *arg, const struct scanner_health *h)
{
	struct json *j = arg;

	json_object(j);
	json_member(j, "kind", h->kind);
	json_member(j, "server", h->server);
	json_member(j, "state", h->up ? "up" : "down");
	json_key(j, "scans");
	json_int(j, (long long)h->scans);
	json_key(j, "troubles");
	json_int(j, (long long)h->failures);
	json_key(j, "trouble");
	json_string(j, h->failure);
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
