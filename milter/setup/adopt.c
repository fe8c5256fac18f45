/* adopt - the policy of main.cf, translated to saywhy.conf; pure */

#include "setup/adopt.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "model/action.h"
#include "model/mailbox.h"
#include "setup/adopt_defaults.h"
#include "setup/adopt_ports.h"
#include "setup/adopt_relay.h"
#include "setup/adopt_words.h"
#include "setup/mta_lists.h"
#include "words/reason.h"

#define COUNT(v) (sizeof (v) / sizeof (v)[0])
#define CLASSES_DEEP 4
/* The range of content.max-size. */
#define SIZE_MIN_OURS 1000
#define SIZE_MAX_OURS (1LL << 40)
#define HOPS_OURS 100	/* the default of content.max-hops, and its most */
#define HOPS_MAX_OURS 1000
#define SIZE_OF_POSTFIX 10240000	/* where main.cf says nothing */

/* One walk through one list of restrictions. */
struct walk {
	struct adopt *a;
	const struct mta_source *source;
	const char *list;	/* "smtpd_client_restrictions" */
	const char *p;		/* what is still to come of it */
	unsigned deep;		/* in a restriction class of it */
	bool over;		/* nothing behind this word is ever asked */
	bool warns;		/* the next one refuses nobody */
	bool parents;		/* a domain in a table is all below it, too */
	bool unknown_permit;	/* one came before */
	bool known_permit;	/* … that only section blacklist knows of */
	struct buf *lists;	/* what goes into section blacklist */
	struct buf *notes;	/* lines of reasons that stay Postfix's */
};

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

/* Restrictions that saywhy implies, or that need no translation. */
static const char *const silent[] = { "permit_mynetworks",
	"permit_sasl_authenticated", "reject_unauth_destination",
	"defer_unauth_destination", "reject_unauth_pipelining",
	"reject_unlisted_recipient",
	"reject_unlisted_sender", "reject_unverified_recipient",
	"reject_unverified_sender", "reject_multi_recipient_bounce" };

/* "127.0.0.[2..11]" is 127.0.0.2-11; false: a form that we do not have. */
static bool
put_answers(struct buf *out, const char *answers)
{
	const char *open = strchr(answers, '['), *dots, *close;

	if (open == NULL) {
		buf_printf(out, "\"%s\"", answers);
		return strspn(answers, "0123456789.") == strlen(answers);
	}
	dots = strstr(open, "..");
	close = strchr(open, ']');
	if (dots == NULL || close == NULL || close[1] != '\0' ||
	    dots > close || strchr(open, ';') != NULL)
		return false;
	buf_printf(out, "\"%.*s%.*s-%.*s\"", (int)(open - answers), answers,
	    (int)(dots - open - 1), open + 1, (int)(close - dots - 2),
	    dots + 2);
	return true;
}

static const struct {
	const char *restriction, *block, *match;
} dns_lists[] = {
	{ "reject_rbl_client", "dnsbl", NULL },
	{ "permit_dnswl_client", "dnswl", NULL },
	{ "reject_rhsbl_client", "rhsbl", "client" },
	{ "reject_rhsbl_helo", "rhsbl", "helo" },
	{ "reject_rhsbl_sender", "rhsbl", "sender" },
};

/* Its zone is the next word: "zen.example=127.0.0.2". */
static void
adopt_dns_list(struct walk *w, size_t which)
{
	char word[MTA_WORD_MAX], *answers;
	struct buf line = BUF_INIT;
	bool good, permits = strcmp(dns_lists[which].block, "dnswl") == 0;

	if (!mta_next_word(&w->p, word))
		return;
	answers = strchr(word, '=');
	if (answers != NULL)
		*answers++ = '\0';
	buf_printf(&line, "\t%s \"%s\" {", dns_lists[which].block, word);
	if (dns_lists[which].match != NULL)
		buf_printf(&line, " match = {%s}", dns_lists[which].match);
	if (answers != NULL)
		buf_puts(&line, " answers = {");
	else if (permits)
		buf_puts(&line, " answers = {\"127.0.0.0-"
		    "127.255.254.255\"}");
	good = (answers == NULL || put_answers(&line, answers)) &&
	    mailbox_is_host_name(word);
	buf_printf(&line, "%s }\t# %s\n", answers != NULL ? "}" : "",
	    w->list);
	if (strstr(w->lists->data, line.data) != NULL)
		;
	else if (good && !w->unknown_permit) {
		buf_puts(w->lists, line.data);
		w->a->taken++;
	} else {
		w->unknown_permit |= permits;
		adopt_leave(w->a, "%s: %s %s stays Postfix's%s: %s", w->list,
		    dns_lists[which].restriction, word,
		    adopt_says(dns_lists[which].restriction), good ?
		    "it stands behind a permit that saywhy does not know" :
		    "its answers are in a form that saywhy does not have");
	}
	w->known_permit |= permits;
	buf_free(&line);
}

