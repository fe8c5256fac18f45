/* setup_agree_lists - DNS lists and permits that only one of both has */

#include "setup/setup_agree_lists.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "checks/dns_block.h"
#include "checks/list_block.h"
#include "engine/ruleset.h"
#include "setup/mta_lists.h"

#define PERMITS_MAX 16

/* One list of restrictions, word by word. */
struct walk {
	struct differences *d;
	const struct mta_source *source;
	const struct ruleset *rules;
	const char *config;
	const char *list;	/* "smtpd_client_restrictions" */
	char permits[PERMITS_MAX][MTA_WORD_MAX];	/* so far, not ours */
	size_t npermits;
};

static const void *
options_of(const struct ruleset *r, const char *check)
{
	size_t i;

	for (i = 0; i < r->nrules; i++)
		if (strcmp(r->rules[i].check->name, check) == 0)
			return r->rules[i].options;
	return NULL;
}

/* Does a block of this check ask that zone? */
static bool
asks(const struct ruleset *r, const char *check, const char *zone)
{
	const struct dns_blocks *o = options_of(r, check);
	const struct dns_block *b;
	size_t i;

	for (i = 0; o != NULL && i < o->blocks.n; i++) {
		b = o->blocks.v[i];
		if (strcasecmp(b->zone.text != NULL ? b->zone.text :
		    b->item.title, zone) == 0)
			return true;
	}
	return false;
}

/* Is this table one of those whom no blacklist refuses? */
static bool
allows(const struct ruleset *r, const char *table)
{
	const struct list_blocks *o = options_of(r, "blacklist_allow");
	const char *path = strchr(table, ':'), *name;
	const struct list_block *b;
	size_t i;

	path = path != NULL ? path + 1 : table;
	for (i = 0; o != NULL && i < o->blocks.n; i++) {
		b = o->blocks.v[i];
		name = b->file.name != NULL ? strchr(b->file.name, ':') : NULL;
		if (name != NULL && strcmp(name + 1, path) == 0)
			return true;
	}
	return false;
}

/* Does a line of the table let somebody pass? */
static bool
has_permit(const struct mta_source *source, const char *table)
{
	const char *path = strchr(table, ':'), *line, *action;
	struct buf text = BUF_INIT;
	bool found = false;
	size_t n;

	if (path != NULL && source->text(source->arg, path + 1, &text))
		for (line = text.data; *line != '\0' && !found; line += n) {
			n = strcspn(line, "\n");
			action = line + strcspn(line, " \t\n");
			action += strspn(action, " \t");
			found = *line != '#' && *line != '\n' &&
			    (strncasecmp(action, "OK", 2) == 0 ||
			    strncasecmp(action, "permit", 6) == 0);
			n += line[n] == '\n';
		}
	buf_free(&text);
	return found;
}

static void
add_permit(struct walk *w, const char *restriction, const char *word)
{
	if (w->npermits < PERMITS_MAX)
		snprintf(w->permits[w->npermits++], MTA_WORD_MAX,
		    "%.60s %.400s", restriction, word);
}

/* What is let pass before a list that both ask. */
static void
tell_permits(struct walk *w, const char *zone)
{
	size_t i;

	for (i = 0; i < w->npermits; i++)
		differences_add(w->d, true, "%s lets pass in %s (%s) before "
		    "%s is asked, which section blacklist of %s does not: "
		    "whom Postfix takes, saywhy refuses", w->permits[i],
		    w->list, w->source->place(w->source->arg, w->list), zone,
		    w->config);
	w->npermits = 0;
}

static void
compare_zone(struct walk *w, const char *restriction, const char *check,
    char *zone)
{
	zone[strcspn(zone, "=")] = '\0';
	if (asks(w->rules, check, zone))
		tell_permits(w, zone);
	else
		differences_add(w->d, false, "%s %s stands in %s (%s), but in "
		    "no block of section blacklist of %s: Postfix refuses in "
		    "its own words", restriction, zone, w->list,
		    w->source->place(w->source->arg, w->list), w->config);
}

static void
compare_word(struct walk *w, const char *word, const char **rest)
{
	char next[MTA_WORD_MAX];

	if (strcmp(word, "reject_rbl_client") == 0 &&
	    mta_next_word(rest, next))
		compare_zone(w, word, "blacklist_dnsbl", next);
	else if (strncmp(word, "reject_rhsbl_", 13) == 0 &&
	    mta_next_word(rest, next))
		compare_zone(w, word, "blacklist_rhsbl", next);
	else if (strcmp(word, "permit_dnswl_client") == 0 &&
	    mta_next_word(rest, next)) {
		next[strcspn(next, "=")] = '\0';
		if (!asks(w->rules, "blacklist_dnswl", next))
			add_permit(w, word, next);
	} else if (strncmp(word, "check_", 6) == 0 &&
	    mta_next_word(rest, next) && has_permit(w->source, next) &&
	    !allows(w->rules, next))
		add_permit(w, word, next);
}

void
differences_find_lists(struct differences *d, const struct mta_source *source,
    const struct ruleset *r, const char *config)
{
	static const char *const lists[] = { "smtpd_client_restrictions",
		"smtpd_helo_restrictions", "smtpd_sender_restrictions",
		"smtpd_relay_restrictions", "smtpd_recipient_restrictions" };
	struct walk w = { .d = d, .source = source, .rules = r,
		.config = config };
	char word[MTA_WORD_MAX];
	const char *p;
	size_t i;

	for (i = 0; i < sizeof lists / sizeof lists[0]; i++) {
		w.list = lists[i];
		w.npermits = 0;
		p = source->value(source->arg, lists[i]);
		while (mta_next_word(&p, word))
			compare_word(&w, word, &p);
	}
}
