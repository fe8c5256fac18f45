/*
 * auth_limit - how much a login may send, how fast; and whether it is stopped
 *
 * A stolen password shows by what it does: more recipients, more places, more
 * unknown recipients than its owner ever had. A limit with `suspend` stops the
 * login till somebody looks at it.
 */

#include "checks/limit_block.h"
#include "words/reason.h"

static const int reasons[] = { REASON_LIMIT_REACHED, REASON_LOGIN_LIMIT,
	REASON_ACCOUNT_SUSPENDED, REASON_NONE };

const struct check check_auth_limit = {
	.name = "auth_limit",
	.section = "auth",
	.reasons = reasons,
	.run = limit_blocks_run,
	LIMIT_CHECK
};
