/* setup_notes - what an admin should know about saywhy and this Postfix */

#include "setup/setup_notes.h"

#include <stdarg.h>
#include <stdbool.h>
#include <string.h>

#include "base/buf.h"

void
setup_note(struct setup_plan *plan, const char *fmt, ...)
{
	struct buf text = BUF_INIT;
	va_list ap;

	if (plan->nnotes == SETUP_NOTES_MAX)
		return;
	va_start(ap, fmt);
	buf_vprintf(&text, fmt, ap);
	va_end(ap);
	plan->notes[plan->nnotes++] = buf_steal(&text);
}

/* What 3.11's filter map does and a footer cannot. */
static void
note_version(struct setup_plan *plan, const struct setup_mta *mta,
    const struct setup_doors *doors)
{
	const char *version = mta->value[VALUE_VERSION];

	if (setup_mta_is_at_least(mta, 3, 11)) {
		setup_note(plan, "Postfix %s asks saywhy about every refusal "
		    "on its way out: words, status and code become saywhy's.",
		    version);
		return;
	}
	setup_note(plan, "Postfix %s can add lines to its refusals, but not "
	    "change their words, status or code; that takes 3.11.", version);
	if (!doors->adopted)
		setup_note(plan, "saywhy setup --adopt takes over what the "
		    "restrictions of main.cf refuse, so that it is said with "
		    "accurate codes.");
	setup_note(plan, "postscreen must not wait for a map. A text that "
	    "never changes can be its footer: postscreen_reject_footer = "
	    "\\c. See https://... or write to postmaster.");
}

static void
note_service(struct setup_plan *plan, const struct setup_service *s,
    bool once)
{
	if (s->milters != NULL)
		setup_note(plan, "master.cf: %s has smtpd_milters of its own "
		    "(%s): what is set in main.cf does not count there.",
		    s->name, *s->milters != '\0' ? s->milters : "none");
	/* One question for all lists stands in the first of them. */
	if (s->lists != NULL && (!once || strstr(s->lists, "client") != NULL))
		setup_note(plan, "master.cf: %s has %s of its own: the policy "
		    "service is not asked there.", s->name, s->lists);
	if (s->proxied)
		setup_note(plan, "master.cf: %s has smtpd_proxy_filter: "
		    "filters do not see the body there.", s->name);
	if (s->screen)
		setup_note(plan, "master.cf: %s is postscreen. What it "
		    "refuses no filter sees; its log lines tell.", s->name);
}

/* By their usual names and ports. */
static bool
verifies_too(const char *others)
{
	static const char *const signs[] = { "dkim", "dmarc", "8891",
		"8893" };
	size_t i;

	for (i = 0; i < sizeof signs / sizeof signs[0]; i++)
		if (strstr(others, signs[i]) != NULL)
			return true;
	return false;
}

static void
note_filters(struct setup_plan *plan, const struct setup_mta *mta)
{
	const char *others = mta->value[VALUE_MILTERS];

	if (*others != '\0' && strstr(others, "saywhy") == NULL)
		setup_note(plan, "Other filters (%s) come behind saywhy: what "
		    "they refuse is recorded, and what they add to a message "
		    "saywhy does not see.", others);
	if (verifies_too(others))
		setup_note(plan, "OpenDKIM or OpenDMARC (%s) takes our field "
		    "Authentication-Results for a forged one when it has the "
		    "same name. Let it only sign, or let it stand before "
		    "saywhy and say trust-earlier-milters = yes in section "
		    "auth.", others);
	if (strstr(mta->value[VALUE_NON_SMTPD], "saywhy") != NULL)
		setup_note(plan, "non_smtpd_milters names saywhy: mail that "
		    "came in by no connection cannot be refused. Take it out.");
	if (*mta->value[VALUE_PROXY_FILTER] != '\0')
		setup_note(plan, "smtpd_proxy_filter = %s: filters do not see "
		    "the body.", mta->value[VALUE_PROXY_FILTER]);
}

static void
note_names(struct setup_plan *plan, const struct setup_mta *mta)
{
	if (strcmp(mta->value[VALUE_DELAY_REJECT], "no") == 0)
		setup_note(plan, "smtpd_delay_reject = no: refusals before "
		    "RCPT are recorded without sender and recipient.");
	if (strcmp(mta->value[VALUE_PEERNAME], "no") == 0)
		setup_note(plan, "smtpd_peername_lookup = no: every client has "
		    "no name, and saywhy says so of all.");
	if (mta->resolver != NULL && strncmp(mta->resolver, "127.", 4) != 0 &&
	    strcmp(mta->resolver, "::1") != 0)
		setup_note(plan, "The resolver %s is not on this machine: "
		    "block lists refuse shared ones, and answers can be "
		    "forged on the way. Run one here (unbound).",
		    mta->resolver);
}

void
setup_notes(struct setup_plan *plan, const struct setup_mta *mta,
    const struct setup_doors *doors)
{
	const char *others = mta->value[VALUE_MILTERS];
	size_t i;

	if (doors->reply_map != NULL)
		note_version(plan, mta, doors);
	note_filters(plan, mta);
	for (i = 0; i < mta->nservices; i++)
		note_service(plan, &mta->services[i], doors->whole);
	for (i = 0; i < plan->nways; i++)
		setup_note(plan, "master.cf: %s is a content filter's way back "
		    "in. Mail is judged when it comes in first, and not "
		    "again.%s%s%s", plan->ways[i].name, *others != '\0' ?
		    " no_milters holds for the others there, too (" : "",
		    others, *others != '\0' ? "): where one of them is to see "
		    "what the filter made, name it at this service as -o "
		    "smtpd_milters=, in the place of no_milters." : "");
	if (*mta->value[VALUE_CONTENT_FILTER] != '\0' && plan->nways == 0)
		setup_note(plan, "content_filter = %s: where its mail comes "
		    "back in, have receive_override_options=no_milters.",
		    mta->value[VALUE_CONTENT_FILTER]);
	note_names(plan, mta);
}
