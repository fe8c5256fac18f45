/* setup_plan - what to set in Postfix so that it uses saywhy; pure */

#include "setup/setup_plan.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/sock.h"
#include "setup/setup_notes.h"

static void
set(struct setup_plan *plan, const char *name, const char *value)
{
	if (plan->nsettings < SETUP_SETTINGS_MAX)
		plan->settings[plan->nsettings++] = (struct setup_setting){
			.name = name, .value = mem_dup(value) };
}

static bool
is_chrooted(const struct setup_mta *mta)
{
	size_t i;

	for (i = 0; i < mta->nservices; i++)
		if (mta->services[i].chroot && !mta->services[i].screen)
			return true;
	return false;
}

/* The part of a path below the queue folder, or NULL. */
static const char *
below_queue(const struct setup_mta *mta, const char *path)
{
	const char *queue = mta->value[VALUE_QUEUE];
	size_t n = strlen(queue);

	return n > 0 && strncmp(path, queue, n) == 0 && path[n] == '/' ?
	    path + n + 1 : NULL;
}

/*
 * The socket as Postfix names it: smtpd(8) runs in its queue folder, in a
 * chroot or not. Nothing: Postfix cannot reach it, and a note says so.
 */
static bool
put_address(struct setup_plan *plan, const struct setup_mta *mta,
    const char *option, const char *spec, struct buf *out)
{
	struct sock_spec address;
	const char *below;

	if (!sock_spec_parse(spec, &address, out) ||
	    address.kind == SOCK_KIND_FD) {
		setup_note(plan, "%s = \"%s\": Postfix cannot use it.",
		    option, spec);
		return false;
	}
	buf_clear(out);
	if (address.kind != SOCK_KIND_UNIX) {
		buf_printf(out, "inet:%s:%d", address.host, address.port);
		return true;
	}
	below = below_queue(mta, address.path);
	if (below == NULL && is_chrooted(mta)) {
		setup_note(plan, "%s = \"%s\": smtpd runs in a chroot and "
		    "cannot get there. Let it lie below %s/saywhy.", option,
		    spec, mta->value[VALUE_QUEUE]);
		return false;
	}
	buf_printf(out, "unix:%s", below != NULL ? below : address.path);
	return true;
}

/*
 * As guides of other filters have it: non_smtpd_milters = $smtpd_milters. Mail
 * that came in by no connection cannot be refused, so it keeps the others.
 */
static void
plan_non_smtpd(struct setup_plan *plan, const struct setup_mta *mta)
{
	const char *written = mta->value[VALUE_NON_SMTPD];

	if (strstr(written, "$smtpd_milters") == NULL &&
	    strstr(written, "${smtpd_milters}") == NULL)
		return;
	set(plan, "non_smtpd_milters", mta->value[VALUE_MILTERS]);
	setup_note(plan, "non_smtpd_milters = %s would name saywhy for mail "
	    "that came in by no connection, which cannot be refused: it keeps "
	    "the others alone.", written);
}

/* Our own action and waits, whatever milter_default_action says to others. */
static void
plan_milter(struct setup_plan *plan, const struct setup_mta *mta,
    const struct setup_doors *doors)
{
	const char *others = mta->value[VALUE_MILTERS];
	struct buf address = BUF_INIT, value = BUF_INIT;

	if (put_address(plan, mta, "listen", doors->listen, &address) &&
	    strstr(others, address.data) == NULL) {
		buf_printf(&value, "{ %s, default_action=tempfail, "
		    "connect_timeout=10s, command_timeout=30s, "
		    "content_timeout=60s }%s%s", address.data,
		    *others != '\0' ? ", " : "", others);
		set(plan, "smtpd_milters", value.data);
	}
	buf_free(&address);
	buf_free(&value);
	plan_non_smtpd(plan, mta);
}

/* The admin's own maps come first: where they answer, ours is not queried. */
static void
plan_map(struct setup_plan *plan, const char *name, const char *others,
    const char *address, const char *map)
{
	struct buf ours = BUF_INIT, value = BUF_INIT;

	buf_printf(&ours, "socketmap:%s:%s", address, map);
	if (strstr(others, ours.data) == NULL) {
		buf_printf(&value, "%s%s%s", others,
		    *others != '\0' ? ", " : "", ours.data);
		set(plan, name, value.data);
	}
	buf_free(&ours);
	buf_free(&value);
}

static void
plan_reply_map(struct setup_plan *plan, const struct setup_mta *mta,
    const struct setup_doors *doors)
{
	struct buf address = BUF_INIT;

	if (doors->reply_map == NULL)
		setup_note(plan, "reply-map is not set in saywhy.conf, so what "
		    "Postfix refuses itself keeps its words. Set it to "
		    "\"unix:%s/saywhy/reply.sock\".",
		    mta->value[VALUE_QUEUE]);
	else if (!put_address(plan, mta, "reply-map", doors->reply_map,
	    &address))
		;
	else if (setup_mta_is_at_least(mta, 3, 11))
		plan_map(plan, "smtpd_reject_filter_maps",
		    mta->value[VALUE_FILTER_MAPS], address.data, "filter");
	else {
		plan_map(plan, "smtpd_reject_footer_maps",
		    mta->value[VALUE_FOOTER_MAPS], address.data, "footer");
		/* One process that must not wait for a map. */
		set(plan, "postscreen_reject_footer_maps", "");
	}
	buf_free(&address);
}

