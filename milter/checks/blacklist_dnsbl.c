/* blacklist_dnsbl - blacklist { dnsbl }: the client's address in DNS lists */

#include "checks/dns_client.h"
#include "words/reason.h"

static const struct option options[] = {
	{ .name = "dnsbl", .type = OPTION_GROUP,
	    .offset = offsetof(struct dns_blocks, blocks),
	    .rows = dns_block_dnsbl_rows, .item_size = sizeof(struct dns_block),
	    .finish = dns_block_finish,
	    .help = "a list of addresses in DNS that are refused" },
	{ .name = NULL }
};

/* By the words of the row `reason`. */
static const int by_word[] = { REASON_DNSBL_LISTED, REASON_CLIENT_DENIED };

static void
run(const struct check_ctx *ctx, struct findings *found)
{
	struct dnsbl_query query;

	if (dns_client_ask(&query, ctx))
		dnsbl_query_end(&query, found, by_word);
}

static const int reasons[] = { REASON_DNSBL_LISTED, REASON_CLIENT_DENIED,
	REASON_DNSBL_UNAVAILABLE, REASON_NONE };

const struct check check_blacklist_dnsbl = {
	.name = "blacklist_dnsbl",
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
