/*
 * auth_login - may this login be used from here, this way, at all?
 *
 * The MTA has accepted the password; what is judged is the place, the
 * encryption (RFC 8314 section 4), and whether the account is open.
 */

#include "base/net.h"
#include "checks/check.h"
#include "model/login.h"
#include "words/reason.h"

static bool
some_block_limits(const struct logins *logins)
{
	const struct login *login;
	size_t i;

	for (i = 0; i < logins->blocks.n; i++) {
		login = logins->blocks.v[i];
		if (login->disabled || login->networks.n > 0)
			return true;
	}
	return false;
}

static bool
active(const void *opt, const struct site *site)
{
	const struct logins *logins = &site->logins;

	(void)opt;
	return logins->networks.n > 0 || logins->tls != TLS_LEVEL_ANY ||
	    some_block_limits(logins);
}

/* A block's own networks go before those of all logins. */
static bool
may_come_from_here(const struct logins *logins, const struct login *login,
    const struct ip *client)
{
	const struct netset *networks = login != NULL &&
	    login->networks.n > 0 ? &login->networks : &logins->networks;

	return networks->n == 0 || netset_find(networks, client) != NULL;
}

static void
judge_tls(const struct check_ctx *ctx, struct findings *found)
{
	const struct session *s = ctx->session;
	const struct logins *logins = &ctx->site->logins;

	if (logins->tls == TLS_LEVEL_ANY)
		return;
	if (s->tls == NULL)
		finding_say_int(check_found(ctx, found, REASON_TLS_REQUIRED),
		    EVIDENCE_PORT, s->server_port);
	else if (tls_level_of(s->tls) < (enum tls_level)logins->tls)
		finding_say(check_found(ctx, found, REASON_TLS_TOO_WEAK),
		    EVIDENCE_DETAIL, s->tls);
}

static void
run(const struct check_ctx *ctx, struct findings *found)
{
	const struct session *s = ctx->session;
	const struct logins *logins = &ctx->site->logins;
	const struct login *login;

	if (s->login == NULL)
		return;
	login = logins_find(logins, s->login);
	if (login != NULL && login->disabled)
		check_found(ctx, found, REASON_ACCOUNT_DISABLED);
	if (!may_come_from_here(logins, login, &s->client))
		check_found(ctx, found, REASON_LOGIN_DENIED);
	judge_tls(ctx, found);
}

static const int reasons[] = { REASON_ACCOUNT_DISABLED, REASON_LOGIN_DENIED,
	REASON_TLS_REQUIRED, REASON_TLS_TOO_WEAK, REASON_NONE };

const struct check check_auth_login = {
	.name = "auth_login",
	.section = "auth",
	.stages = STAGE_BIT(STAGE_MAIL),
	.issued_at = STAGE_MAIL,
	.reasons = reasons,
	.active = active,
	.run = run
};
