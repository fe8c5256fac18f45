/* adopt - the policy of main.cf, translated to saywhy.conf; pure */

#include "setup/adopt.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "model/mailbox.h"
#include "setup/mta_lists.h"

#define COUNT(v) (sizeof (v) / sizeof (v)[0])
#define CLASSES_DEEP 4

/* One walk through one list of restrictions. */
struct walk {
	struct adopt *a;
	const struct mta_source *source;
	const char *list;	/* "smtpd_client_restrictions" */
	const char *p;		/* what is still to come of it */
	unsigned deep;		/* in a restriction class of it */
	bool over;		/* nothing behind this word is ever asked */
	bool warns;		/* the next one refuses nobody */
	bool unknown_permit;	/* one came before */
	bool known_permit;	/* … that only section blacklist knows of */
	struct buf *lists;	/* what goes into section blacklist */
};

static void
leave(struct adopt *a, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

static void
leave(struct adopt *a, const char *fmt, ...)
{
	struct buf text = BUF_INIT;
	va_list ap;

	va_start(ap, fmt);
	buf_vprintf(&text, fmt, ap);
	va_end(ap);
	if (a->nleft < ADOPT_LEFT_MAX)
		a->left[a->nleft++] = buf_steal(&text);
	buf_free(&text);
}

/* Restrictions that a reason says; the first action is what is done. */
static const struct simple {
	const char *restriction;
	const char *reasons[3];
	bool identity;		/* of section auth: an allow list of section
				   blacklist does not spare anybody */
} simples[] = {
	{ "reject_unknown_sender_domain", { "sender-domain-nonexistent" },
	    true },
	{ "reject_non_fqdn_sender", { "sender-not-fqdn" }, true },
	{ "reject_invalid_helo_hostname", { "helo-syntax" }, true },
	{ "reject_invalid_hostname", { "helo-syntax" }, true },
	{ "reject_non_fqdn_helo_hostname", { "helo-not-fqdn" }, true },
	{ "reject_non_fqdn_hostname", { "helo-not-fqdn" }, true },
	{ "reject_unknown_helo_hostname", { "helo-unresolvable" }, true },
	{ "reject_unknown_hostname", { "helo-unresolvable" }, true },
	{ "reject_unknown_client_hostname", { "rdns-missing",
	    "rdns-mismatch" }, true },
	{ "reject_unknown_client", { "rdns-missing", "rdns-mismatch" },
	    true },
	{ "reject_unknown_reverse_client_hostname", { "rdns-missing" },
	    true },
};

/* Restrictions that saywhy implies, or that need no translation. */
static const char *const silent[] = { "permit_mynetworks",
	"permit_sasl_authenticated", "reject_unauth_destination",
	"defer_unauth_destination", "reject_unauth_pipelining",
	"reject_unlisted_recipient",
	"reject_unlisted_sender", "reject_unverified_recipient",
	"reject_unverified_sender", "reject_non_fqdn_recipient",
	"reject_unknown_recipient_domain",
	"reject_multi_recipient_bounce" };

static bool
is_among(const char *word, const char *const *words, size_t n)
{
	size_t i;

	for (i = 0; i < n && strcmp(word, words[i]) != 0; i++)
		;
	return i < n;
}

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
	bool good;

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
	good = (answers == NULL || put_answers(&line, answers)) &&
	    mailbox_is_host_name(word);
	buf_printf(&line, "%s }\t# %s\n", answers != NULL ? "}" : "",
	    w->list);
	if (strstr(w->lists->data, line.data) != NULL)
		;
	else if (good && !w->unknown_permit) {
		buf_puts(w->lists, line.data);
		w->a->taken++;
	} else
		leave(w->a, "%s: %s %s%s", w->list,
		    dns_lists[which].restriction, word, good ?
		    ": it stands behind a permit that saywhy does not know" :
		    ": its answers are in a form that saywhy does not have");
	buf_free(&line);
}

static bool
starts(const char *text, const char *word)
{
	return strncmp(text, word, strlen(word)) == 0;
}

/* "/pattern/" or "/pattern/i", and a blank behind it. */
static bool
is_plain_pattern(const char *line)
{
	size_t n = 1;

	if (*line != '/')
		return false;
	for (; line[n] != '/'; n += line[n] == '\\' && line[n + 1] != '\0' ?
	    2 : 1)
		if (line[n] == '\n' || line[n] == '\0')
			return false;
	n++;
	if (line[n] == 'i')
		n++;
	return line[n] == ' ' || line[n] == '\t';
}

/* Patterns alone: no conditions, no negations, no other delimiters. */
static bool
is_plain_table(const struct mta_source *source, const char *path)
{
	struct buf text = BUF_INIT;
	bool good = source->text(source->arg, path, &text);
	const char *line;
	size_t n;

	for (line = text.data; good && *line != '\0'; line += n) {
		good = strchr("#\n \t\r", *line) != NULL ||
		    is_plain_pattern(line);
		n = strcspn(line, "\n");
		n += line[n] == '\n';
	}
	buf_free(&text);
	return good;
}

/*
 * "hash:/etc/postfix/x": the text from which it is made, where saywhy reads it
 * as Postfix does; or NULL.
 */
