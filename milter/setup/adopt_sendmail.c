/* adopt_sendmail - the policy of sendmail.mc, translated to saywhy.conf */

#include "setup/adopt_sendmail.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "model/mailbox.h"
#include "setup/adopt_defaults.h"
#include "setup/adopt_words.h"
#include "setup/sendmail_mc.h"

#define COUNT(v) (sizeof (v) / sizeof (v)[0])
#define RELAY_DOMAINS "/etc/mail/relay-domains"
/* The range of content.max-size. */
#define SIZE_MIN_OURS 1000
#define SIZE_MAX_OURS (1LL << 40)
/* So many entries of an access table that refuse are listed by name. */
#define ENTRIES_MAX 500

struct reader {
	struct adopt *a;
	const struct sendmail_source *source;
	struct buf lists;	/* for section blacklist */
	/* Whom the access table refuses, in words of the admin's own. */
	struct buf clients, senders;
	size_t entries;
	bool spares_clients, spares_senders;
	bool unresolvable, unqualified;	/* are accepted */
	bool needs_login;	/* a port does */
};

/* Tags of access(5) entries that are about no client, or no sender. */
static bool
is_tagged(const char *line, const char *tag)
{
	return strncasecmp(line, tag, strlen(tag)) == 0;
}

/* An action that lets pass: OK, RELAY, SKIP, FRIEND ... */
static bool
refuses(const char *action)
{
	static const char *const words[] = { "REJECT", "ERROR:", "DISCARD",
		"QUARANTINE:" };
	size_t i;

	for (i = 0; i < COUNT(words); i++)
		if (strncasecmp(action, words[i], strlen(words[i])) == 0)
			return true;
	return *action == '4' || *action == '5';
}

/* "192.0.2" is a network; false: a host's name, or IPv6. */
static bool
put_network(struct buf *out, const char *key, size_t n)
{
	size_t dots = 0, i;

	for (i = 0; i < n; i++) {
		if (strchr("0123456789.", key[i]) == NULL)
			return false;
		dots += key[i] == '.';
	}
	if (n == 0 || dots > 3 || key[n - 1] == '.')
		return false;
	buf_printf(out, "%s\"%.*s", out->len > 0 ? ", " : "", (int)n, key);
	for (i = dots; i < 3; i++)
		buf_puts(out, ".0");
	buf_printf(out, "/%zu\"", (dots + 1) * 8);
	return true;
}

/* A domain stands for all below it, too. False: nothing that we can name. */
static bool
put_sender(struct buf *out, const char *key, size_t n)
{
	const char *comma = out->len > 0 ? ", " : "";

	if (n == 0 || memchr(key, '"', n) != NULL ||
	    memchr(key, '\\', n) != NULL)
		return false;
	if (memchr(key, '@', n) != NULL)
		buf_printf(out, "%s\"%.*s\"", comma, (int)n, key);
	else
		buf_printf(out, "%s\"%.*s\", \".%.*s\"", comma, (int)n, key,
		    (int)n, key);
	return true;
}

/*
 * Whom an entry lets pass, or refuses in its own words before any other check.
 * An untagged one is about both, client and sender.
 */
static void
read_entry(struct reader *r, const char *line)
{
	size_t n = strcspn(line, " \t\n");
	const char *colon = memchr(line, ':', n);
	const char *action = line + n + strspn(line + n, " \t");
	bool untagged = colon == NULL || is_tagged(line, "IPv6:");
	bool client = untagged || is_tagged(line, "Connect:");
	bool sender = untagged || is_tagged(line, "From:");
	const char *key = untagged ? line : colon + 1;

	n -= (size_t)(key - line);
	if (strchr("#\n", *line) != NULL || (!client && !sender))
		return;
	if (!refuses(action) || ++r->entries > ENTRIES_MAX) {
		r->spares_clients |= client;
		r->spares_senders |= sender;
		return;
	}
	if (client && !put_network(&r->clients, key, n))
		r->spares_clients = true;
	if (sender && !put_sender(&r->senders, key, n))
		r->spares_senders = true;
}

static void
read_access(struct reader *r, const char *path)
{
	struct buf text = BUF_INIT;
	const char *line;
	size_t n;

	if (!r->source->text(r->source->arg, path, &text)) {
		r->spares_clients = r->spares_senders = true;
		adopt_leave(r->a, "FEATURE(`access_db'): %s cannot be read, "
		    "so whom it lets pass is not known", path);
	}
	for (line = text.data; *line != '\0'; line += n) {
		n = strcspn(line, "\n");
		read_entry(r, line);
		n += line[n] == '\n';
	}
	buf_free(&text);
}

