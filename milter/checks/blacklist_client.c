/* blacklist_client - blacklist { clients }: addresses and confirmed names */

#include <string.h>

#include "base/buf.h"
#include "base/net.h"
#include "checks/blacklist.h"
#include "words/reason.h"

struct options {
	struct clients {
		struct netset nets;
		struct mailset names;
	} clients;
};

static bool
parse_client(void *base, void *slot, const char *value, struct buf *errmsg)
{
	struct clients *clients = slot;
	struct net net;

	(void)base;
	if (!net_is_meant(value) && !net_parse(value, &net, NULL))
		return mailset_add_host(&clients->names, value, errmsg);
	if (!net_parse(value, &net, errmsg))
		return false;
	netset_add(&clients->nets, &net);
	return true;
}

static void
free_clients(void *slot)
{
	struct clients *clients = slot;

	netset_free(&clients->nets);
	mailset_clear(&clients->names);
}

static const struct option options[] = {
	{ .name = "clients", .type = OPTION_LIST,
	    .offset = offsetof(struct options, clients),
	    .parse = parse_client, .free = free_clients,
	    .help = "networks and confirmed host names that are refused" },
	{ .name = NULL }
};

static bool
active(const void *opt, const struct site *site)
{
	const struct options *o = opt;

	(void)site;
	return o->clients.nets.n > 0 || !mailset_is_empty(&o->clients.names);
}

static void
run(const struct check_ctx *ctx, struct findings *found)
{
	const struct options *o = ctx->options;
	const struct session *s = ctx->session;
	const struct net *net = netset_find(&o->clients.nets, &s->client);
	char text[NET_TEXT];
	const char *entry;

	entry = net != NULL ? net_format(net, text) :
	    mailset_find_name(&o->clients.names, s->client_name);
	blacklist_found(ctx, found, REASON_CLIENT_DENIED, entry);
}

static const int reasons[] = { REASON_CLIENT_DENIED, REASON_NONE };

const struct check check_blacklist_client = {
	.name = "blacklist_client",
	.section = "blacklist",
	.stages = STAGE_BIT(STAGE_CONNECT),
	.issued_at = STAGE_RCPT,
	.identity = true,
	.reasons = reasons,
	.options = options,
	.options_size = sizeof(struct options),
	.active = active,
	.run = run
};
