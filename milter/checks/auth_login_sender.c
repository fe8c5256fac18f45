/* auth_login_sender - which senders a login may use (RFC 6409 section 6.1) */

#include <string.h>
#include <strings.h>

#include "checks/check.h"
#include "model/mailset.h"

enum login_senders { LOGIN_SENDERS_ANY, LOGIN_SENDERS_LISTED,
	LOGIN_SENDERS_OWN };
static const char *const words[] = { "any", "listed", "own", NULL };

struct login {
	struct option_item item;	/* title: the login */
	struct mailset senders;
};

struct options {
	int login_senders;
	struct option_items logins;	/* struct login */
};

static const struct option login_options[] = {
	{ .name = "senders", .type = OPTION_LIST,
	    .offset = offsetof(struct login, senders),
	    .take = mailset_take, .drop = mailset_drop,
	    .help = "mailboxes and domains that this login may send as" },
	{ .name = NULL }
};

static const struct option options[] = {
	{ .name = "login-senders", .type = OPTION_WORD,
	    .offset = offsetof(struct options, login_senders),
	    .words = words, .preset = "any",
	    .help = "any; listed: those of its login block; own: these, and "
		"its own address" },
	{ .name = "login", .type = OPTION_GROUP,
	    .offset = offsetof(struct options, logins),
	    .rows = login_options, .item_size = sizeof(struct login),
	    .help = "senders of one login" },
	{ .name = NULL }
};

static bool
active(const void *opt, const struct site *site)
{
	const struct options *o = opt;

	(void)site;
	return o->login_senders != LOGIN_SENDERS_ANY;
}

static bool
is_listed(const struct options *o, const struct session *s)
{
	const struct login *login;
	size_t i;

	for (i = 0; i < o->logins.n; i++) {
		login = o->logins.v[i];
		if (strcasecmp(login->item.title, s->login) == 0)
			return mailset_find_mailbox(&login->senders,
			    &s->sender) != NULL;
	}
	return false;
}

/* Local parts are equal; what follows a + in the sender's is its extension. */
static bool
same_local(const char *login, const char *sender)
{
	size_t n = strlen(login);

	return strncasecmp(login, sender, n) == 0 &&
	    (sender[n] == '\0' || sender[n] == '+');
}

/*
 * The sender is the mailbox that the login names; a login without a domain
 * names that local part in every domain of ours.
 */
static bool
is_own(const struct site *site, const struct session *s)
{
	struct mailbox login = { .text = NULL };
	bool own = false;

	if (s->sender.domain == NULL)
		return false;
	mailbox_set(&login, s->login);
	if (login.local != NULL && same_local(login.local, s->sender.local))
		own = login.domain != NULL ?
		    strcasecmp(login.domain, s->sender.domain) == 0 :
		    mailset_find_name(&site->domains,
		    s->sender.domain) != NULL;
	mailbox_clear(&login);
	return own;
}

/* The null sender is for reports on what somebody received: always allowed. */
static void
run(const struct check_ctx *ctx, struct findings *found)
{
	const struct options *o = ctx->options;
	const struct session *s = ctx->session;

	if (s->login == NULL || s->sender.null || is_listed(o, s))
		return;
	if (o->login_senders == LOGIN_SENDERS_OWN && is_own(ctx->site, s))
		return;
	check_found(ctx, found, REASON_SENDER_LOGIN_MISMATCH);
}

static const int reasons[] = { REASON_SENDER_LOGIN_MISMATCH, REASON_NONE };

const struct check check_auth_login_sender = {
	.name = "auth_login_sender",
	.section = "auth",
	.stages = STAGE_BIT(STAGE_MAIL),
	.speaks = STAGE_RCPT,
	.reasons = reasons,
	.options = options,
	.options_size = sizeof(struct options),
	.active = active,
	.run = run
};
