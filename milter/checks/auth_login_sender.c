/* auth_login_sender - which senders a login may use (RFC 6409 section 6.1) */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/diag.h"
#include "base/mem.h"
#include "base/regular_file.h"
#include "checks/check.h"
#include "model/login.h"
#include "model/mailset.h"
#include "words/reason.h"

enum login_senders { LOGIN_SENDERS_ANY, LOGIN_SENDERS_LISTED,
	LOGIN_SENDERS_OWN };
static const char *const words[] = { "any", "listed", "own", NULL };

/* What a line of the file says. */
struct line {
	char *login;
	struct mailset senders;
};

struct options {
	int login_senders;
	char *file;
	struct line *lines;	/* of the file */
	size_t n, cap;
};

static const struct option options[] = {
	{ .name = "login-senders", .type = OPTION_WORD,
	    .offset = offsetof(struct options, login_senders),
	    .words = words, .default_value = "any",
	    .help = "any; listed: those of its login block and of "
		"login-senders-file; own: these, and its own address" },
	{ .name = "login-senders-file", .type = OPTION_TEXT,
	    .offset = offsetof(struct options, file),
	    .help = "lines of a login and the senders it may send as" },
	{ .name = NULL }
};

/* "ann ann@example.org sales@example.org"; every mistake is reported. */
static void
read_line(struct options *o, int number, char *text, struct diags *d)
{
	struct buf errmsg = BUF_INIT;
	struct line *line;
	char *rest = text, *word;
	size_t senders = 0;

	do
		word = strsep(&rest, " \t\r\n");
	while (word != NULL && *word == '\0');
	if (word == NULL || *word == '#')
		return;
	o->lines = mem_room(o->lines, o->n, &o->cap, sizeof *o->lines);
	line = &o->lines[o->n++];
	*line = (struct line){ .login = mem_dup(word) };
	while ((word = strsep(&rest, " \t\r\n,")) != NULL)
		if (*word != '\0' && ++senders > 0 &&
		    !mailset_add(&line->senders, word, &errmsg)) {
			diags_error(d, o->file, number, "%s", errmsg.data);
			buf_clear(&errmsg);
		}
	if (senders == 0)
		diags_error(d, o->file, number, "\"%.60s\" has no sender",
		    line->login);
	buf_free(&errmsg);
}

static void
ready(void *options, const struct site *site, struct diags *d)
{
	struct options *o = options;
	struct buf errmsg = BUF_INIT;
	FILE *f = o->file != NULL ? regular_file_open(o->file, &errmsg) : NULL;
	char *text = NULL;
	size_t cap = 0;
	int number = 0;

	(void)site;
	if (errmsg.len > 0)
		diags_error(d, NULL, 0, "auth.login-senders-file: %s: %s",
		    o->file, errmsg.data);
	buf_free(&errmsg);
	if (f == NULL)
		return;
	while (getline(&text, &cap, f) > 0)
		read_line(o, ++number, text, d);
	free(text);
	fclose(f);
}

static void
done(void *options)
{
	struct options *o = options;

	while (o->n > 0) {
		free(o->lines[--o->n].login);
		mailset_clear(&o->lines[o->n].senders);
	}
	free(o->lines);
	o->lines = NULL;
}

static bool
active(const void *opt, const struct site *site)
{
	const struct options *o = opt;

	(void)site;
	return o->login_senders != LOGIN_SENDERS_ANY;
}

static bool
is_listed(const struct check_ctx *ctx)
{
	const struct options *o = ctx->options;
	const struct session *s = ctx->session;
	const struct login *login = logins_find(&ctx->site->logins, s->login);
	size_t i;

	if (login != NULL &&
	    mailset_find_mailbox(&login->senders, &s->sender) != NULL)
		return true;
	for (i = 0; i < o->n; i++)
		if (strcasecmp(o->lines[i].login, s->login) == 0 &&
		    mailset_find_mailbox(&o->lines[i].senders,
		    &s->sender) != NULL)
			return true;
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

	if (s->login == NULL || s->sender.null || is_listed(ctx))
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
	.issued_at = STAGE_RCPT,
	.reasons = reasons,
	.options = options,
	.options_size = sizeof(struct options),
	.ready = ready,
	.done = done,
	.active = active,
	.run = run
};
