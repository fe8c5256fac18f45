/* adopt - the policy of main.cf, translated to saywhy.conf; pure */

#include "setup/adopt.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/net.h"
#include "model/mailbox.h"

#define WORD_MAX 512

/* One walk through one list of restrictions. */
struct walk {
	struct adopt *a;
	const struct adopt_source *source;
	const char *list;	/* "smtpd_client_restrictions" */
	const char *p;		/* what is still to come of it */
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

/* The next word: blanks and commas part them, braces hold them together. */
static bool
next_word(const char **p, char word[WORD_MAX])
{
	size_t n = 0, deep = 0;

	while (**p != '\0' && strchr(", \t\r\n", **p) != NULL)
		(*p)++;
	for (; **p != '\0' && (deep > 0 || strchr(", \t\r\n", **p) == NULL);
	    (*p)++) {
		deep += **p == '{';
		deep -= **p == '}' && deep > 0;
		if (n + 1 < WORD_MAX)
			word[n++] = **p;
	}
	word[n] = '\0';
	return n > 0;
}

/*
 * Restrictions that a reason stands for; the first action is the one that is
 * taken.
 */
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
	"permit_sasl_authenticated", "permit_auth_destination",
	"reject_unauth_destination", "defer_unauth_destination", "permit",
	"reject_unauth_pipelining", "reject_unlisted_recipient",
	"reject_unlisted_sender", "reject_unverified_recipient",
	"reject_unverified_sender", "reject_non_fqdn_recipient",
	"reject_unknown_recipient_domain", "warn_if_reject",
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
	char word[WORD_MAX], *answers;
	struct buf line = BUF_INIT;
	bool good;

	if (!next_word(&w->p, word))
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

/* "hash:/etc/postfix/x": the text from which it is made, or NULL. */
static const char *
text_of_table(const char *table)
{
	static const char *const kinds[] = { "hash:", "btree:", "texthash:",
		"lmdb:", "cdb:", "dbm:", "cidr:" };
	size_t i;

	if (strncmp(table, "proxy:", 6) == 0)
		table += 6;
	for (i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
		if (strncmp(table, kinds[i], strlen(kinds[i])) == 0)
			return table + strlen(kinds[i]);
	return *table == '/' ? table : NULL;
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
	char word[WORD_MAX];

	if (!next_word(&w->p, word))
		return;
	path = text_of_table(word);
	if (path == NULL || strchr(path, '"') != NULL ||
	    !w->source->is_file(w->source->arg, path)) {
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
	char argument[WORD_MAX] = "";
	bool ours;

	if (takes_word(word))
		next_word(&w->p, argument);
	ours = strstr(argument, "saywhy/") != NULL;
	if (strncmp(word, "permit", 6) == 0 || (strncmp(word, "check_", 6) ==
	    0 && !ours))
		w->unknown_permit = true;
	if (!ours)
		leave(w->a, "%s: %s%s%s stays Postfix's", w->list, word,
		    *argument != '\0' ? " " : "", argument);
}

#define COUNT(v) (sizeof (v) / sizeof (v)[0])

static void
adopt_word(struct walk *w, const char *word)
{
	size_t i;

	if (is_among(word, silent, COUNT(silent)))
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
	adopt_unknown(w, word);
}

/* "reject" alone: Postfix never evaluates what comes after it. */
static void
adopt_list(struct adopt *a, const struct adopt_source *source,
    const char *list, struct buf *lists)
{
	struct walk w = { .a = a, .source = source, .list = list,
		.p = source->value(source->arg, list), .lists = lists };
	char word[WORD_MAX];

	while (next_word(&w.p, word) && strcmp(word, "reject") != 0 &&
	    strcmp(word, "defer") != 0)
		adopt_word(&w, word);
}

static void
put_item(struct buf *items, const char *item)
{
	struct buf quoted = BUF_INIT;

	buf_printf(&quoted, "\"%s\"", item);
	if (strstr(items->data, quoted.data) == NULL)
		buf_printf(items, "%s%s", items->len > 0 ? ", " : "",
		    quoted.data);
	buf_free(&quoted);
}

/* The names of a list, those in its tables too. */
static void
put_domains(struct adopt *a, const struct adopt_source *source,
    const char *name, struct buf *items)
{
	const char *p = source->value(source->arg, name), *keys;
	struct buf table = BUF_INIT;
	char word[WORD_MAX], key[WORD_MAX];

	while (next_word(&p, word)) {
		buf_clear(&table);
		if (mailbox_is_host_name(word))
			put_item(items, word);
		else if (source->keys(source->arg, word, &table))
			for (keys = table.data; next_word(&keys, key);)
				if (mailbox_is_host_name(key))
					put_item(items, key);
				else
					continue;
		else
			leave(a, "%s: %s: its domains cannot be listed; put "
			    "them into relay.domains", name, word);
	}
	buf_free(&table);
}

static void
put_networks(struct adopt *a, const struct adopt_source *source,
    struct buf *items)
{
	const char *p = source->value(source->arg, "mynetworks");
	char word[WORD_MAX], clean[WORD_MAX], *to;
	const char *from;
	struct net net;

	while (next_word(&p, word)) {
		/* "[::1]/128" */
		for (from = word, to = clean; *from != '\0'; from++)
			if (*from != '[' && *from != ']')
				*to++ = *from;
		*to = '\0';
		if (net_parse(clean, &net, NULL))
			put_item(items, clean);
		else
			leave(a, "mynetworks: %s is no network that saywhy "
			    "reads; put it into relay.networks", word);
	}
}

static void
adopt_relay(struct adopt *a, const struct adopt_source *source)
{
	static const char *const names[] = { "mydestination",
		"virtual_alias_domains", "virtual_mailbox_domains",
		"relay_domains" };
	struct buf domains = BUF_INIT, networks = BUF_INIT;
	size_t i;

	for (i = 0; i < COUNT(names); i++)
		put_domains(a, source, names[i], &domains);
	put_networks(a, source, &networks);
	buf_puts(&a->conf, "relay {\n");
	if (!source->is_set(source->arg, "domains") && domains.len > 0)
		buf_printf(&a->conf, "\tdomains = {%s}\t# mydestination, "
		    "virtual_*_domains, relay_domains\n", domains.data);
	if (!source->is_set(source->arg, "networks") && networks.len > 0)
		buf_printf(&a->conf, "\tnetworks = {%s}\t# mynetworks\n",
		    networks.data);
	buf_puts(&a->conf, "}\n");
	buf_free(&domains);
	buf_free(&networks);
}

static void
adopt_size(struct adopt *a, const struct adopt_source *source)
{
	const char *size = source->value(source->arg, "message_size_limit");

	if (*size == '\0' || strcmp(size, "0") == 0 ||
	    size[strspn(size, "0123456789")] != '\0' ||
	    source->is_set(source->arg, "max-size"))
		return;
	buf_printf(&a->conf, "content { max-size = %s }\t"
	    "# message_size_limit\n", size);
}

void
adopt_make(struct adopt *a, const struct adopt_source *source)
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
