/* ruleset_options - the options that belong to no check: site and daemon */

#include "engine/ruleset_options.h"

#include <stdlib.h>
#include <string.h>

#include "auth/dkim.h"
#include "auth/spf.h"
#include "base/buf.h"
#include "base/mem.h"
#include "base/net.h"
#include "base/option_value.h"
#include "base/sock.h"
#include "engine/ruleset.h"
#include "model/mailbox.h"
#include "model/mailset.h"
#include "model/site.h"
#include "words/template.h"

/* Longest page line: it stands alone in a reply line. */
#define PAGE_MAX 300

static void
free_text(void *slot)
{
	mem_replace(slot, NULL);
}

static bool
parse_name(void *base, void *slot, const char *value, struct buf *errmsg)
{
	(void)base;
	if (!mailbox_is_host_name(value)) {
		buf_printf(errmsg, "\"%.60s\" is no host name", value);
		return false;
	}
	mem_replace(slot, value);
	return true;
}

static bool
parse_contact(void *base, void *slot, const char *value, struct buf *errmsg)
{
	struct mailbox m = { .text = NULL };
	bool good = mailbox_set(&m, value) && m.domain != NULL && !m.utf8;

	(void)base;
	mailbox_clear(&m);
	if (!good) {
		buf_printf(errmsg, "\"%.60s\" is no mail address "
		    "(user@domain, ASCII)", value);
		return false;
	}
	mem_replace(slot, value);
	return true;
}

static bool
parse_page(void *base, void *slot, const char *value, struct buf *errmsg)
{
	(void)base;
	if (!url_is_http(value)) {
		buf_printf(errmsg, "\"%.60s\" is no URL; write \"https://...\"",
		    value);
		return false;
	}
	if (!template_check(value, NULL, PAGE_MAX, errmsg))
		return false;
	if (strstr(value, "{id}") == NULL) {
		buf_printf(errmsg, "\"%.60s\" does not hold {id}, so that all "
		    "refusals would share one page", value);
		return false;
	}
	mem_replace(slot, value);
	return true;
}

/*
 * Is it as wide as a family, or nearly so? Private ranges (RFC 4193, RFC 4291:
 * fc00::/7, fe80::/10) may be wide.
 */
static bool
is_everybody(const struct net *net)
{
	if (ip_is_v4(&net->ip) && net->prefix >= 96)
		return net->prefix < 96 + 8;
	return net->prefix == 0 || (net->prefix < 16 && net->ip.b[0] < 0xfc);
}

static bool
parse_relay_net(void *base, void *slot, const char *value, struct buf *errmsg)
{
	struct net net;

	if (!option_parse_net(base, slot, value, errmsg))
		return false;
	if (!net_parse(value, &net, errmsg) || !is_everybody(&net))
		return true;
	buf_printf(errmsg, "\"%.60s\" lets strangers send anywhere: an open "
	    "relay. Name your own networks", value);
	return false;
}

/* "user@": whoever has that name, anywhere. And "<>" is no recipient. */
static bool
is_in_every_domain(const char *value)
{
	size_t n = strlen(value);

	return strcmp(value, "<>") == 0 ||
	    (*value != '/' && n > 1 && value[n - 1] == '@');
}

/* "*", and patterns that match whatever comes. */
static bool
parse_relay_domain(void *base, void *slot, const char *value,
    struct buf *errmsg)
{
	struct mailset one = { .any = false };
	struct mailbox stranger = { .text = NULL };
	bool matches;

	if (!mailset_parse(base, slot, value, errmsg))
		return false;
	mailset_parse(base, &one, value, errmsg);
	mailbox_set(&stranger, "stranger@elsewhere.invalid");
	matches = is_in_every_domain(value) ||
	    mailset_find_mailbox(&one, &stranger) != NULL;
	mailbox_clear(&stranger);
	mailset_clear(&one);
	if (matches)
		buf_printf(errmsg, "\"%.60s\" lets strangers send anywhere: "
		    "an open relay. Name your own domains", value);
	return !matches;
}

