/* counter_server_none - built without hiredis: each host counts alone */

#include "counters/counter_server.h"

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

bool
counter_server_ask(struct counter_server *s, const struct counter_question *q,
    size_t n, int64_t now, int ms, struct counter_answer *a)
{
	(void)s;
	(void)q;
	(void)n;
	(void)now;
	(void)ms;
	(void)a;
	return false;
}

bool
counter_server_shares(const struct counter_server *s,
    const struct counter_key *a, const struct counter_key *b)
{
	(void)s;
	(void)a;
	(void)b;
	return true;
}

void
counter_server_state(struct counter_server *s, struct counters_state *state)
{
	(void)s;
	(void)state;
}
