/* blacklist_allow - blacklist { allow }: whom no blacklist refuses */

#include "checks/list_block.h"
#include "words/reason.h"

static const struct option options[] = {
	{ .name = "allow", .type = OPTION_GROUP,
	    .offset = offsetof(struct list_blocks, blocks),
	    .rows = list_block_rows, .item_size = sizeof(struct list_block),
	    .finish = list_block_finish,
	    .help = "a file of those whom no blacklist refuses" },
	{ .name = NULL }
};

static void
run(const struct check_ctx *ctx, struct findings *found)
{
	list_blocks_run(ctx, found, REASON_ALLOW_LISTED, true);
}

static const int reasons[] = { REASON_ALLOW_LISTED, REASON_DNSBL_UNAVAILABLE,
	REASON_NONE };

const struct check check_blacklist_allow = {
	.name = "blacklist_allow",
	.section = "blacklist",
	.stages = LIST_BLOCK_STAGES,
	.issued_at = STAGE_RCPT,
	.identity = true,
	.reasons = reasons,
	.options = options,
	.options_size = sizeof(struct list_blocks),
	.ready = list_blocks_ready,
	.active = list_blocks_active,
	.run = run
};