/* Other servers deliver mail on this port, and would be taken for users. */
static bool
parse_submission_port(void *base, void *slot, const char *value,
    struct buf *errmsg)
{
	if (!option_parse_port(base, slot, value, errmsg))
		return false;
	if (atoi(value) != 25)
		return true;
	buf_puts(errmsg, "25 is where other mail servers hand in mail, "
	    "without a login");
	return false;
}

static bool
parse_spec(void *base, void *slot, const char *value, struct buf *errmsg)
{
	struct sock_spec spec;

	(void)base;
	if (!sock_spec_parse(value, &spec, errmsg))
		return false;
	mem_replace(slot, value);
	return true;
}

/* Octal, as for chmod(1). */
static bool
parse_mode(void *base, void *slot, const char *value, struct buf *errmsg)
{
	long long *mode = slot;

	(void)base;
	if (*value == '\0' || strlen(value) > 4 ||
	    value[strspn(value, "01234567")] != '\0') {
		buf_printf(errmsg, "\"%.60s\" is no file mode; it is octal, "
		    "as 0660", value);
		return false;
	}
	for (*mode = 0; *value != '\0'; value++)
		*mode = *mode * 8 + (*value - '0');
	if (*mode <= 0777 && (*mode & 0222) != 0)
		return true;
	buf_printf(errmsg, "nobody could reach the socket, or %04llo is more "
	    "than rights: to connect takes the right to write, as in 0660",
	    (unsigned long long)*mode);
	return false;
}

/* Every program of this machine, and each page in a browser, reaches a port. */
static bool
parse_control(void *base, void *slot, const char *value, struct buf *errmsg)
{
	struct sock_spec spec;

	if (!sock_spec_parse(value, &spec, errmsg))
		return false;
	if (spec.kind != SOCK_KIND_UNIX &&
	    spec.kind != SOCK_KIND_FD) {
		buf_printf(errmsg, "\"%.60s\" would obey whoever reaches that "
		    "port; write unix:/path", value);
		return false;
	}
	return parse_spec(base, slot, value, errmsg);
}

#define SITE(member) offsetof(struct site, member)
#define DAEMON(member) offsetof(struct daemon_options, member)

const struct option site_options[] = {
	{ .name = "name", .type = OPTION_PARSE, .offset = SITE(name),
	    .parse = parse_name, .free = free_text, .here = true,
	    .help = "this mail server's name; unset: the host's" },
	{ .name = "contact", .type = OPTION_PARSE, .offset = SITE(contact),
	    .parse = parse_contact, .free = free_text,
	    .help = "mail address of a human, in replies; unset: postmaster" },
	{ .name = "page", .type = OPTION_PARSE, .offset = SITE(page),
	    .parse = parse_page, .free = free_text,
	    .help = "URL with {id} that explains one refusal" },
	{ .name = NULL }
};

const struct option site_relay_options[] = {
	{ .name = "domains", .type = OPTION_LIST, .offset = SITE(domains),
	    .parse = parse_relay_domain, .free = mailset_free_option,
	    .help = "domains this server takes mail for; unset: relay is off" },
	{ .name = "networks", .type = OPTION_LIST, .offset = SITE(networks),
	    .default_value = "{\"127.0.0.0/8\", \"::1\"}",
	    .parse = parse_relay_net, .free = option_free_nets,
	    .help = "clients that may send anywhere" },
	{ .name = NULL }
};

/* One that was not built is no choice. */
static bool
parse_engine(int *into, const char *value, const char *const *names,
    bool (*there)(int engine), struct buf *errmsg)
{
	int engine = option_word(names, value, errmsg);

	if (engine >= 0 && !there(engine)) {
		buf_printf(errmsg, "\"%.60s\" was not built in: configure did "
		    "not find it", value);
		return false;
	}
	*into = engine;
	return engine >= 0;
}

static bool
has_spf(int engine)
{
	return spf_engine_there((enum spf_engine)engine);
}

