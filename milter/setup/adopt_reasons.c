/* adopt_reasons - restrictions that a reason of saywhy, or an option, is */

#include "setup/adopt_walk.h"

#include <string.h>

#include "base/buf.h"
#include "model/action.h"
#include "setup/adopt_relay.h"
#include "setup/adopt_words.h"
#include "words/reason.h"

#define COUNT(v) (sizeof (v) / sizeof (v)[0])

/*
 * Restrictions that a reason stands for; the first action is the one that is
 * taken.
 */
static const struct simple {
	const char *restriction;
	const char *reasons[4];
	const char *code;	/* the setting of its code */
	bool identity;		/* of section auth: an allow list of section
				   blacklist does not spare anybody */
} simples[] = {
	{ "reject_unknown_sender_domain", { "sender-domain-nonexistent" },
	    "unknown_address_reject_code", true },
	{ "reject_non_fqdn_sender", { "sender-not-fqdn" },
	    "non_fqdn_reject_code", true },
	{ "reject_invalid_helo_hostname", { "helo-syntax" },
	    "invalid_hostname_reject_code", true },
	{ "reject_invalid_hostname", { "helo-syntax" },
	    "invalid_hostname_reject_code", true },
	{ "reject_non_fqdn_helo_hostname", { "helo-not-fqdn" },
	    "non_fqdn_reject_code", true },
	{ "reject_non_fqdn_hostname", { "helo-not-fqdn" },
	    "non_fqdn_reject_code", true },
	{ "reject_unknown_helo_hostname", { "helo-unresolvable" },
	    "unknown_hostname_reject_code", true },
	{ "reject_unknown_hostname", { "helo-unresolvable" },
	    "unknown_hostname_reject_code", true },
	{ "reject_unknown_client_hostname", { "rdns-missing",
	    "rdns-mismatch", "rdns-lookup-failed" },
	    "unknown_client_reject_code", true },
	{ "reject_unknown_client", { "rdns-missing",
	    "rdns-mismatch", "rdns-lookup-failed" },
	    "unknown_client_reject_code", true },
	{ "reject_unknown_reverse_client_hostname", { "rdns-missing",
	    "rdns-lookup-failed" },
	    "unknown_client_reject_code", true },
};

/* What Postfix defers there, too: no answer about a name. */
static const char *
action_of(const char *reason)
{
	return strstr(reason, "-lookup-failed") != NULL ? "tempfail" : "reject";
}

/* Where main.cf itself says so, not for good. */
static bool
is_for_now(const struct walk *w, const char *code)
{
	return adopt_has_setting(w->source, code) &&
	    *w->source->value(w->source->arg, code) == '4';
}

static void
put_reason(struct walk *w, const char *reason, const struct simple *s)
{
	struct buf line = BUF_INIT;

	buf_printf(&line, "reason \"%s\"", reason);
	if (!w->source->is_set(w->source->arg, line.data) &&
	    strstr(w->a->conf.data, line.data) == NULL)
		buf_printf(&w->a->conf, "%s { action = %s }\t# %s: %s\n",
		    line.data, is_for_now(w, s->code) ? "tempfail" :
		    action_of(reason), w->list, s->restriction);
	buf_free(&line);
}

/* Has each of its reasons a reply of the class that main.cf wants? */
static bool
has_code(const struct walk *w, const struct simple *s)
{
	bool has = true;
	size_t i;

	for (i = 0; i < 4 && s->reasons[i] != NULL; i++)
		has &= reason_allows(reason_by_name(s->reasons[i]),
		    ACTION_TEMPFAIL);
	return has || !is_for_now(w, s->code);
}

/* What saywhy would refuse by itself, whomever the permit spares. */
static void
note_reason(struct walk *w, const char *reason, const char *restriction)
{
	if (action_refuses(reason_get(reason_by_name(reason))->action))
		buf_printf(w->notes, "reason \"%s\" { action = note }\t"
		    "# %s: %s stays Postfix's\n", reason, w->list,
		    restriction);
}

static void
take_simple(struct walk *w, const struct simple *s)
{
	size_t i;
	bool behind = w->unknown_permit || (w->known_permit && s->identity);

	if (behind || !has_code(w, s)) {
		if (behind)
			adopt_leave_behind(w->a, w->list, s->restriction);
		else
			adopt_leave(w->a, "%s: %s stays Postfix's: main.cf "
			    "sets %s, and saywhy says it for good alone",
			    w->list, s->restriction, s->code);
		for (i = 0; i < 4 && s->reasons[i] != NULL; i++)
			note_reason(w, s->reasons[i], s->restriction);
		return;
	}
	for (i = 0; i < 4 && s->reasons[i] != NULL; i++)
		put_reason(w, s->reasons[i], s);
	w->a->taken++;
}

/* Restrictions that an option of section relay turns on. */
static const struct {
	const char *restriction, *option, *more;
} switches[] = {
	{ "reject_non_fqdn_recipient", "rcpt-fqdn", "" },
	/* Of a policy service's 5.1.10 Postfix would make 5.1.0. */
	{ "reject_unknown_recipient_domain", "rcpt-domain",
	    "reason \"null-mx-recipient\" { action = note }\t"
	    "# Postfix says it\n" },
};

/* An allow list of section blacklist does not spare anybody there. */
static void
take_switch(struct walk *w, size_t which)
{
	const char *option = switches[which].option;
	struct buf line = BUF_INIT;

	if (w->unknown_permit || w->known_permit) {
		adopt_leave_behind(w->a, w->list, switches[which].restriction);
		return;
	}
	buf_printf(&line, "relay { %s = yes }", option);
	if (!w->source->is_set(w->source->arg, option) &&
	    strstr(w->a->conf.data, line.data) == NULL &&
	    (strcmp(option, "rcpt-domain") != 0 ||
	    adopt_own_domains(w->a, w->source, w->list)))
		buf_printf(&w->a->conf, "%s\t# %s: %s\n%s", line.data,
		    w->list, switches[which].restriction,
		    switches[which].more);
	w->a->taken++;
	buf_free(&line);
}

void
adopt_put_notes(struct adopt *a, const struct mta_source *source,
    const struct buf *notes)
{
	const char *line = notes->data;
	struct buf name = BUF_INIT;
	size_t n;

	for (; *line != '\0'; line += n) {
		n = strcspn(line, "\n") + 1;
		buf_clear(&name);
		buf_put(&name, line, strcspn(line, "{") - 1);
		if (!source->is_set(source->arg, name.data) &&
		    strstr(a->conf.data, name.data) == NULL)
			buf_put(&a->conf, line, n);
	}
	buf_free(&name);
}

bool
adopt_reason(struct walk *w, const char *word)
{
	size_t i;

	for (i = 0; i < COUNT(simples); i++)
		if (strcmp(word, simples[i].restriction) == 0) {
			take_simple(w, &simples[i]);
			return true;
		}
	for (i = 0; i < COUNT(switches); i++)
		if (strcmp(word, switches[i].restriction) == 0) {
			take_switch(w, i);
			return true;
		}
	return false;
}