static const struct {
	const char *restriction, *match;
} tables[] = {
	{ "check_client_access", "client" },
	{ "check_helo_access", "helo" },
	{ "check_sender_access", "sender" },
	{ "check_recipient_access", "rcpt" },
};

static void
adopt_table(struct walk *w, size_t which)
{
	const char *path, *name;
	char word[MTA_WORD_MAX];

	if (!mta_next_word(&w->p, word))
		return;
	path = adopt_text_of_table(w->source, word);
	if (path == NULL || !w->parents) {
		adopt_leave(w->a, "%s: %s %s stays Postfix's%s: %s", w->list,
		    tables[which].restriction, word,
		    adopt_says(tables[which].restriction),
		    path == NULL ? adopt_not_read_because(word) :
		    "parent_domain_matches_subdomains does not name "
		    "smtpd_access_maps");
		w->unknown_permit = true;
		return;
	}
	name = strrchr(path, '/') != NULL ? strrchr(path, '/') + 1 : path;
	if (!w->unknown_permit) {
		buf_printf(w->lists, "\tlist \"%s %s\" { file = \"access:%s\" "
		    "match = {%s} }\t# %s\n", name, tables[which].match, path,
		    tables[which].match, w->list);
		w->a->taken++;
	}
	buf_printf(w->lists, "\tallow \"%s %s\" { file = "
	    "\"access-permit:%s\" match = {%s} }\t# %s\n", name,
	    tables[which].match, path, tables[which].match, w->list);
	w->known_permit = true;
}

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
	return strncmp(w->source->place(w->source->arg, code), "the default",
	    11) != 0 && *w->source->value(w->source->arg, code) == '4';
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