static bool
parse_spf_engine(void *base, void *slot, const char *value, struct buf *errmsg)
{
	(void)base;
	return parse_engine(slot, value, spf_engine_names, has_spf, errmsg);
}

static bool
has_dkim(int engine)
{
	return dkim_engine_there((enum dkim_engine)engine);
}

static bool
parse_dkim_engine(void *base, void *slot, const char *value,
    struct buf *errmsg)
{
	(void)base;
	return parse_engine(slot, value, dkim_engine_names, has_dkim, errmsg);
}

const struct option site_content_options[] = {
	{ .name = "max-cpu", .type = OPTION_TIME, .offset = SITE(max_cpu),
	    .default_value = "1500 ms", .min = 100, .max = 600000,
	    .help = "CPU that looking into one message may cost" },
	{ .name = "max-unpacked", .type = OPTION_SIZE,
	    .offset = SITE(max_unpacked), .default_value = "64M",
	    .min = 64 * 1024, .max = 1LL << 40,
	    .help = "bytes that the archives of one message may unpack to" },
	{ .name = "max-archive-entries", .type = OPTION_INT,
	    .offset = SITE(max_entries), .default_value = "20000", .min = 100,
	    .max = 100000000,
	    .help = "files in all archives of one message" },
	{ .name = "max-urls", .type = OPTION_INT, .offset = SITE(max_urls),
	    .default_value = "20000", .min = 100, .max = 100000000,
	    .help = "links of one message that are read" },
	{ .name = NULL }
};

const struct option site_auth_options[] = {
	{ .name = "login", .type = OPTION_GROUP,
	    .offset = SITE(logins.blocks), .rows = login_options,
	    .item_size = sizeof(struct login),
	    .help = "what one login may do" },
	{ .name = "login-networks", .type = OPTION_LIST,
	    .offset = SITE(logins.networks),
	    .parse = option_parse_net, .free = option_free_nets,
	    .help = "networks that logins may be used from; unset: any" },
	{ .name = "login-tls", .type = OPTION_WORD,
	    .offset = SITE(logins.tls), .words = tls_level_names,
	    .default_value = "any", .help = "the least encryption of a login" },
	{ .name = "login-max-recipients", .type = OPTION_INT,
	    .offset = SITE(logins.max_recipients), .min = 1, .max = 1000000,
	    .help = "recipients of one message of a login; unset: no limit" },
	{ .name = "spf", .type = OPTION_BOOL, .offset = SITE(spf),
	    .default_value = "yes",
	    .help = "ask the sender's domain which clients send for it" },
	{ .name = "dkim",
	    .type = OPTION_BOOL, .offset = SITE(dkim), .default_value = "yes",
	    .help = "verify the signatures of a message" },
	{ .name = "dmarc", .type = OPTION_BOOL, .offset = SITE(dmarc),
	    .default_value = "yes",
	    .help = "ask the author's domain what it wants with unproven "
		"mail; needs spf and dkim" },
	{ .name = "results", .type = OPTION_BOOL, .offset = SITE(results),
	    .default_value = "yes",
	    .help = "add an Authentication-Results field (RFC 8601)" },
	{ .name = "trust-earlier-milters", .type = OPTION_BOOL,
	    .offset = SITE(trust_earlier_milters), .default_value = "no",
	    .help = "keep such fields in our name that are there already" },
	{ .name = "spf-engine", .type = OPTION_PARSE,
	    .offset = SITE(spf_engine), .default_value = "saywhy",
	    .parse = parse_spf_engine,
	    .help = "which program decides SPF: saywhy, libspf2" },
	{ .name = "dkim-engine", .type = OPTION_PARSE,
	    .offset = SITE(dkim_engine), .default_value = "saywhy",
	    .parse = parse_dkim_engine,
	    .help = "which program verifies DKIM: saywhy, opendkim" },
	{ .name = "spf-explanation", .type = OPTION_BOOL,
	    .offset = SITE(spf_explanation), .default_value = "no",
	    .help = "ask for the words of the domain's owner (exp=)" },
	{ .name = "submission-ports", .type = OPTION_LIST,
	    .offset = SITE(submission_ports), .default_value = "{465, 587}",
	    .parse = parse_submission_port, .free = option_free_ints,
	    .help = "ports where users hand in mail" },
	{ .name = "submission-daemons", .type = OPTION_LIST,
	    .offset = SITE(submission_daemons), .default_value =
	    "{\"MSA\", \"submission\", \"submissions\", \"smtps\"}",
	    .parse = option_parse_string, .free = option_free_strings,
	    .help = "daemon names of the MTA where users hand in mail" },
	{ .name = NULL }
};

