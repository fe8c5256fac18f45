/*
 * auth_limit - how much a login may send, how fast; and whether it is stopped
 *
 * A stolen password shows by what it does: more recipients, more places, more
 * unknown recipients than its owner ever had. A limit with `suspend` stops the
 * login till somebody looks at it.
 */

#include "base/clock.h"
#include "checks/limit_block.h"
#include "checks/login_close.h"
#include "counters/counters.h"
#include "words/reason.h"

static bool
some_suspends(const struct limit_blocks *o)
{
	const struct limit_block *b;
	size_t i;

	for (i = 0; i < o->blocks.n; i++) {
		b = o->blocks.v[i];
		if (b->suspend)
			return true;
	}
	return false;
}

static bool
is_suspended(const struct check_ctx *ctx, struct findings *found)
{
	char text[CLOCK_LOCAL_TEXT];
	struct finding *f;
	int what;
	int64_t since = login_closed(ctx->session->login, &what);

	if (since == 0)
		return false;
	f = check_found(ctx, found, REASON_ACCOUNT_SUSPENDED);
	finding_say(f, EVIDENCE_SUBJECT, ctx->session->login);
	finding_say(f, EVIDENCE_SINCE, clock_local(since, counters_now(),
	    text));
	finding_say(f, EVIDENCE_WHAT, what == LOGIN_CLOSED_BY_HAND ? "by hand" :
	    limit_what_words(what));
	return true;
}

/* A suspended login is not counted any more. */
static void
run(const struct check_ctx *ctx, struct findings *found)
{
	if (ctx->session->login != NULL && ctx->stage == STAGE_MAIL &&
	    some_suspends(ctx->options) && is_suspended(ctx, found))
		return;
	limit_blocks_run(ctx, found);
}

static const int reasons[] = { REASON_LIMIT_REACHED, REASON_LOGIN_LIMIT,
	REASON_ACCOUNT_SUSPENDED, REASON_NONE };

const struct check check_auth_limit = {
	.name = "auth_limit",
	.section = "auth",
	.reasons = reasons,
	.run = run,
	LIMIT_CHECK
};
