/* adopt_ports - ports of master.cf with restrictions of their own */

#include "setup/adopt_ports.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "setup/adopt_words.h"
#include "setup/mta_lists.h"

#define COUNT(v) (sizeof (v) / sizeof (v)[0])
#define SMTP_PORT 25

/* One service, while its lines are read; they stand together. */
struct port {
	char service[MTA_WORD_MAX];	/* "submission/inet" */
	struct buf lists;	/* settings that say who is refused */
	struct buf reasons;	/* limits of a message that it has, too */
	bool needs_login;	/* by a list of its own */
};

/* Settings that restrictions of main.cf depend on. */
static const char *const deciding[] = { "smtpd_client_restrictions",
	"smtpd_helo_restrictions", "smtpd_sender_restrictions",
	"smtpd_relay_restrictions", "smtpd_recipient_restrictions",
	"smtpd_restriction_classes", "smtpd_delay_reject", "mynetworks",
	"mynetworks_style", "mydestination", "relay_domains",
	"virtual_alias_domains", "virtual_alias_maps",
	"virtual_mailbox_domains", "parent_domain_matches_subdomains" };

static const struct {
	const char *setting, *option, *reason;
} limits[] = {
	{ "message_size_limit", "max-size = ", "message-too-large" },
	{ "smtpd_recipient_limit", "max-recipients = ",
	    "too-many-recipients" },
};

/* What the fragment turns on, by the words that do so. */
static const struct {
	const char *because, *reason;
} adopted[] = {
	{ "\tdomains = {", "relay-denied" },
	{ "rcpt-fqdn = yes", "rcpt-syntax" },
	{ "rcpt-domain = yes", "rcpt-domain-nonexistent" },
	{ "rcpt-domain = yes", "rcpt-domain-lookup-failed" },
	{ "\tdnsbl \"", "dnsbl-listed" },
	{ "\trhsbl \"", "domain-listed" },
	{ "match = {client}", "client-denied" },
	{ "match = {helo}", "helo-denied" },
	{ "match = {sender}", "sender-denied" },
	{ "match = {rcpt}", "rcpt-denied" },
	{ "login-list ", "account-disabled" },
};

/* A reason of the fragment's own, at the beginning of a line; or NULL. */
static const char *
next_reason(const char *text)
{
	static const char word[] = "\nreason \"";
	const char *at = strstr(text, word);

	return at != NULL ? at + strlen(word) : NULL;
}

static void
put_off(struct buf *out, const char *reason, size_t n)
{
	buf_printf(out, "\treason \"%.*s\" { action = off }\n", (int)n,
	    reason);
}

static void
put_adopted(struct buf *out, const char *fragment)
{
	const char *reason = fragment;
	size_t i;

	for (i = 0; i < COUNT(adopted); i++)
		if (strstr(fragment, adopted[i].because) != NULL)
			put_off(out, adopted[i].reason,
			    strlen(adopted[i].reason));
	while ((reason = next_reason(reason)) != NULL)
		if (strncmp(reason, "null-mx", 7) != 0 &&
		    strncmp(reason, "rcpt-denied", 11) != 0)
			put_off(out, reason, strcspn(reason, "\""));
}

/* "submission", "10025", "127.0.0.1:smtp", "[::1]:25"; 0: not known. */
static unsigned
number_of(const char *service)
{
	const char *type = strchr(service, '/'), *name;
	struct servent *known;
	char text[64];
	unsigned long number;

	if (type == NULL || strcmp(type, "/pass") == 0)
		return SMTP_PORT;
	for (name = type; name > service && name[-1] != ':'; name--)
		;
	if ((size_t)(type - name) >= sizeof text)
		return 0;
	memcpy(text, name, (size_t)(type - name));
	text[type - name] = '\0';
	number = strtoul(text, NULL, 10);
	known = number == 0 ? getservbyname(text, "tcp") : NULL;
	if (known != NULL)
		number = ntohs((uint16_t)known->s_port);
	return number <= 65535 ? (unsigned)number : 0;
}

