/* adopt_walk - a list of restrictions, word by word */

#include "setup/adopt_walk.h"

#include <string.h>

#include "base/buf.h"
#include "setup/adopt_words.h"
#include "setup/mta_lists.h"

#define COUNT(v) (sizeof (v) / sizeof (v)[0])
#define CLASSES_DEEP 4

/* Restrictions that saywhy implies, or that need no translation. */
static const char *const silent[] = { "permit_mynetworks",
	"permit_sasl_authenticated", "reject_unauth_destination",
	"defer_unauth_destination", "reject_unauth_pipelining",
	"reject_unlisted_recipient",
	"reject_unlisted_sender", "reject_unverified_recipient",
	"reject_unverified_sender", "reject_multi_recipient_bounce" };

static void
take_unknown(struct walk *w, const char *word)
{
	char argument[MTA_WORD_MAX] = "";
	bool ours;

	if (adopt_takes_word(word))
		mta_next_word(&w->p, argument);
	ours = adopt_is_ours(argument);
	if (strncmp(word, "permit", 6) == 0 || (strncmp(word, "check_", 6) ==
	    0 && !ours))
		w->unknown_permit = true;
	if (!ours)
		adopt_leave(w->a, "%s: %s%s%s stays Postfix's%s", w->list, word,
		    *argument != '\0' ? " " : "", argument, adopt_says(word));
}

static void take_word(struct walk *w, const char *word);

static bool
is_class(const struct walk *w, const char *word)
{
	const char *p = w->source->value(w->source->arg,
	    "smtpd_restriction_classes");
	char class[MTA_WORD_MAX];

	while (w->deep < CLASSES_DEEP && mta_next_word(&p, class))
		if (strcmp(class, word) == 0)
			return true;
	return false;
}

/* A class is its restrictions, at the place where it is named. */
static void
take_class(struct walk *w, const char *name)
{
	const char *rest = w->p;
	char word[MTA_WORD_MAX];

	w->p = w->source->value(w->source->arg, name);
	w->deep++;
	while (!w->over && mta_next_word(&w->p, word))
		take_word(w, word);
	w->deep--;
	w->p = rest;
}

/*
 * What is deferred at the end of the last list. Behind other lists, some are
 * refused for good by what would not have been asked.
 */
static bool
take_defer(struct walk *w, const char *word)
{
	static const char reason[] = "reason \"rcpt-denied\"";

	if (strcmp(word, "defer") != 0 || w->unknown_permit ||
	    strcmp(w->list, "smtpd_recipient_restrictions") != 0 ||
	    strstr(w->lists->data, "match = {rcpt}") != NULL ||
	    w->source->is_set(w->source->arg, reason))
		return false;
	buf_printf(w->lists, "\tlist \"defer\" { entries = {\"*\"} "
	    "match = {rcpt} }\t# %s\n", w->list);
	buf_printf(&w->a->conf, "%s { action = tempfail }\t# %s: defer\n",
	    reason, w->list);
	w->a->taken++;
	return true;
}

/* Words that say what becomes of those behind them. True: it was one. */
static bool
take_turn(struct walk *w, const char *word)
{
	static const char *const ends[] = { "permit", "reject", "defer" };
	bool local = strcmp(word, "permit_auth_destination") == 0;

	if (w->warns) {
		w->warns = false;
		take_unknown(w, word);
		return true;
	}
	w->warns = strcmp(word, "warn_if_reject") == 0;
	w->logins_pass |= strcmp(word, "permit_sasl_authenticated") == 0;
	w->networks_pass |= strcmp(word, "permit_mynetworks") == 0;
	w->over |= adopt_is_among(word, ends, COUNT(ends));
	if (w->over && *word != 'p' && !take_defer(w, word))
		adopt_leave(w->a, "%s: %s stays Postfix's%s", w->list, word,
		    adopt_says(word));
	/* Mail to our domains comes no further. */
	w->unknown_permit |= local;
	return w->warns || w->over || local ||
	    adopt_is_among(word, silent, COUNT(silent));
}

static void
take_word(struct walk *w, const char *word)
{
	if (take_turn(w, word) || adopt_reason(w, word) ||
	    adopt_dns_list(w, word) || adopt_table(w, word))
		return;
	if (is_class(w, word))
		take_class(w, word);
	else
		take_unknown(w, word);
}

/* As saywhy takes the tables, and as Postfix does by default. */
static bool
has_parents(const struct mta_source *source)
{
	const char *names = source->value(source->arg,
	    "parent_domain_matches_subdomains");

	return *names == '\0' || strstr(names, "smtpd_access_maps") != NULL;
}

void
adopt_walk(struct adopt *a, const struct mta_source *source,
    const char *list, struct buf *lists, struct buf *notes)
{
	struct walk w = { .a = a, .source = source, .list = list,
		.p = source->value(source->arg, list), .lists = lists,
		.notes = notes, .parents = has_parents(source) };
	char word[MTA_WORD_MAX];

	while (!w.over && mta_next_word(&w.p, word))
		take_word(&w, word);
}
