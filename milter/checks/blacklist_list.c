/* blacklist_list - blacklist { list }: local lists in files */

#include "checks/list_block.h"
#include "words/reason.h"

static const struct option options[] = {
	{ .name = "list", .type = OPTION_GROUP,
	    .offset = offsetof(struct list_blocks, blocks),
	    .rows = list_block_rows, .item_size = sizeof(struct list_block),
	    .finish = list_block_finish,
	    .help = "a file of those who are refused" },
	{ .name = NULL }
};

static void
run(const struct check_ctx *ctx, struct findings *found)
{
	static const enum reason_id reason[] = {
		[STAGE_CONNECT] = REASON_CLIENT_DENIED,
		[STAGE_HELO] = REASON_HELO_DENIED,
		[STAGE_MAIL] = REASON_SENDER_DENIED,
		[STAGE_RCPT] = REASON_RCPT_DENIED
	};

	list_blocks_run(ctx, found, reason[ctx->stage], false);
}

static const int reasons[] = { REASON_CLIENT_DENIED, REASON_HELO_DENIED,
	REASON_SENDER_DENIED, REASON_RCPT_DENIED, REASON_DNSBL_UNAVAILABLE,
	REASON_NONE };

const struct check check_blacklist_list = {
	.name = "blacklist_list",
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
