/* content_size - a message too large, as announced or as sent (RFC 1870) */

#include "checks/check.h"
#include "words/reason.h"

struct options {
	long long max_size;
	long long max_size_submission;	/* from our own people; 0: as above */
};

static const struct option options[] = {
	{ .name = "max-size", .type = OPTION_SIZE,
	    .offset = offsetof(struct options, max_size),
	    .min = 1000, .max = 1LL << 40,
	    .help = "bytes of a message; unset: what the MTA takes" },
	{ .name = "max-size-submission", .type = OPTION_SIZE,
	    .offset = offsetof(struct options, max_size_submission),
	    .min = 1000, .max = 1LL << 40,
	    .help = "the same for who logged in or is in relay.networks" },
	{ .name = NULL }
};

static bool
active(const void *opt, const struct site *site)
{
	const struct options *o = opt;

	(void)site;
	return o->max_size > 0 || o->max_size_submission > 0;
}

/* Of this session; 0: there is none. */
static long long
limit_of(const struct check_ctx *ctx)
{
	const struct options *o = ctx->options;

	if (o->max_size_submission > 0 &&
	    site_trusts(ctx->site, ctx->session))
		return o->max_size_submission;
	return o->max_size;
}

/* What was announced too large has been found at MAIL. */
static void
run(const struct check_ctx *ctx, struct findings *found)
{
	const struct session *s = ctx->session;
	long long limit = limit_of(ctx), size = s->declared_size;
	struct finding *f;

	if (ctx->stage == STAGE_MESSAGE)
		size = size > limit ? 0 : session_size(s);
	if (limit == 0 || size <= limit)
		return;
	f = check_found(ctx, found, REASON_MESSAGE_TOO_LARGE);
	finding_say_int(f, EVIDENCE_SIZE, size);
	finding_say_int(f, EVIDENCE_LIMIT, limit);
}

static const int reasons[] = { REASON_MESSAGE_TOO_LARGE, REASON_NONE };

const struct check check_content_size = {
	.name = "content_size",
	.section = "content",
	.stages = STAGE_BIT(STAGE_MAIL) | STAGE_BIT(STAGE_MESSAGE),
	.issued_at = STAGE_RCPT,
	.needs = CHECK_NEEDS_HEADERS | CHECK_NEEDS_BODY,
	.reasons = reasons,
	.options = options,
	.options_size = sizeof(struct options),
	.active = active,
	.run = run
};
