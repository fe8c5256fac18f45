/* dns_client - the client's address in lists in DNS */

#include "checks/dns_client.h"

static bool
is_in(const struct ip *ip, const char *const *nets)
{
	struct net net;

	for (; *nets != NULL; nets++)
		if (net_parse(*nets, &net, NULL) && net_has(&net, ip))
			return true;
	return false;
}

static bool
is_public(const struct ip *ip)
{
	static const char *const nets[] = { "127.0.0.0/8", "10.0.0.0/8",
		"172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16",
		"100.64.0.0/10", "::1", "fc00::/7", "fe80::/10", NULL };

	return ip->known && !is_in(ip, nets);
}

bool
dns_client_ask(struct dnsbl_query *round, const struct check_ctx *ctx)
{
	const struct dns_blocks *o = ctx->options;
	size_t i;

	if (!is_public(&ctx->session->client) || !dnsbl_query_wanted(ctx))
		return false;
	if (ctx->stage == STAGE_CONNECT) {
		for (i = 0; i < o->blocks.n; i++)
			dnsbl_query_prefetch(ctx, o->blocks.v[i], NULL);
		return false;
	}
	dnsbl_query_begin(round, ctx);
	for (i = 0; i < o->blocks.n; i++)
		dnsbl_query_add(round, o->blocks.v[i], NULL);
	return true;
}