/* "hash -T<TMPF> /etc/mail/access": the last word. */
static void
feature_access(struct reader *r, const struct mc_call *call)
{
	const char *spec = call->n > 1 ? call->argument[1] : "";
	const char *path = strrchr(spec, '/') != NULL ? strchr(spec, '/') :
	    "/etc/mail/access";

	read_access(r, path);
	adopt_leave(r->a, "FEATURE(`access_db'): codes and words of %s are "
	    "yours, and stay Sendmail's. It was read as it is now: when you "
	    "change it, run saywhy setup --adopt --apply again", path);
}

/* Whoever relays is not asked for a name in DNS. */
static void
spare_relays(struct reader *r)
{
	r->spares_clients = true;
}

static void
read_relay_domains(struct reader *r)
{
	struct buf text = BUF_INIT;

	if (r->source->text(r->source->arg, RELAY_DOMAINS, &text) &&
	    text.data[strspn(text.data, " \t\n")] != '\0')
		spare_relays(r);
	buf_free(&text);
}

/* reason "x" { action = reject issue-at = mail } */
static void
put_reason(struct reader *r, const char *reason, const char *action,
    const char *stage, const char *from)
{
	struct buf line = BUF_INIT;

	buf_printf(&line, "reason \"%s\"", reason);
	if (!r->source->is_set(r->source->arg, line.data) &&
	    strstr(r->a->conf.data, line.data) == NULL)
		buf_printf(&r->a->conf, "%s { action = %s issue-at = %s }\t"
		    "# %s\n", line.data, action, stage, from);
	buf_free(&line);
}

static void
leave_spared(struct reader *r, const char *what)
{
	adopt_leave(r->a, "%s stays Sendmail's, with its words and code: the "
	    "access table or the relay domains let some pass whom saywhy does "
	    "not know", what);
}

/* Sendmail defers a name that leads elsewhere. */
static void
adopt_rdns(struct reader *r)
{
	static const char from[] = "FEATURE(`require_rdns')";

	if (r->spares_clients) {
		leave_spared(r, from);
		return;
	}
	put_reason(r, "rdns-missing", "reject", "connect", from);
	put_reason(r, "rdns-mismatch", "tempfail", "connect", from);
	put_reason(r, "rdns-lookup-failed", "tempfail", "connect", from);
	r->a->taken++;
}

/* Answers that count: "127.0.0.2." alone is an address, and no pattern. */
static bool
put_answers(struct buf *out, const struct mc_call *call)
{
	size_t i, n;

	for (i = 4; i < call->n && i < MC_ARGUMENTS; i++) {
		n = strlen(call->argument[i]);
		if (n > 0 && call->argument[i][n - 1] == '.')
			n--;
		if (n == 0 || strspn(call->argument[i], "0123456789.") < n)
			return false;
		buf_printf(out, "%s\"%.*s\"", i > 4 ? ", " : " answers = {",
		    (int)n, call->argument[i]);
	}
	if (call->n > 4)
		buf_puts(out, "}");
	return call->n <= MC_ARGUMENTS;
}

static void
adopt_list(struct reader *r, const struct mc_call *call)
{
	const char *zone = call->argument[1];
	const char *text = call->n > 2 ? call->argument[2] : "";
	struct buf answers = BUF_INIT, feature = BUF_INIT;

	buf_printf(&feature, "FEATURE(`%s', `%s')", call->argument[0], zone);
	if (r->spares_clients)
		leave_spared(r, feature.data);
	else if (!mailbox_is_host_name(zone) ||
	    strcmp(text, "quarantine") == 0 || strcmp(text, "discard") == 0 ||
	    (strcmp(call->argument[0], "enhdnsbl") == 0 &&
	    !put_answers(&answers, call)))
		adopt_leave(r->a, "%s stays Sendmail's, with your words: it "
		    "quarantines, discards, or counts answers that saywhy "
		    "cannot name", feature.data);
	else {
		buf_printf(&r->lists, "\tdnsbl \"%s\" {%s }\t"
		    "# FEATURE(`%s')\n", zone, answers.data,
		    call->argument[0]);
		put_reason(r, "dnsbl-listed", "reject", "connect", "dnsbl");
		r->a->taken++;
	}
	buf_free(&answers);
	buf_free(&feature);
}

