/* blacklist_rhsbl - blacklist { rhsbl }: names of a session in DNS lists */

#include "base/buf.h"
#include "checks/dns_names.h"
#include "checks/dnsbl_query.h"
#include "words/reason.h"

static bool
finish(void *item, struct buf *errmsg)
{
	const struct dns_block *b = item;

	if (dns_block_finish(item, errmsg) && b->match == 0)
		buf_puts(errmsg, "its match is empty, so nothing is asked");
	return errmsg->len == 0;
}

static const struct option options[] = {
	{ .name = "rhsbl", .type = OPTION_GROUP,
	    .offset = offsetof(struct dns_blocks, blocks),
	    .rows = dns_block_rhsbl_rows, .item_size = sizeof(struct dns_block),
	    .finish = finish,
	    .help = "a list of domains in DNS that are refused" },
	{ .name = NULL }
};

/* By the words of the row `reason`. */
static const int by_word[] = { REASON_DOMAIN_LISTED, REASON_HELO_DENIED,
	REASON_SENDER_DENIED };

/* For each list that wants the name: a round, or none for a prefetch. */
static void
each_list(const struct check_ctx *ctx, struct dnsbl_query *query,
    unsigned match, const char *name)
{
	const struct dns_blocks *o = ctx->options;
	const struct dns_block *b;
	size_t i;

	for (i = 0; i < o->blocks.n; i++) {
		b = o->blocks.v[i];
		if ((b->match & match) == 0)
			continue;
		if (query != NULL)
			dnsbl_query_add(query, b, name);
		else
			dnsbl_query_prefetch(ctx, b, name);
	}
}

static void
each_name(const struct check_ctx *ctx, struct dnsbl_query *query)
{
	unsigned matches = dns_names_at(ctx->stage), match;
	struct buf name = BUF_INIT;

	for (match = 1; match <= matches; match <<= 1) {
		buf_clear(&name);
		if ((matches & match) != 0 && dns_names_put(&name,
		    ctx->session, (enum dns_match)match))
			each_list(ctx, query, match, name.data);
	}
	buf_free(&name);
}

static void
run(const struct check_ctx *ctx, struct findings *found)
{
	struct dnsbl_query query;

	if (!dnsbl_query_wanted(ctx))
		return;
	if (ctx->stage < STAGE_RCPT) {
		each_name(ctx, NULL);
		return;
	}
	dnsbl_query_begin(&query, ctx);
	each_name(ctx, &query);
	dnsbl_query_end(&query, found, by_word);
}

static const int reasons[] = { REASON_DOMAIN_LISTED, REASON_HELO_DENIED,
	REASON_SENDER_DENIED, REASON_DNSBL_UNAVAILABLE, REASON_NONE };

const struct check check_blacklist_rhsbl = {
	.name = "blacklist_rhsbl",
	.section = "blacklist",
	.stages = STAGE_BIT(STAGE_CONNECT) | STAGE_BIT(STAGE_HELO) |
	    STAGE_BIT(STAGE_MAIL) | STAGE_BIT(STAGE_RCPT) |
	    STAGE_BIT(STAGE_HEADERS),
	.issued_at = STAGE_RCPT,
	.identity = true,
	.needs = CHECK_NEEDS_HEADERS,
	.reasons = reasons,
	.options = options,
	.options_size = sizeof(struct dns_blocks),
	.ready = dns_blocks_ready,
	.active = dns_blocks_active,
	.run = run
};