static void
end_port(struct adopt *a, struct port *p, struct buf *out)
{
	int n = (int)strcspn(p->service, "/");
	unsigned number = number_of(p->service);

	if (p->lists.len > 0) {
		adopt_leave(a, number != 0 ? "master.cf: %.*s has %s of its "
		    "own: what is refused there stays Postfix's" : "master.cf: "
		    "%.*s has %s of its own, and what port that is is not "
		    "known: saywhy refuses there what main.cf refuses, unless "
		    "an exception of yours names it", n, p->service,
		    p->lists.data);
		put_adopted(&p->reasons, a->conf.data);
		if (p->needs_login)
			buf_puts(&p->reasons, "\treason \"auth-required\" "
			    "{ action = reject }\n");
	}
	if (p->reasons.len > 0 && number != 0)
		buf_printf(out, "exception \"master.cf, %.*s\" {\t"
		    "# %s of its own\n\tports = {%u}\n"
		    "\tclients = {\"0.0.0.0/0\", \"::/0\"}\n%s}\n", n,
		    p->service, p->lists.len > 0 ? p->lists.data : "limits",
		    number, p->reasons.data);
	buf_clear(&p->lists);
	buf_clear(&p->reasons);
	p->needs_login = false;
	*p->service = '\0';
}

/* "$mua_client_restrictions" alone is what main.cf says of it. */
static bool
needs_login(const struct mta_source *source, const char *value)
{
	return adopt_needs_login(*value == '$' ? source->value(source->arg,
	    value + 1) : value);
}

static void
take_setting(struct port *p, const struct mta_source *source,
    const char *fragment, const char *name, const char *value)
{
	size_t i;

	if (strstr(name, "_restrictions") != NULL)
		p->needs_login |= needs_login(source, value);
	if (adopt_is_among(name, deciding, COUNT(deciding)))
		buf_printf(&p->lists, "%s%s", p->lists.len > 0 ? ", " : "",
		    name);
	for (i = 0; i < COUNT(limits); i++)
		if (strcmp(name, limits[i].setting) == 0 &&
		    strstr(fragment, limits[i].option) != NULL)
			put_off(&p->reasons, limits[i].reason,
			    strlen(limits[i].reason));
}

/* "submission/inet/smtpd_client_restrictions = reject" */
static void
take_line(struct adopt *a, const struct mta_source *source, struct port *p,
    struct buf *out, const char *line)
{
	const char *type = strchr(line, '/');
	const char *name = type != NULL ? strchr(type + 1, '/') : NULL;
	const char *end = name != NULL ? strchr(name, ' ') : NULL;
	char setting[MTA_WORD_MAX];
	size_t n = name != NULL ? (size_t)(name - line) : 0;

	if (end == NULL || n >= sizeof p->service ||
	    (size_t)(end - name) > sizeof setting ||
	    (strncmp(type, "/inet/", 6) != 0 &&
	    strncmp(type, "/pass/", 6) != 0))
		return;
	if (strlen(p->service) != n || memcmp(p->service, line, n) != 0) {
		end_port(a, p, out);
		memcpy(p->service, line, n);
		p->service[n] = '\0';
	}
	memcpy(setting, name + 1, (size_t)(end - name - 1));
	setting[end - name - 1] = '\0';
	take_setting(p, source, a->conf.data, setting, end +
	    strspn(end, " ="));
}

void
adopt_ports(struct adopt *a, const struct mta_source *source)
{
	struct port p = { .lists = BUF_INIT, .reasons = BUF_INIT };
	struct buf text = BUF_INIT, exceptions = BUF_INIT;
	char *rest, *line;

	source->overrides(source->arg, &text);
	for (rest = text.data; (line = strsep(&rest, "\n")) != NULL;)
		take_line(a, source, &p, &exceptions, line);
	end_port(a, &p, &exceptions);
	buf_put(&a->conf, exceptions.data, exceptions.len);
	buf_free(&text);
	buf_free(&exceptions);
	buf_free(&p.lists);
	buf_free(&p.reasons);
}
