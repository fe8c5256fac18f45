/* relay_limit - how much a client, network or sender may bring, how fast */

#include "checks/limit_block.h"
#include "words/reason.h"

static const int reasons[] = { REASON_LIMIT_REACHED, REASON_LOGIN_LIMIT,
	REASON_ACCOUNT_SUSPENDED, REASON_NONE };

const struct check check_relay_limit = {
	.name = "relay_limit",
	.section = "relay",
	.reasons = reasons,
	.run = limit_blocks_run,
	LIMIT_CHECK
};
