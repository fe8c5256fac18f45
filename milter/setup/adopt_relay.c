/* adopt_relay - for whom Postfix takes mail, and whom it trusts */

#include "setup/adopt_relay.h"

#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "setup/adopt_words.h"
#include "setup/mta_lists.h"

#define COUNT(v) (sizeof (v) / sizeof (v)[0])

/* "a", "b" */
static void
put_items(struct buf *out, const struct mta_items *items)
{
	size_t i;

	for (i = 0; i < items->n; i++)
		buf_printf(out, "%s\"%s\"", i > 0 ? ", " : "",
		    items->v[i].name);
}

static void
leave_odd(struct adopt *a, const struct mta_lists *l)
{
	size_t i;

	for (i = 0; i < l->tables.n; i++)
		adopt_leave(a, "%s: %s: its domains cannot be listed: who may "
		    "relay stays Postfix's, unless you put all domains into "
		    "relay.domains", l->tables.v[i].setting,
		    l->tables.v[i].name);
	for (i = 0; i < l->odd.n; i++)
		adopt_leave(a, "mynetworks: %s is no network that saywhy "
		    "reads: who may relay stays Postfix's, unless you set "
		    "relay.domains and relay.networks", l->odd.v[i].name);
}

/*
 * What lets somebody relay whom saywhy would not know, in the first list that
 * refuses relaying; NULL: nothing.
 */
static const char *
other_relayer(const struct mta_source *source, const char *list,
    char word[MTA_WORD_MAX], bool *refuses)
{
	static const char *const known[] = { "permit_mynetworks",
		"permit_sasl_authenticated" };
	static const char *const ends[] = { "reject_unauth_destination",
		"defer_unauth_destination", "reject", "defer" };
	const char *p = source->value(source->arg, list);
	char table[MTA_WORD_MAX];

	while (mta_next_word(&p, word)) {
		*refuses = adopt_is_among(word, ends, COUNT(ends));
		if (*refuses)
			return NULL;
		if (adopt_takes_word(word) && mta_next_word(&p, table) &&
		    strncmp(word, "check_", 6) == 0 &&
		    !adopt_is_ours(table) &&
		    adopt_may_permit(source, table))
			return word;
		if (strncmp(word, "permit", 6) == 0 &&
		    !adopt_is_among(word, known, COUNT(known)))
			return word;
	}
	return NULL;
}

/* Whoever does not know all of them would refuse good mail. */
static bool
knows_relaying(struct adopt *a, const struct mta_source *source,
    const struct mta_lists *l)
{
	static const char *const lists[] = { "smtpd_relay_restrictions",
		"smtpd_recipient_restrictions" };
	char word[MTA_WORD_MAX];
	const char *other = NULL;
	bool refuses = false;
	size_t i;

	if (l->tables.n > 0 || l->odd.n > 0)
		return false;
	for (i = 0; i < COUNT(lists) && !refuses && other == NULL; i++)
		other = other_relayer(source, lists[i], word, &refuses);
	if (other != NULL)
		adopt_leave(a, "%s: who may relay stays Postfix's, for %s "
		    "stands before what refuses it: relay.domains is not set",
		    lists[i - 1], other);
	return other == NULL;
}

bool
adopt_own_domains(struct adopt *a, const struct mta_source *source,
    const char *list)
{
	struct mta_lists l;
	bool known;

	mta_lists_read(&l, source);
	known = l.tables.n == 0;
	if (!known)
		adopt_leave(a, "%s: reject_unknown_recipient_domain stays "
		    "Postfix's, for %s: its domains cannot be listed", list,
		    l.tables.v[0].name);
	else if (l.domains.n > 0) {
		buf_puts(&a->conf, "relay { rcpt-domain-except = {");
		put_items(&a->conf, &l.domains);
		buf_puts(&a->conf, "} }\t# mydestination, "
		    "virtual_*_domains, relay_domains\n");
	}
	mta_lists_clear(&l);
	return known;
}

void
adopt_relay(struct adopt *a, const struct mta_source *source)
{
	struct mta_lists l;

	mta_lists_read(&l, source);
	leave_odd(a, &l);
	buf_puts(&a->conf, "relay {\n");
	if (!source->is_set(source->arg, "domains") && l.domains.n > 0 &&
	    knows_relaying(a, source, &l)) {
		buf_puts(&a->conf, "\tdomains = {");
		put_items(&a->conf, &l.domains);
		buf_puts(&a->conf, "}\t# mydestination, virtual_*_domains, "
		    "relay_domains\n");
	}
	if (!source->is_set(source->arg, "networks") && l.networks.n > 0) {
		buf_puts(&a->conf, "\tnetworks = {");
		put_items(&a->conf, &l.networks);
		buf_puts(&a->conf, "}\t# mynetworks\n");
	}
	buf_puts(&a->conf, "}\n");
	mta_lists_clear(&l);
}
