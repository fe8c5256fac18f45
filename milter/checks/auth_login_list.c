/* auth_login_list - logins that may send nothing, by a local list */

#include "checks/list_block.h"
#include "words/reason.h"

static const struct option options[] = {
	{ .name = "login-list", .type = OPTION_GROUP,
	    .offset = offsetof(struct list_blocks, blocks),
	    .rows = list_login_rows, .item_size = sizeof(struct list_block),
	    .finish = list_login_finish,
	    .help = "logins that may not send at all" },
	{ .name = NULL }
};

static void
run(const struct check_ctx *ctx, struct findings *found)
{
	list_blocks_run_login(ctx, found, REASON_ACCOUNT_DISABLED);
}

static const int reasons[] = { REASON_ACCOUNT_DISABLED,
	REASON_DNSBL_UNAVAILABLE, REASON_NONE };

const struct check check_auth_login_list = {
	.name = "auth_login_list",
	.section = "auth",
	.stages = STAGE_BIT(STAGE_MAIL),
	.issued_at = STAGE_RCPT,
	.reasons = reasons,
	.options = options,
	.options_size = sizeof(struct list_blocks),
	.ready = list_blocks_ready,
	.active = list_blocks_active,
	.run = run
};
