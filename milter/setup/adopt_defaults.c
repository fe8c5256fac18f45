/* adopt_defaults - what saywhy refuses by default and the mail server takes */

#include "setup/adopt_defaults.h"

#include <string.h>

#include "base/buf.h"

#define COUNT(v) (sizeof (v) / sizeof (v)[0])

static const struct row {
	const char *reason;
	/* An option that asks for it where saywhy.conf sets it; or NULL. */
	const char *option;
	/* A reason that has it with it where it is refused; or NULL. */
	const char *with;
	bool syntax, login;
} rows[] = {
	{ .reason = "helo-forged" },
	{ .reason = "sender-syntax", .syntax = true },
	{ .reason = "sender-not-fqdn" },
	{ .reason = "sender-domain-nonexistent", .option = "sender-domain" },
	{ .reason = "sender-domain-lookup-failed", .option = "sender-domain",
	    .with = "sender-domain-nonexistent" },
	{ .reason = "null-mx-sender", .option = "sender-domain",
	    .with = "sender-domain-nonexistent" },
	{ .reason = "null-sender-multi-rcpt" },
	{ .reason = "auth-required", .option = "submission-ports",
	    .login = true },
	{ .reason = "spf-fail", .option = "spf" },
	{ .reason = "spf-temperror", .option = "spf" },
	{ .reason = "author-ambiguous", .option = "dmarc" },
	/* What lies beyond is seen by no pattern of the admin's. */
	{ .reason = "header-too-large", .option = "pattern" },
};

/* Does a line of the fragment begin so? Exceptions have theirs indented. */
static bool
says(const struct adopt *a, const char *reason, const char *action)
{
	struct buf line = BUF_INIT;
	bool found;

	buf_printf(&line, "\nreason \"%s\" { action = %s", reason, action);
	found = strstr(a->conf.data, line.data) != NULL;
	buf_free(&line);
	return found;
}

static bool
is_wanted(const struct adopt *a, const struct adopt_defaults *d,
    const struct row *row)
{
	struct buf name = BUF_INIT;
	bool wanted;

	buf_printf(&name, "reason \"%s\"", row->reason);
	wanted = d->is_set(d->arg, name.data) ||
	    (row->option != NULL && d->is_set(d->arg, row->option)) ||
	    (row->syntax && !d->odd_senders) ||
	    (row->login && d->needs_login) || says(a, row->reason, "") ||
	    (row->with != NULL && (says(a, row->with, "reject") ||
	    says(a, row->with, "tempfail")));
	buf_free(&name);
	return wanted;
}

void
adopt_defaults(struct adopt *a, const struct adopt_defaults *d)
{
	size_t i, n = 0;

	for (i = 0; i < COUNT(rows); i++) {
		if (is_wanted(a, d, &rows[i]))
			continue;
		if (n++ == 0)
			buf_printf(&a->conf, "# saywhy refuses these by "
			    "default, and %s does not ask for it: they are "
			    "noted.\n# Have what you want refused in "
			    "saywhy.conf: reason \"NAME\" { action = "
			    "reject }\n", d->from);
		buf_printf(&a->conf, "reason \"%s\" { action = note }\n",
		    rows[i].reason);
	}
}
