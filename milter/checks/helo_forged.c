/* helo_forged - a stranger says HELO with our own name or address */

#include <string.h>
#include <strings.h>

#include "base/net.h"
#include "checks/check.h"
#include "model/mailbox.h"
#include "words/reason.h"

/* A process of this machine may use our own name. */
static bool
is_ourselves(const struct session *s)
{
	struct net loopback[2];
	size_t i;

	net_parse("127.0.0.0/8", &loopback[0], NULL);
	net_parse("::1", &loopback[1], NULL);
	for (i = 0; i < 2; i++)
		if (net_has(&loopback[i], &s->client))
			return true;
	return ip_equal(&s->client, &s->server);
}

static bool
is_name(const char *helo, const char *name)
{
	size_t n = strlen(helo);

	if (n > 0 && helo[n - 1] == '.')
		n--;
	return name != NULL && strlen(name) == n &&
	    strncasecmp(helo, name, n) == 0;
}

static bool
is_our_address(const char *helo, const struct ip *server)
{
	struct ip ip;

	return (mailbox_literal(helo, &ip) || ip_parse(helo, &ip)) &&
	    ip_equal(&ip, server);
}

static void
run(const struct check_ctx *ctx, struct findings *found)
{
	const struct session *s = ctx->session;
	bool forged;

	if (s->helo == NULL)
		return;
	forged = is_name(s->helo, ctx->site->name) ||
	    is_name(s->helo, s->server_name) ||
	    is_our_address(s->helo, &s->server);
	if (forged && !is_ourselves(s))
		finding_say(check_found(ctx, found, REASON_HELO_FORGED),
		    EVIDENCE_ENTRY, s->helo);
}

static const int reasons[] = { REASON_HELO_FORGED, REASON_NONE };

const struct check check_helo_forged = {
	.name = "helo_forged",
	.section = "auth",
	.stages = STAGE_BIT(STAGE_HELO),
	.issued_at = STAGE_RCPT,
	.identity = true,
	.reasons = reasons,
	.run = run
};
