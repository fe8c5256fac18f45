/* relay_limit - how much a client, network or sender may bring, how fast */

#include "checks/limit_block.h"
#include "words/reason.h"

static const int reasons[] = { REASON_LIMIT_REACHED, REASON_LOGIN_LIMIT,
	REASON_NONE };

const struct check check_relay_limit = {
	.name = "relay_limit",
	.section = "relay",
	.stages = STAGE_BIT(STAGE_CONNECT) | STAGE_BIT(STAGE_MAIL) |
	    STAGE_BIT(STAGE_RCPT) | STAGE_BIT(STAGE_MESSAGE),
	.issued_at = STAGE_RCPT,
	.counts = true,
	.needs = CHECK_NEEDS_BODY,
	.reasons = reasons,
	.options = limit_options,
	.options_size = sizeof(struct limit_blocks),
	.active = limit_blocks_active,
	.run = limit_blocks_run,
	.refused = limit_blocks_refused
};
