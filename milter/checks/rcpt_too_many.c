/* rcpt_too_many - more recipients than the limit allows */

#include "checks/check.h"
#include "words/reason.h"

struct options {
	long long max_recipients;
};

/* Never fewer than 100: RFC 5321 section 4.5.3.1.8. */
static const struct option options[] = {
	{ .name = "max-recipients", .type = OPTION_INT,
	    .offset = offsetof(struct options, max_recipients),
	    .min = 100, .max = 1000000,
	    .help = "recipients of one message; unset: the MTA's limit" },
	{ .name = NULL }
};

static bool
active(const void *opt, const struct site *site)
{
	const struct options *o = opt;

	return o->max_recipients > 0 || site->logins.max_recipients > 0 ||
	    site->logins.blocks.n > 0;
}

/* The lowest limit that applies; 0: none does. */
static long long
limit_of(const struct check_ctx *ctx)
{
	const struct options *o = ctx->options;
	const struct logins *logins = &ctx->site->logins;
	const char *name = ctx->session->login;
	const struct login *login = name != NULL ?
	    logins_find(logins, name) : NULL;
	long long limit = 0;

	if (login != NULL && login->max_recipients > 0)
		limit = login->max_recipients;
	else if (name != NULL)
		limit = logins->max_recipients;
	if (limit == 0 || (o->max_recipients > 0 &&
	    o->max_recipients < limit))
		limit = o->max_recipients;
	return limit;
}

static void
run(const struct check_ctx *ctx, struct findings *found)
{
	const struct session *s = ctx->session;
	long long limit = limit_of(ctx);
	struct finding *f;

	if (limit == 0 || (long long)s->naccepted < limit)
		return;
	f = check_found(ctx, found, REASON_TOO_MANY_RECIPIENTS);
	finding_say_int(f, EVIDENCE_COUNT, (long long)s->naccepted + 1);
	finding_say_int(f, EVIDENCE_LIMIT, limit);
}

static const int reasons[] = { REASON_TOO_MANY_RECIPIENTS, REASON_NONE };

const struct check check_rcpt_too_many = {
	.name = "rcpt_too_many",
	.section = "relay",
	.stages = STAGE_BIT(STAGE_RCPT),
	.issued_at = STAGE_RCPT,
	.reasons = reasons,
	.options = options,
	.options_size = sizeof(struct options),
	.active = active,
	.run = run
};