static const char *
text_of_table(const struct mta_source *source, const char *table)
{
	static const char *const kinds[] = { "hash:", "btree:", "texthash:",
		"lmdb:", "cdb:", "dbm:", "cidr:", "regexp:", "pcre:" };
	const char *path = NULL;
	size_t i;

	if (starts(table, "proxy:"))
		table += 6;
	for (i = 0; i < COUNT(kinds) && path == NULL; i++)
		if (starts(table, kinds[i]))
			path = table + strlen(kinds[i]);
	if (path == NULL && *table == '/')
		path = table;
	if (path == NULL || strchr(path, '"') != NULL ||
	    !source->is_file(source->arg, path))
		return NULL;
	return (!starts(table, "regexp:") && !starts(table, "pcre:")) ||
	    is_plain_table(source, path) ? path : NULL;
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
	path = text_of_table(w->source, word);
	if (path == NULL) {
		leave(w->a, "%s: %s %s: a table that saywhy cannot read",
		    w->list, tables[which].restriction, word);
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

static void
put_reason(struct walk *w, const char *reason, const char *word)
{
	struct buf line = BUF_INIT;

	buf_printf(&line, "reason \"%s\"", reason);
	if (!w->source->is_set(w->source->arg, line.data) &&
	    strstr(w->a->conf.data, line.data) == NULL)
		buf_printf(&w->a->conf, "%s { action = reject }\t# %s: %s\n",
		    line.data, w->list, word);
	buf_free(&line);
}

static void
adopt_simple(struct walk *w, const struct simple *s)
{
	size_t i;

	if (w->unknown_permit || (w->known_permit && s->identity)) {
		leave(w->a, "%s: %s: it stands behind a permit that saywhy "
		    "does not know", w->list, s->restriction);
		return;
	}
	for (i = 0; i < 3 && s->reasons[i] != NULL; i++)
		put_reason(w, s->reasons[i], s->restriction);
	w->a->taken++;
}

/*
 * Restrictions that take an argument, so that it is not read as the next
 * restriction.
 */
static bool
takes_word(const char *word)
{
	return (strncmp(word, "check_", 6) == 0 &&
	    strcmp(word, "check_relay_domains") != 0) ||
	    strncmp(word, "reject_rbl", 10) == 0 ||
	    strncmp(word, "reject_rhsbl", 12) == 0 ||
	    strncmp(word, "permit_rhswl", 12) == 0 ||
	    strcmp(word, "sleep") == 0;
}

static void
adopt_unknown(struct walk *w, const char *word)
{
	char argument[MTA_WORD_MAX] = "";
	bool ours;

	if (takes_word(word))
		mta_next_word(&w->p, argument);
	ours = strstr(argument, "saywhy/") != NULL;
	if (strncmp(word, "permit", 6) == 0 || (strncmp(word, "check_", 6) ==
	    0 && !ours))
		w->unknown_permit = true;
	if (!ours)
		leave(w->a, "%s: %s%s%s stays Postfix's", w->list, word,
		    *argument != '\0' ? " " : "", argument);
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
	w->over |= is_among(word, ends, COUNT(ends));
	/* Mail to our domains comes no further. */
	w->unknown_permit |= local;
	return w->warns || w->over || local ||
	    is_among(word, silent, COUNT(silent));
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

static void
adopt_list(struct adopt *a, const struct mta_source *source,
    const char *list, struct buf *lists)
{
	struct walk w = { .a = a, .source = source, .list = list,
		.p = source->value(source->arg, list), .lists = lists };
	char word[MTA_WORD_MAX];

	while (!w.over && mta_next_word(&w.p, word))
		adopt_word(&w, word);
}

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
		leave(a, "%s: %s: its domains cannot be listed; put them into "
		    "relay.domains", l->tables.v[i].setting,
		    l->tables.v[i].name);
	for (i = 0; i < l->odd.n; i++)
		leave(a, "mynetworks: %s is no network that saywhy reads; put "
		    "it into relay.networks", l->odd.v[i].name);
}

static void
adopt_relay(struct adopt *a, const struct mta_source *source)
{
	struct mta_lists l;

	mta_lists_read(&l, source);
	leave_odd(a, &l);
	buf_puts(&a->conf, "relay {\n");
	if (!source->is_set(source->arg, "domains") && l.domains.n > 0) {
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

static void
adopt_size(struct adopt *a, const struct mta_source *source)
{
	const char *size = source->value(source->arg, "message_size_limit");

	if (*size == '\0' || strcmp(size, "0") == 0 ||
	    size[strspn(size, "0123456789")] != '\0' ||
	    source->is_set(source->arg, "max-size"))
		return;
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

void
adopt_make(struct adopt *a, const struct mta_source *source)
{
	static const char *const lists[] = { "smtpd_client_restrictions",
		"smtpd_helo_restrictions", "smtpd_sender_restrictions",
		"smtpd_relay_restrictions", "smtpd_recipient_restrictions" };
	struct buf blacklist = BUF_INIT;
	size_t i;

	memset(a, 0, sizeof *a);
	a->conf = (struct buf)BUF_INIT;
	buf_puts(&a->conf, "# What saywhy took over from Postfix's main.cf: "
	    "made by `saywhy setup --adopt`,\n# which writes it anew. Behind "
	    "each line stands where it comes from.\n\n");
	adopt_relay(a, source);
	adopt_size(a, source);
	adopt_recipients(a, source);
	for (i = 0; i < COUNT(lists); i++)
		adopt_list(a, source, lists[i], &blacklist);
	if (blacklist.len > 0)
		buf_printf(&a->conf, "blacklist {\n%s}\n", blacklist.data);
	buf_free(&blacklist);
}

void
adopt_clear(struct adopt *a)
{
	buf_free(&a->conf);
	while (a->nleft > 0)
		free(a->left[--a->nleft]);
}
