/* dns_options - the section `dns` of the configuration */

#include "dns/dns_options.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/net.h"

/* "192.0.2.1", "192.0.2.1:5353", "2001:db8::1", "[2001:db8::1]:5353". */
static bool
split(const char *text, struct ip *ip, long *port)
{
	const char *colon = strrchr(text, ':');
	bool bracket = *text == '[', ported;
	char *host, *end;
	bool good;

	ported = bracket ? colon != NULL && colon > text && colon[-1] == ']' :
	    colon != NULL && strchr(text, ':') == colon;
	*port = ported ? strtol(colon + 1, &end, 10) : 53;
	if (ported && (*end != '\0' || *port < 1 || *port > 65535))
		return false;
	host = mem_ndup(text + bracket, ported ?
	    (size_t)(colon - text) - 2 * bracket : strlen(text) - 2 * bracket);
	good = ip_parse(host, ip);
	free(host);
	return good;
}

static bool
parse_server(void *base, void *slot, const char *value, struct buf *errmsg)
{
	struct buf all = BUF_INIT;
	char **servers = slot, text[IP_TEXT];
	struct ip ip;
	long port;

	(void)base;
	if (strlen(value) < 2 || !split(value, &ip, &port)) {
		buf_printf(errmsg, "\"%.60s\" is no address of a DNS server, "
		    "as 127.0.0.1, 192.0.2.1:5353 or [2001:db8::1]:5353",
		    value);
		return false;
	}
	if (*servers != NULL)
		buf_printf(&all, "%s,", *servers);
	buf_printf(&all, ip_is_v4(&ip) ? "%s:%ld" : "[%s]:%ld",
	    ip_format(&ip, text), port);
	free(*servers);
	*servers = buf_steal(&all);
	return true;
}

static void
free_servers(void *slot)
{
	mem_replace(slot, NULL);
}

#define AT(member) offsetof(struct dns_options, member)

const struct option dns_option_rows[] = {
	{ .name = "servers", .type = OPTION_LIST, .offset = AT(servers),
	    .parse = parse_server, .free = free_servers,
	    .help = "resolvers to ask; unset: those of /etc/resolv.conf" },
	{ .name = "cache", .type = OPTION_SIZE, .offset = AT(cache),
	    .default_value = "32M", .min = 65536, .max = 1LL << 34,
	    .help = "memory for answers that are kept" },
	{ .name = NULL }
};