const struct option site_blacklist_options[] = {
	{ .name = "threshold", .type = OPTION_INT,
	    .offset = SITE(list_threshold), .default_value = "1", .min = 1,
	    .max = 100000,
	    .help = "weights of DNS lists that together refuse" },
	{ .name = NULL }
};

static const char *const level_names[] = { "error", "warn", "info", "debug",
	NULL };

const struct option daemon_options[] = {
	{ .name = "listen", .type = OPTION_PARSE, .offset = DAEMON(listen),
	    .parse = parse_spec, .free = free_text,
	    .default_value = "unix:/var/spool/postfix/saywhy/milter.sock",
	    .restart = true, .stores = OPTION_TEXT,
	    .help = "where the MTA finds the filter" },
	{ .name = "listen-mode", .type = OPTION_PARSE,
	    .offset = DAEMON(listen_mode), .parse = parse_mode,
	    .default_value = "0660",
	    .restart = true, .stores = OPTION_INT,
	    .help = "rights of that UNIX socket" },
	{ .name = "listen-group", .type = OPTION_TEXT,
	    .offset = DAEMON(listen_group), .default_value = "postfix",
	    .restart = true,
	    .help = "group of that UNIX socket, when started as root" },
	{ .name = "reply-map", .type = OPTION_PARSE,
	    .offset = DAEMON(reply_map), .parse = parse_spec, .free = free_text,
	    .restart = true, .stores = OPTION_TEXT,
	    .help = "socket of the map for Postfix's replies; unset: none" },
	{ .name = "policy-service", .type = OPTION_PARSE,
	    .offset = DAEMON(policy_service), .parse = parse_spec,
	    .free = free_text,
	    .restart = true, .stores = OPTION_TEXT,
	    .help = "where the MTA asks before it decides; unset: nowhere" },
	{ .name = "control", .type = OPTION_PARSE, .offset = DAEMON(control),
	    .parse = parse_control, .free = free_text,
	    .default_value = "unix:/run/saywhy/control.sock",
	    .restart = true, .stores = OPTION_TEXT,
	    .help = "where saywhy status asks" },
	{ .name = "user", .type = OPTION_TEXT, .offset = DAEMON(user),
	    .default_value = SAYWHY_USER, .restart = true,
	    .help = "whom to become when started as root" },
	{ .name = "pid-file", .type = OPTION_TEXT, .offset = DAEMON(pid_file),
	    .restart = true,
	    .help = "file that gets the process id; unset: none" },
	{ .name = "max-sessions", .type = OPTION_INT,
	    .offset = DAEMON(max_sessions), .default_value = "1000", .min = 1,
	    .max = 100000, .help = "sessions at once; over it: 451 4.3.2" },
	{ .name = "step-timeout", .type = OPTION_TIME,
	    .offset = DAEMON(step_timeout), .default_value = "5 s", .min = 100,
	    .max = 30000,
	    .help = "how long one step of a session waits for DNS and others" },
	{ .name = "stop-timeout", .type = OPTION_TIME,
	    .offset = DAEMON(stop_timeout), .default_value = "10 s", .min = 0,
	    .max = 600000,
	    .help = "how long live sessions are served after SIGTERM" },
	{ .name = "log-level", .type = OPTION_WORD,
	    .offset = DAEMON(log_level), .words = level_names,
	    .default_value = "info", .restart = true,
	    .help = "what the daemon says about itself" },
	{ .name = NULL }
};