/* Where this word stands in a list of restrictions, or NULL. */
static const char *
find_word(const char *list, const char *word)
{
	const char *at = list;
	size_t n = strlen(word);

	for (; (at = strstr(at, word)) != NULL; at += n)
		if ((at == list || strchr(", \t", at[-1]) != NULL) &&
		    (at[n] == '\0' || strchr(", \t", at[n]) != NULL))
			return at;
	return NULL;
}

static const char *
find_last_word_of_relaying(const char *list)
{
	static const char *const words[] = { "defer_unauth_destination",
		"reject_unauth_destination" };
	const char *first = NULL, *at;
	size_t i;

	for (i = 0; i < sizeof words / sizeof words[0]; i++) {
		at = find_word(list, words[i]);
		if (at != NULL && (first == NULL || at < first))
			first = at;
	}
	return first;
}

static void
put_service(struct buf *out, const char *address, const char *about)
{
	buf_printf(out, "check_policy_service { %s, timeout=10s, "
	    "default_action=DUNNO, policy_context=%s }", address, about);
}

/*
 * At the head of a list: there our refusal comes before any of Postfix's
 * restrictions, and is about what the list is about, so that Postfix neither
 * changes its status nor puts the wrong words in front.
 */
static void
plan_service_first(struct setup_plan *plan, const char *name,
    const char *list, const char *address, const char *about)
{
	struct buf value = BUF_INIT;

	if (strstr(list, address) == NULL) {
		put_service(&value, address, about);
		buf_printf(&value, "%s%s", *list != '\0' ? ", " : "", list);
		set(plan, name, value.data);
	}
	buf_free(&value);
}

/* Postfix evaluates all of them at RCPT, where the recipient is known. */
static void
plan_service_heads(struct setup_plan *plan, const struct setup_mta *mta,
    const char *address)
{
	if (strcmp(mta->value[VALUE_DELAY_REJECT], "yes") != 0)
		return;
	plan_service_first(plan, "smtpd_client_restrictions",
	    mta->value[VALUE_CLIENT], address, "client");
	plan_service_first(plan, "smtpd_helo_restrictions",
	    mta->value[VALUE_HELO], address, "helo");
	plan_service_first(plan, "smtpd_sender_restrictions",
	    mta->value[VALUE_SENDER], address, "sender");
}

/*
 * One question for all lists: at the head of the first, where the recipient is
 * known. What is about HELO name, sender or recipient is answered with a class,
 * which looks the refusal up in a table of the reply map, so that Postfix has
 * the right words in front of it and leaves its status alone. A socket that
 * tells the process at its other end is needed.
 */
static bool
plan_service_once(struct setup_plan *plan, const struct setup_mta *mta,
    const struct setup_doors *doors, const char *address)
{
	static const struct {
		const char *class, *restriction, *map;
	} classes[] = {
		{ "saywhy_helo", "check_helo_access", "helo" },
		{ "saywhy_sender", "check_sender_access", "sender" },
		{ "saywhy_rcpt", "check_recipient_access", "rcpt" },
	};
	const char *own = mta->value[VALUE_CLASSES];
	struct buf map = BUF_INIT, value = BUF_INIT;
	size_t i;

	if (!doors->whole || doors->reply_map == NULL ||
	    strcmp(mta->value[VALUE_DELAY_REJECT], "yes") != 0 ||
	    strncmp(address, "unix:", 5) != 0 || !put_address(plan, mta,
	    "reply-map", doors->reply_map, &map) ||
	    strncmp(map.data, "unix:", 5) != 0) {
		buf_free(&map);
		return false;
	}
	for (i = 0; i < sizeof classes / sizeof classes[0]; i++) {
		buf_clear(&value);
		buf_printf(&value, "%s socketmap:%s:%s",
		    classes[i].restriction, map.data, classes[i].map);
		set(plan, classes[i].class, value.data);
	}
	buf_clear(&value);
	buf_printf(&value, "%s%ssaywhy_helo, saywhy_sender, saywhy_rcpt", own,
	    *own != '\0' ? ", " : "");
	set(plan, "smtpd_restriction_classes", value.data);
	plan_service_first(plan, "smtpd_client_restrictions",
	    mta->value[VALUE_CLIENT], address, "all");
	buf_free(&map);
	buf_free(&value);
	return true;
}

