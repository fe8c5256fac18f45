/* counter_reply_hiredis - what answers of Valkey, Redis and sentinels say */

#include "counters/counter_reply.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <hiredis/hiredis.h>

#include "base/sock.h"
#include "counters/counters.h"

/* A time in ms, or a count, beyond which a server is not sound. */
#define NUMBER_MAX ((long long)1 << 53)

/* Times of the server become times of this host. */
static int64_t
by_our_clock(int64_t ms, int64_t ahead)
{
	return ms > 0 ? ms + ahead : ms;
}

static bool
is_sound(const redisReply *r, size_t n)
{
	size_t i;

	if (r == NULL || r->type != REDIS_REPLY_ARRAY ||
	    r->elements != 3 * n + 1)
		return false;
	for (i = 0; i < r->elements; i++)
		if (r->element[i]->type != REDIS_REPLY_INTEGER ||
		    r->element[i]->integer < -NUMBER_MAX ||
		    r->element[i]->integer > NUMBER_MAX)
			return false;
	return true;
}

bool
counter_reply_read(const redisReply *r, const size_t *of, size_t n,
    const struct counter_question *q, int64_t now, struct counter_answer *a)
{
	size_t i, at;
	int64_t v[3], ahead;
	bool has_room = true;

	if (!is_sound(r, n))
		return false;
	ahead = now - r->element[3 * n]->integer;
	for (i = 0; i < 3 * n; i++) {
		at = of[i / 3];
		v[i % 3] = r->element[i]->integer;
		if (i % 3 != 2)
			continue;
		a[at] = (struct counter_answer){ .count = v[0],
			.since = by_our_clock(v[1], ahead),
			.room = q[at].verb >= COUNTER_MEET ? v[2] :
			by_our_clock(v[2], ahead) };
		has_room &= q[at].verb != COUNTER_ADD || v[2] == 0;
	}
	for (i = 0; i < n; i++)
		a[of[i]].added = has_room;
	return true;
}

static bool
is_text(const redisReply *r)
{
	return r->type == REDIS_REPLY_STRING;
}

bool
counter_reply_master(const redisReply *r, struct sock_spec *where)
{
	const char *host;
	char *end;
	long port;

	if (r == NULL || r->type != REDIS_REPLY_ARRAY || r->elements != 2 ||
	    !is_text(r->element[0]) || !is_text(r->element[1]))
		return false;
	host = r->element[0]->str;
	port = strtol(r->element[1]->str, &end, 10);
	if (*host == '\0' || strlen(host) >= sizeof where->host ||
	    port < 1 || port > 65535 || *end != '\0')
		return false;
	*where = (struct sock_spec){ .kind = strchr(host, ':') != NULL ?
	    SOCK_KIND_INET6 : SOCK_KIND_INET };
	snprintf(where->host, sizeof where->host, "%s", host);
	where->port = (int)port;
	return true;
}
