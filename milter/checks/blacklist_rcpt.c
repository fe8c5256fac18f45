/* blacklist_rcpt - blacklist { recipients }: recipients that strangers do not reach */

#include "checks/blacklist.h"

static const struct option options[] = {
	{ .name = "recipients", .type = OPTION_LIST,
	    .offset = offsetof(struct blacklist, entries),
	    .parse = mailset_parse, .free = mailset_free_option,
	    .help = "recipients that take no mail from strangers" },
	{ .name = NULL }
};

static void
run(const struct check_ctx *ctx, struct findings *found)
{
	const struct blacklist *b = ctx->options;

	blacklist_found(ctx, found, REASON_RCPT_DENIED,
	    mailset_find_mailbox(&b->entries, &ctx->session->rcpt->mailbox));
}

static const int reasons[] = { REASON_RCPT_DENIED, REASON_NONE };

const struct check check_blacklist_rcpt = {
	.name = "blacklist_rcpt",
	.section = "blacklist",
	.stages = STAGE_BIT(STAGE_RCPT),
	.issued_at = STAGE_RCPT,
	.identity = true,
	.reasons = reasons,
	.options = options,
	.options_size = sizeof(struct blacklist),
	.active = blacklist_active,
	.run = run
};
