/* counter_server_none - built without hiredis: each host counts alone */

#include "counters/counter_server.h"

#include <string.h>

#include "base/buf.h"

bool
counter_server_built(void)
{
	return false;
}

struct counter_server *
counter_server_start(const struct counters_options *o, struct buf *errmsg)
{
	(void)o;
	buf_puts(errmsg, "counters: configure did not find hiredis");
	return NULL;
}

void
counter_server_stop(struct counter_server *s)
{
	(void)s;
}

void
counter_server_ask(struct counter_server *s, const struct counter_question *q,
    size_t n, int64_t now, int ms, struct counter_answer *a, bool *answered)
{
	(void)s;
	(void)q;
	(void)now;
	(void)ms;
	(void)a;
	memset(answered, 0, n * sizeof *answered);
}

void
counter_server_state(struct counter_server *s, struct counters_state *state)
{
	(void)s;
	(void)state;
}