static void
leave_behind(struct walk *w, const char *restriction)
{
	adopt_leave(w->a, "%s: %s stays Postfix's%s: it stands behind a permit "
	    "that saywhy does not know", w->list, restriction,
	    adopt_says(restriction));
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

/* Unless another list, or saywhy.conf, says more of it. */
static void
put_notes(struct adopt *a, const struct mta_source *source,
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

static void
adopt_simple(struct walk *w, const struct simple *s)
{
	size_t i;
	bool behind = w->unknown_permit || (w->known_permit && s->identity);

	if (behind || !has_code(w, s)) {
		if (behind)
			leave_behind(w, s->restriction);
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

static void
adopt_unknown(struct walk *w, const char *word)
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
adopt_switch(struct walk *w, size_t which)
{
	const char *option = switches[which].option;
	struct buf line = BUF_INIT;

	if (w->unknown_permit || w->known_permit) {
		leave_behind(w, switches[which].restriction);
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

static void adopt_word(struct walk *w, const char *word);

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
adopt_class(struct walk *w, const char *name)
{
	const char *rest = w->p;
	char word[MTA_WORD_MAX];

	w->p = w->source->value(w->source->arg, name);
	w->deep++;
	while (!w->over && mta_next_word(&w->p, word))
		adopt_word(w, word);
	w->deep--;
	w->p = rest;
}

/* Words that say what becomes of those behind them. True: it was one. */
static bool
adopt_turn(struct walk *w, const char *word)
{
	static const char *const ends[] = { "permit", "reject", "defer" };
	bool local = strcmp(word, "permit_auth_destination") == 0;

	if (w->warns) {
		w->warns = false;
		adopt_unknown(w, word);
		return true;
	}
	w->warns = strcmp(word, "warn_if_reject") == 0;
	w->over |= adopt_is_among(word, ends, COUNT(ends));
	if (w->over && *word != 'p')
		adopt_leave(w->a, "%s: %s stays Postfix's%s", w->list, word,
		    adopt_says(word));
	/* Mail to our domains comes no further. */
	w->unknown_permit |= local;
	return w->warns || w->over || local ||
	    adopt_is_among(word, silent, COUNT(silent));
}

static void
adopt_word(struct walk *w, const char *word)
{
	size_t i;

	if (adopt_turn(w, word))
		return;
	for (i = 0; i < COUNT(simples); i++)
		if (strcmp(word, simples[i].restriction) == 0) {
			adopt_simple(w, &simples[i]);
			return;
		}
	for (i = 0; i < COUNT(switches); i++)
		if (strcmp(word, switches[i].restriction) == 0) {
			adopt_switch(w, i);
			return;
		}
	for (i = 0; i < COUNT(dns_lists); i++)
		if (strcmp(word, dns_lists[i].restriction) == 0) {
			adopt_dns_list(w, i);
			return;
		}
	for (i = 0; i < COUNT(tables); i++)
		if (strcmp(word, tables[i].restriction) == 0) {
			adopt_table(w, i);
			return;
		}
	if (is_class(w, word))
		adopt_class(w, word);
	else
		adopt_unknown(w, word);
}

/* As saywhy takes the tables, and as Postfix does by default. */
static bool
has_parents(const struct mta_source *source)
{
	const char *names = source->value(source->arg,
	    "parent_domain_matches_subdomains");

	return *names == '\0' || strstr(names, "smtpd_access_maps") != NULL;
}

static void
adopt_list(struct adopt *a, const struct mta_source *source,
    const char *list, struct buf *lists, struct buf *notes)
{
	struct walk w = { .a = a, .source = source, .list = list,
		.p = source->value(source->arg, list), .lists = lists,
		.notes = notes, .parents = has_parents(source) };
	char word[MTA_WORD_MAX];

	while (!w.over && mta_next_word(&w.p, word))
		adopt_word(&w, word);
}

/*
 * Postfix has its code right, and without a limit of ours the filter need not
 * see the body: only one that somebody set is taken over.
 */
static void
adopt_size(struct adopt *a, const struct mta_source *source)
{
	const char *size = source->value(source->arg, "message_size_limit");
	long long bytes = strtoll(size, NULL, 10);

	if (bytes <= 0 || bytes == SIZE_OF_POSTFIX ||
	    size[strspn(size, "0123456789")] != '\0' ||
	    source->is_set(source->arg, "max-size"))
		return;
	if (bytes < SIZE_MIN_OURS || bytes > SIZE_MAX_OURS) {
		adopt_leave(a, "message_size_limit: %s is out of the range of "
		    "content.max-size: Postfix goes on to say 552 5.3.4", size);
		return;
	}
	buf_printf(&a->conf, "content { max-size = %s }\t"
	    "# message_size_limit\n", size);
}

/* The default of Postfix is the limit where nothing is set, here too. */
static void
adopt_recipients(struct adopt *a, const struct mta_source *source)
{
	static const char name[] = "smtpd_recipient_limit";
	const char *value = source->value(source->arg, name);
	long long limit = strtoll(value, NULL, 10);

	if (limit == 1000 || limit < 100 || limit > 1000000 ||
	    source->is_set(source->arg, "max-recipients"))
		return;
	buf_printf(&a->conf, "relay { max-recipients = %lld }\t# %s\n", limit,
	    name);
}

/* Postfix refuses fewer by default; where it takes more, saywhy does. */
static void
adopt_hops(struct adopt *a, const struct mta_source *source)
{
	long long hops = strtoll(source->value(source->arg,
	    "hopcount_limit"), NULL, 10);

	if (hops > HOPS_OURS && !source->is_set(source->arg, "max-hops"))
		buf_printf(&a->conf, "content { max-hops = %lld }\t"
		    "# hopcount_limit\n", hops < HOPS_MAX_OURS ? hops :
		    HOPS_MAX_OURS);
}

static const char *const lists[] = { "smtpd_client_restrictions",
	"smtpd_helo_restrictions", "smtpd_sender_restrictions",
	"smtpd_relay_restrictions", "smtpd_recipient_restrictions" };

/* What saywhy refuses by itself, and this main.cf does not. */
static void
note_defaults(struct adopt *a, const struct mta_source *source)
{
	struct adopt_defaults d = { .from = "main.cf", .odd_senders = true,
		.is_set = source->is_set, .arg = source->arg };
	size_t i;

	for (i = 0; i < COUNT(lists); i++)
		d.needs_login |= adopt_needs_login(source->value(source->arg,
		    lists[i]));
	adopt_defaults(a, &d);
}

void
adopt_make(struct adopt *a, const struct mta_source *source)
{
	struct buf blacklist = BUF_INIT, notes = BUF_INIT;
	size_t i;

	memset(a, 0, sizeof *a);
	a->conf = (struct buf)BUF_INIT;
	buf_puts(&a->conf, "# What saywhy took over from Postfix's main.cf: "
	    "made by `saywhy setup --adopt`,\n# which writes it anew. Behind "
	    "each line stands where it comes from.\n\n");
	a->whole = !source->is_set(source->arg, "domains");
	if (a->whole)
		buf_puts(&a->conf, ADOPT_WHOLE);
	adopt_relay(a, source);
	adopt_size(a, source);
	adopt_recipients(a, source);
	adopt_hops(a, source);
	for (i = 0; i < COUNT(lists); i++)
		adopt_list(a, source, lists[i], &blacklist, &notes);
	put_notes(a, source, &notes);
	if (blacklist.len > 0)
		buf_printf(&a->conf, "blacklist {\n%s}\n", blacklist.data);
	adopt_ports(a, source);
	note_defaults(a, source);
	buf_free(&blacklist);
	buf_free(&notes);
}

void
adopt_clear(struct adopt *a)
{
	buf_free(&a->conf);
	while (a->nleft > 0)
		free(a->left[--a->nleft]);
}
