/*
 * auth_tls_required - a submission port in the clear (RFC 8314 section 3.3)
 *
 * Submission only: RFC 3207 section 4 forbids it where mail comes in from
 * everywhere. Off unless the admin asks for it, since it shuts out the users
 * whose programs are not set up for TLS.
 */

#include "checks/check.h"
#include "words/reason.h"

struct options {
	bool require_tls;
};

static const struct option options[] = {
	{ .name = "require-tls", .type = OPTION_BOOL,
	    .offset = offsetof(struct options, require_tls),
	    .default_value = "no",
	    .help = "users hand in mail over TLS only, logged in or not" },
	{ .name = NULL }
};

static bool
active(const void *opt, const struct site *site)
{
	const struct options *o = opt;

	(void)site;
	return o->require_tls;
}

static void
run(const struct check_ctx *ctx, struct findings *found)
{
	const struct session *s = ctx->session;

	if (s->tls == NULL && site_is_submission(ctx->site, s) &&
	    netset_find(&ctx->site->networks, &s->client) == NULL)
		finding_say_int(check_found(ctx, found, REASON_TLS_REQUIRED),
		    EVIDENCE_PORT, s->server_port);
}

static const int reasons[] = { REASON_TLS_REQUIRED, REASON_NONE };

const struct check check_auth_tls_required = {
	.name = "auth_tls_required",
	.section = "auth",
	.stages = STAGE_BIT(STAGE_MAIL),
	.issued_at = STAGE_MAIL,
	.reasons = reasons,
	.options = options,
	.options_size = sizeof(struct options),
	.active = active,
	.run = run
};
