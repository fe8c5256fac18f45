/* blacklist_helo - blacklist { helos }: names given with HELO or EHLO */

#include "checks/blacklist.h"

static const struct option options[] = {
	{ .name = "helos", .type = OPTION_LIST,
	    .offset = offsetof(struct blacklist, entries),
	    .parse = mailset_parse, .free = mailset_free_option,
	    .help = "names that are refused as HELO or EHLO" },
	{ .name = NULL }
};

static void
run(const struct check_ctx *ctx, struct findings *found)
{
	const struct blacklist *b = ctx->options;

	blacklist_found(ctx, found, REASON_HELO_DENIED,
	    mailset_find_name(&b->entries, ctx->session->helo));
}

static const int reasons[] = { REASON_HELO_DENIED, REASON_NONE };

const struct check check_blacklist_helo = {
	.name = "blacklist_helo",
	.section = "blacklist",
	.stages = STAGE_BIT(STAGE_HELO),
	.issued_at = STAGE_RCPT,
	.identity = true,
	.reasons = reasons,
	.options = options,
	.options_size = sizeof(struct blacklist),
	.active = blacklist_active,
	.run = run
};
