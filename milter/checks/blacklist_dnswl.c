/* blacklist_dnswl - blacklist { dnswl }: DNS lists of those let pass */

#include "checks/dns_client.h"
#include "words/reason.h"

static const struct option options[] = {
	{ .name = "dnswl", .type = OPTION_GROUP,
	    .offset = offsetof(struct dns_blocks, blocks),
	    .rows = dns_block_dnswl_rows, .item_size = sizeof(struct dns_block),
	    .finish = dns_block_finish,
	    .help = "a list in DNS of addresses that no blacklist refuses" },
	{ .name = NULL }
};

static void
run(const struct check_ctx *ctx, struct findings *found)
{
	struct dnsbl_query query;

	if (dns_client_ask(&query, ctx))
		dnsbl_query_end_allow(&query, found);
}

static const int reasons[] = { REASON_ALLOW_LISTED, REASON_DNSBL_UNAVAILABLE,
	REASON_NONE };

const struct check check_blacklist_dnswl = {
	.name = "blacklist_dnswl",
	.section = "blacklist",
	.stages = STAGE_BIT(STAGE_CONNECT) | STAGE_BIT(STAGE_RCPT),
	.issued_at = STAGE_RCPT,
	.identity = true,
	.reasons = reasons,
	.options = options,
	.options_size = sizeof(struct dns_blocks),
	.ready = dns_blocks_ready,
	.active = dns_blocks_active,
	.run = run
};
