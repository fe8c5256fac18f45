/* blacklist_sender - blacklist { senders }: envelope senders */

#include "checks/blacklist.h"

static const struct option options[] = {
	{ .name = "senders", .type = OPTION_LIST,
	    .offset = offsetof(struct blacklist, entries),
	    .parse = mailset_parse, .free = mailset_free_option,
	    .help = "senders that are refused" },
	{ .name = NULL }
};

static void
run(const struct check_ctx *ctx, struct findings *found)
{
	const struct blacklist *b = ctx->options;

	blacklist_found(ctx, found, REASON_SENDER_DENIED,
	    mailset_find_mailbox(&b->entries, &ctx->session->sender));
}

static const int reasons[] = { REASON_SENDER_DENIED, REASON_NONE };

const struct check check_blacklist_sender = {
	.name = "blacklist_sender",
	.section = "blacklist",
	.stages = STAGE_BIT(STAGE_MAIL),
	.issued_at = STAGE_RCPT,
	.identity = true,
	.reasons = reasons,
	.options = options,
	.options_size = sizeof(struct blacklist),
	.active = blacklist_active,
	.run = run
};
