/* options - what `saywhy serve` reads of the configuration */

#include "pages/options.h"

#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/net.h"
#include "base/sock.h"

static void
free_text(void *slot)
{
	mem_replace(slot, NULL);
}

/* The page has no TLS and trusts X-Forwarded-For. */
static bool
parse_near(void *base, void *slot, const char *value, struct buf *errmsg)
{
	struct net v4, v6;
	struct sock_spec spec;
	struct ip ip;

	(void)base;
	if (!sock_spec_parse(value, &spec, errmsg))
		return false;
	net_parse("127.0.0.0/8", &v4, NULL);
	net_parse("::1", &v6, NULL);
	if ((spec.kind == SOCK_KIND_INET || spec.kind == SOCK_KIND_INET6) &&
	    (!ip_parse(spec.host, &ip) ||
	    !(net_has(&v4, &ip) || net_has(&v6, &ip)))) {
		buf_printf(errmsg, "\"%.60s\" can be reached from outside; use "
		    "unix:, 127.0.0.1 or ::1, and a web server before it",
		    value);
		return false;
	}
	mem_replace(slot, value);
	return true;
}

#define AT(member) offsetof(struct page_options, member)

const struct option page_option_rows[] = {
	{ .name = "page-listen", .type = OPTION_PARSE, .offset = AT(listen),
	    .parse = parse_near, .free = free_text,
	    .default_value = "inet:8093@127.0.0.1",
	    .help = "where saywhy serve answers, behind a web server" },
	{ .name = "page-rate", .type = OPTION_INT, .offset = AT(rate),
	    .default_value = "60", .max = 1000000,
	    .help = "pages a minute for one client; 0: any number" },
	{ .name = "metrics-listen", .type = OPTION_PARSE,
	    .offset = AT(metrics), .parse = parse_near, .free = free_text,
	    .help = "where saywhy serve answers /metrics; unset: nowhere" },
	{ .name = "peers", .type = OPTION_LIST, .offset = AT(peers),
	    .parse = peers_parse, .free = peers_free,
	    .help = "pages of other hosts by number, \"2=https://.../why/\"" },
	{ .name = "peers-ca-file", .type = OPTION_TEXT,
	    .offset = AT(peers.ca_file),
	    .help = "certificates that vouch for them; unset: the system's" },
	{ .name = "peers-certificate", .type = OPTION_TEXT,
	    .offset = AT(peers.certificate),
	    .help = "our own, where they want one" },
	{ .name = "peers-key", .type = OPTION_TEXT, .offset = AT(peers.key),
	    .help = "the private key of that certificate" },
	{ .name = NULL }
};