/* True: this list has a place for the service, or has the service. */
static bool
plan_service_in(struct setup_plan *plan, const char *name, const char *list,
    const char *address)
{
	const char *at = find_last_word_of_relaying(list);
	struct buf value = BUF_INIT;

	if (strstr(list, address) != NULL)
		return true;
	if (at == NULL)
		return false;
	buf_put(&value, list, (size_t)(at - list));
	put_service(&value, address, "relay");
	buf_printf(&value, ", %s", at);
	set(plan, name, value.data);
	buf_free(&value);
	return true;
}

static void
plan_service(struct setup_plan *plan, const struct setup_mta *mta,
    const struct setup_doors *doors)
{
	struct buf address = BUF_INIT;

	if (doors->policy_service == NULL) {
		if (!setup_mta_is_at_least(mta, 3, 11))
			setup_note(plan, "policy-service is not set in "
			    "saywhy.conf, so Postfix refuses before saywhy "
			    "can. Set it to \"unix:%s/saywhy/policy.sock\".",
			    mta->value[VALUE_QUEUE]);
	} else if (put_address(plan, mta, "policy-service",
	    doors->policy_service, &address) &&
	    !plan_service_once(plan, mta, doors, address.data)) {
		plan_service_heads(plan, mta, address.data);
		if (!plan_service_in(plan, "smtpd_relay_restrictions",
		    mta->value[VALUE_RELAY], address.data) &&
		    !plan_service_in(plan, "smtpd_recipient_restrictions",
		    mta->value[VALUE_RCPT], address.data)) {
			plan_service_first(plan,
			    "smtpd_recipient_restrictions",
			    mta->value[VALUE_RCPT], address.data, "rcpt");
			setup_note(plan, "Neither smtpd_relay_restrictions nor "
			    "smtpd_recipient_restrictions names "
			    "reject_unauth_destination: saywhy is asked at "
			    "the head of the latter.");
		}
	}
	buf_free(&address);
}

/*
 * What Postfix goes on to say itself: codes of RFC 5321 for what they are
 * about, where main.cf leaves the defaults. 554 is a code of the greeting
 * (section 3.1) and none of RCPT (section 4.3.2); a name that does not exist is
 * nothing that passes. 3.11 asks about each reply instead.
 */
static void
plan_codes(struct setup_plan *plan, const struct setup_mta *mta)
{
	static const struct {
		const char *name;
		bool greets;	/* where refusals are not delayed */
	} codes[] = {
		{ "access_map_reject_code", true },
		{ "maps_rbl_reject_code", true },
		{ "reject_code", true },
		{ "relay_domains_reject_code", false },
		{ "unknown_address_reject_code", false },
		{ "unknown_hostname_reject_code", false },
		{ "unverified_recipient_reject_code", false },
	};
	bool delayed = strcmp(mta->value[VALUE_DELAY_REJECT], "yes") == 0;
	size_t i;

	for (i = 0; i < sizeof codes / sizeof codes[0]; i++)
		if ((delayed || !codes[i].greets) &&
		    !setup_mta_sets(mta, codes[i].name))
			set(plan, codes[i].name, "550");
}

/*
 * Mail that comes back from a content filter was judged on its way in; refused
 * now it would be the filter that bounces it.
 */
static void
plan_ways_back(struct setup_plan *plan, const struct setup_mta *mta)
{
	const struct setup_service *s;
	struct buf value = BUF_INIT;
	size_t i;

	for (i = 0; i < mta->nservices; i++) {
		s = &mta->services[i];
		if (!s->way_back || plan->nways == SETUP_WAYS_MAX ||
		    (s->milters != NULL && *s->milters == '\0') ||
		    (s->overrides != NULL &&
		    strstr(s->overrides, "no_milters") != NULL))
			continue;
		buf_clear(&value);
		buf_printf(&value, "%s%sno_milters",
		    s->overrides != NULL ? s->overrides : "",
		    s->overrides != NULL && *s->overrides != '\0' ? "," : "");
		plan->ways[plan->nways++] = (struct setup_setting){
			.name = s->name, .value = mem_dup(value.data) };
	}
	buf_free(&value);
}

void
setup_plan_make(struct setup_plan *plan, const struct setup_mta *mta,
    const struct setup_doors *doors)
{
	if (!setup_mta_is_at_least(mta, 3, 4)) {
		setup_note(plan, "This Postfix is older than 3.4: it knows "
		    "neither footers of a map nor a filter's own "
		    "default_action. See saywhyd(8) for smtpd_milters.");
		return;
	}
	plan_milter(plan, mta, doors);
	plan_reply_map(plan, mta, doors);
	plan_service(plan, mta, doors);
	if (doors->adopted && !setup_mta_is_at_least(mta, 3, 11))
		plan_codes(plan, mta);
	plan_ways_back(plan, mta);
	setup_notes(plan, mta, doors);
}

void
setup_plan_clear(struct setup_plan *plan)
{
	while (plan->nsettings > 0)
		free(plan->settings[--plan->nsettings].value);
	while (plan->nways > 0)
		free(plan->ways[--plan->nways].value);
	while (plan->nnotes > 0)
		free(plan->notes[--plan->nnotes]);
}