/* "Port=587, Name=MSA, M=Ea" */
static bool
has_modifier(const char *options, char letter)
{
	const char *all = strstr(options, "M=");

	return all != NULL && memchr(all, letter, strcspn(all, ",")) != NULL;
}

/* First of all: who is let pass, what is accepted. */
static void
note_call(struct reader *r, const struct mc_call *call)
{
	const char *what = call->argument[0];

	if (strcmp(call->name, "DAEMON_OPTIONS") == 0) {
		r->unqualified |= has_modifier(what, 'u');
		r->needs_login |= has_modifier(what, 'a');
	}
	else if (strncmp(call->name, "RELAY_DOMAIN", 12) == 0)
		spare_relays(r);
	else if (strcmp(call->name, "FEATURE") != 0)
		return;
	else if (strcmp(what, "access_db") == 0)
		feature_access(r, call);
	else if (strcmp(what, "accept_unresolvable_domains") == 0)
		r->unresolvable = true;
	else if (strcmp(what, "accept_unqualified_senders") == 0)
		r->unqualified = true;
	else if (strcmp(what, "delay_checks") == 0 && call->n > 1)
		r->spares_clients = r->spares_senders = true;
}

static void
adopt_feature(struct reader *r, const struct mc_call *call)
{
	/* Whose codes are right, or are no question of a session's. */
	static const struct {
		const char *feature, *says;
	} theirs[] = {
		{ "block_bad_helo", "550 5.7.1 bogus HELO name used" },
		{ "badmx", "550 5.1.2 Illegal MX record" },
		{ "ratecontrol", "Connection rate limit exceeded, with the "
		    "code below" },
		{ "conncontrol", "Too many open connections, with the code "
		    "below" },
		{ "greet_pause", "554 not accepting messages, before any "
		    "filter is asked" },
		{ "rhsbl", "550 5.7.1 and your words" },
		{ "blocklist_recipients", "550 5.2.1 or what the access table "
		    "says" },
		{ "blacklist_recipients", "550 5.2.1 or what the access table "
		    "says" },
		{ "check_other", "421 4.7.0 bad command" },
	};
	size_t i;
	const char *what = call->argument[0];

	if (strcmp(what, "require_rdns") == 0)
		adopt_rdns(r);
	else if ((strcmp(what, "dnsbl") == 0 ||
	    strcmp(what, "enhdnsbl") == 0) && call->n > 1)
		adopt_list(r, call);
	else
		for (i = 0; i < COUNT(theirs); i++)
			if (strcmp(what, theirs[i].feature) == 0)
				adopt_leave(r->a, "FEATURE(`%s') stays "
				    "Sendmail's: %s", what, theirs[i].says);
}

static void
adopt_define(struct reader *r, const char *name, const char *value)
{
	long long n = strtoll(value, NULL, 10);
	bool number = *value != '\0' &&
	    value[strspn(value, "0123456789")] == '\0';

	if (!number || n == 0)
		return;
	if (strcmp(name, "confMAX_MESSAGE_SIZE") == 0) {
		if (n < SIZE_MIN_OURS || n > SIZE_MAX_OURS)
			adopt_leave(r->a, "%s: %s is out of the range of "
			    "content.max-size: Sendmail goes on to say 552 "
			    "5.2.3", name, value);
		else if (!r->source->is_set(r->source->arg, "max-size")) {
			buf_printf(&r->a->conf, "content { max-size = %lld }"
			    "\t# %s\n", n, name);
			put_reason(r, "message-too-large", "reject", "mail",
			    name);
		}
	} else if (strcmp(name, "confMAX_RCPTS_PER_MESSAGE") == 0) {
		if (n < 100)
			adopt_leave(r->a, "%s: RFC 5321 has every server take "
			    "100, so %s stays Sendmail's: 452 4.5.3", name,
			    value);
		else if (!r->source->is_set(r->source->arg, "max-recipients"))
			buf_printf(&r->a->conf, "relay { max-recipients = "
			    "%lld }\t# %s\n", n, name);
	}
}

static void
adopt_call(struct reader *r, const struct mc_call *call)
{
	if (strcmp(call->name, "FEATURE") == 0)
		adopt_feature(r, call);
	else if (strcmp(call->name, "define") == 0 && call->n > 1)
		adopt_define(r, call->argument[0], call->argument[1]);
}

