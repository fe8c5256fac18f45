/* exception - `exception "…" { }`: for whom the policy differs */

#include "policy/exception.h"

#include <string.h>

#include "base/diag.h"
#include "words/reason.h"

#define AT(member) offsetof(struct exception, member)

const struct option exception_options[] = {
	{ .name = "clients", .type = OPTION_LIST, .offset = AT(clients),
	    .parse = option_parse_net, .free = option_free_nets,
	    .help = "networks of the client" },
	{ .name = "helos", .type = OPTION_LIST, .offset = AT(helos),
	    .parse = mailset_parse_host, .free = mailset_free_option,
	    .help = "HELO names; anybody can claim them" },
	{ .name = "senders", .type = OPTION_LIST, .offset = AT(senders),
	    .parse = mailset_parse, .free = mailset_free_option,
	    .help = "envelope senders; anybody can claim them" },
	{ .name = "recipients", .type = OPTION_LIST, .offset = AT(recipients),
	    .parse = mailset_parse, .free = mailset_free_option,
	    .help = "recipients" },
	{ .name = "logins", .type = OPTION_LIST, .offset = AT(logins),
	    .parse = mailset_parse, .free = mailset_free_option,
	    .help = "names of logged-in users" },
	{ .name = "ports", .type = OPTION_LIST, .offset = AT(ports),
	    .parse = option_parse_port, .free = option_free_ints,
	    .help = "ports of ours the client came to" },
	{ .name = "daemons", .type = OPTION_LIST, .offset = AT(daemons),
	    .parse = option_parse_string, .free = option_free_strings,
	    .help = "daemon names the MTA tells" },
	{ .name = "action", .type = OPTION_PARSE, .offset = AT(action),
	    .parse = override_parse_any_action,
	    .help = "what is done about every reason that is not named below" },
	{ .name = "reason", .type = OPTION_GROUP, .offset = AT(reasons),
	    .rows = override_action_options,
	    .item_size = sizeof(struct override),
	    .help = "what is done about this reason here" },
	{ .name = NULL }
};

static bool
has_no_keys(const struct exception *e)
{
	return e->forgeable && mailset_is_empty(&e->helos) &&
	    mailset_is_empty(&e->senders) && e->ports.n == 0 &&
	    e->daemons.n == 0;
}

/* Has only conditions that a peer merely claims, or where it came in. */
static bool
rests_on_claims(const struct exception *e)
{
	return e->clients.n == 0 && mailset_is_empty(&e->logins) &&
	    mailset_is_empty(&e->recipients);
}

static void
report(const struct exception *e, struct diags *d)
{
	const char *file = e->item.file;
	int line = e->item.line;

	if (has_no_keys(e))
		diags_warn(d, file, line, "exception \"%s\" names no clients, "
		    "helos, senders, recipients, logins, ports or daemons: it "
		    "is for everybody", e->item.title);
	else if (e->forgeable)
		diags_warn(d, file, line, "exception \"%s\" rests on what "
		    "anybody can claim; it waives nothing of relay or content",
		    e->item.title);
	if (!e->action.set && e->reasons.n == 0)
		diags_warn(d, file, line, "exception \"%s\" changes nothing: "
		    "it has neither an action nor a reason", e->item.title);
}

void
exception_finish(struct exception *e, struct diags *d)
{
	const struct override *o;
	size_t i;
	int reason;

	for (reason = 1; reason < REASON_COUNT; reason++)
		if (e->action.set && reason_allows(reason, e->action.action))
			e->by_reason[reason] = e->action;
	for (i = 0; i < e->reasons.n; i++) {
		o = e->reasons.v[i];
		reason = override_reason(o, d);
		if (reason != REASON_NONE && o->action.set)
			e->by_reason[reason] = o->action;
	}
	e->forgeable = rests_on_claims(e);
	report(e, d);
}

static bool
has_name(const struct strset *set, const char *name)
{
	return set->n == 0 || (name != NULL &&
	    strset_find(set, name, strlen(name)) != NULL);
}

static bool
has_host(const struct mailset *set, const char *name)
{
	return mailset_is_empty(set) || mailset_find_name(set, name) != NULL;
}

static bool
has_mailbox(const struct mailset *set, const struct mailbox *m)
{
	return mailset_is_empty(set) ||
	    (m != NULL && mailset_find_mailbox(set, m) != NULL);
}

bool
exception_matches(const struct exception *e, const struct session *s,
    const struct mailbox *rcpt)
{
	return (e->clients.n == 0 ||
	    netset_find(&e->clients, &s->client) != NULL) &&
	    (e->ports.n == 0 || option_ints_has(&e->ports, s->server_port)) &&
	    has_name(&e->daemons, s->daemon) &&
	    has_host(&e->logins, s->login) &&
	    has_host(&e->helos, s->helo) &&
	    has_mailbox(&e->senders, &s->sender) &&
	    has_mailbox(&e->recipients, rcpt);
}

static bool
is_guarded(const struct finding *f)
{
	return f->section != NULL && (strcmp(f->section, "relay") == 0 ||
	    strcmp(f->section, "content") == 0);
}

const struct action_slot *
exception_action(const struct exception *e, const struct finding *f)
{
	const struct action_slot *slot = &e->by_reason[f->reason];

	if (!slot->set || (e->forgeable && is_guarded(f)))
		return NULL;
	return slot;
}