/*
 * check_mail refuses them unless a FEATURE says otherwise; then saywhy does not
 * either.
 */
static void
adopt_senders(struct reader *r)
{
	static const char from[] = "check_mail";
	bool left = r->spares_senders && !(r->unresolvable && r->unqualified);

	if (left)
		leave_spared(r, from);
	if (left || r->unresolvable)
		put_reason(r, "sender-domain-nonexistent", "note", "mail",
		    left ? "check_mail stays Sendmail's" :
		    "FEATURE(`accept_unresolvable_domains')");
	else {
		put_reason(r, "sender-domain-nonexistent", "reject", "mail",
		    from);
		put_reason(r, "sender-domain-lookup-failed", "tempfail",
		    "mail", from);
		r->a->taken++;
	}
	if (left || r->unqualified)
		put_reason(r, "sender-not-fqdn", "note", "mail", left ?
		    "check_mail stays Sendmail's" :
		    "FEATURE(`accept_unqualified_senders')");
	else {
		put_reason(r, "sender-not-fqdn", "reject", "mail", from);
		r->a->taken++;
	}
}

/* Before those rows Sendmail looks into the access table. */
static void
put_exception(struct reader *r, const char *title, const char *keys,
    const char *const *reasons, size_t n)
{
	size_t i;

	buf_printf(&r->a->conf, "exception \"%s\" {\t"
	    "# FEATURE(`access_db')\n\t%s\n", title, keys);
	for (i = 0; i < n; i++)
		buf_printf(&r->a->conf, "\treason \"%s\" "
		    "{ action = off }\n", reasons[i]);
	buf_puts(&r->a->conf, "}\n");
}

static void
put_exceptions(struct reader *r)
{
	static const char *const of_clients[] = { "rdns-missing",
		"rdns-mismatch", "rdns-lookup-failed", "dnsbl-listed" };
	static const char *const of_senders[] = {
		"sender-domain-nonexistent", "sender-domain-lookup-failed",
		"sender-not-fqdn" };
	struct buf keys = BUF_INIT;

	if (r->clients.len > 0 && !r->spares_clients) {
		buf_printf(&keys, "clients = {%s}", r->clients.data);
		put_exception(r, "access table, clients", keys.data,
		    of_clients, COUNT(of_clients));
	}
	buf_clear(&keys);
	if (r->senders.len > 0 && !r->spares_senders) {
		buf_printf(&keys, "clients = {\"0.0.0.0/0\", \"::/0\"}\n"
		    "\tsenders = {%s}", r->senders.data);
		put_exception(r, "access table, senders", keys.data,
		    of_senders, COUNT(of_senders));
	}
	buf_free(&keys);
}

static void
each_call(struct reader *r,
    void (*take)(struct reader *r, const struct mc_call *call))
{
	const char *p = r->source->mc;
	struct mc_call *call = mem_alloc(sizeof *call);

	while (mc_next(&p, call))
		take(r, call);
	free(call);
}

/* Senders that are no mailbox it refuses itself. */
static void
note_defaults(struct reader *r)
{
	const struct adopt_defaults d = { .from = "sendmail.mc",
		.needs_login = r->needs_login, .is_set = r->source->is_set,
		.arg = r->source->arg };

	adopt_defaults(r->a, &d);
}

void
adopt_sendmail_make(struct adopt *a, const struct sendmail_source *source)
{
	struct reader r = { .a = a, .source = source, .lists = BUF_INIT,
		.clients = BUF_INIT, .senders = BUF_INIT };

	memset(a, 0, sizeof *a);
	a->conf = (struct buf)BUF_INIT;
	buf_puts(&a->conf, "# What saywhy took over from sendmail.mc: made by "
	    "`saywhy setup --adopt`,\n# which writes it anew. Behind each "
	    "line stands where it comes from.\n\n");
	each_call(&r, note_call);
	read_relay_domains(&r);
	each_call(&r, adopt_call);
	adopt_senders(&r);
	put_exceptions(&r);
	if (r.lists.len > 0)
		buf_printf(&a->conf, "blacklist {\n%s}\n", r.lists.data);
	note_defaults(&r);
	adopt_leave(a, "Who may relay stays Sendmail's, with 550 5.7.1: its "
	    "classes are made of more than sendmail.mc");
	buf_free(&r.lists);
	buf_free(&r.clients);
	buf_free(&r.senders);
}
