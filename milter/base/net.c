/* net - IP addresses and networks */

#include "base/net.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/mem.h"

/* Bits before the 32 of IPv4 in the mapped form. */
#define V4_PREFIX 96
#define ALL_BITS 128

static const uint8_t v4_head[12] = { [10] = 0xff, [11] = 0xff };

static struct ip
from_v4(const struct in_addr *v4)
{
	struct ip ip = { .known = true };

	memcpy(ip.b, v4_head, sizeof v4_head);
	memcpy(ip.b + sizeof v4_head, v4, sizeof *v4);
	return ip;
}

bool
url_is_http(const char *text)
{
	size_t n = strncasecmp(text, "http://", 7) == 0 ? 7 :
	    strncasecmp(text, "https://", 8) == 0 ? 8 : 0;

	return n > 0 && strchr("/?#:@", text[n]) == NULL &&
	    strpbrk(text, " \t\r\n\"<>\\^`") == NULL;
}

bool
ip_parse(const char *text, struct ip *ip)
{
	static const char tag[] = "IPv6:";
	struct in_addr v4;
	struct in6_addr v6;

	if (inet_pton(AF_INET, text, &v4) == 1) {
		*ip = from_v4(&v4);
		return true;
	}
	if (strncasecmp(text, tag, sizeof tag - 1) == 0)
		text += sizeof tag - 1;
	if (inet_pton(AF_INET6, text, &v6) != 1)
		return false;
	memcpy(ip->b, &v6, sizeof ip->b);
	ip->known = true;
	return true;
}

bool
ip_equal(const struct ip *a, const struct ip *b)
{
	return a->known && b->known && memcmp(a->b, b->b, sizeof a->b) == 0;
}

bool
ip_is_v4(const struct ip *ip)
{
	return ip->known && memcmp(ip->b, v4_head, sizeof v4_head) == 0;
}

bool
ip_is_this_host(const struct ip *ip)
{
	struct ifaddrs *all = NULL, *one;
	struct ip own;
	bool found = getifaddrs(&all) != 0;

	for (one = all; one != NULL && !found; one = one->ifa_next) {
		if (one->ifa_addr == NULL)
			continue;
		own = ip_from_sockaddr(one->ifa_addr);
		found = own.known && ip_equal(&own, ip);
	}
	if (all != NULL)
		freeifaddrs(all);
	return found;
}

struct ip
ip_from_sockaddr(const struct sockaddr *sa)
{
	struct ip ip = { .known = false };
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;

	if (sa != NULL && sa->sa_family == AF_INET) {
		memcpy(&v4, sa, sizeof v4);
		return from_v4(&v4.sin_addr);
	}
	if (sa != NULL && sa->sa_family == AF_INET6) {
		memcpy(&v6, sa, sizeof v6);
		memcpy(ip.b, &v6.sin6_addr, sizeof ip.b);
		ip.known = true;
	}
	return ip;
}

const char *
ip_format(const struct ip *ip, char text[IP_TEXT])
{
	if (!ip->known)
		snprintf(text, IP_TEXT, "unknown");
	else if (ip_is_v4(ip))
		inet_ntop(AF_INET, ip->b + sizeof v4_head, text, IP_TEXT);
	else
		inet_ntop(AF_INET6, ip->b, text, IP_TEXT);
	return text;
}

/* Zero from bit `prefix` on? If not, `clean` is what it should be. */
static bool
ends_at(const struct ip *ip, unsigned prefix, struct ip *clean)
{
	unsigned i;

	*clean = *ip;
	for (i = prefix; i < ALL_BITS; i++)
		clean->b[i / 8] &= (uint8_t)~(0x80u >> i % 8);
	return memcmp(clean->b, ip->b, sizeof ip->b) == 0;
}

/* One to three digits, at most `max`. */
static bool
parse_prefix(const char *text, unsigned max, unsigned *prefix)
{
	size_t n = strspn(text, "0123456789");

	if (n == 0 || n > 3 || text[n] != '\0')
		return false;
	*prefix = (unsigned)strtoul(text, NULL, 10);
	return *prefix <= max;
}

/* "255.255.255.0", as other programs write a prefix. */
static bool
parse_mask(const char *text, unsigned *prefix)
{
	struct in_addr v4;
	uint32_t mask;

	if (inet_pton(AF_INET, text, &v4) != 1)
		return false;
	mask = ntohl(v4.s_addr);
	for (*prefix = 0; *prefix < 32 && (mask & 0x80000000) != 0; mask <<= 1)
		++*prefix;
	return mask == 0;
}

/* What stands before the prefix, without the brackets of a literal. */
static void
copy_address(char *address, size_t size, const char *text, size_t n)
{
	if (n > 2 && *text == '[' && text[n - 1] == ']') {
		text++;
		n -= 2;
	}
	if (n >= size)
		n = 0;
	memcpy(address, text, n);
	address[n] = '\0';
}

/* Words for what cannot be read, and what is meant if that can be told. */
static void
say_no_address(const char *text, struct buf *errmsg)
{
	char right[NET_TEXT];

	buf_printf(errmsg, "\"%.60s\" is not an address or network like "
	    "192.0.2.7, 192.0.2.0/24 or 2001:db8::/32", text);
	if (net_guess(text, right))
		buf_printf(errmsg, "; did you mean %s?", right);
}

static void
say_no_prefix(const char *text, const char *after, const struct ip *ip,
    unsigned max, struct buf *errmsg)
{
	char right[NET_TEXT];
	struct net net;

	buf_printf(errmsg, "\"%.60s\": the prefix must be a number from 0 "
	    "to %u", text, max);
	if (max == ALL_BITS || !parse_mask(after, &net.prefix))
		return;
	net.prefix += V4_PREFIX;
	ends_at(ip, net.prefix, &net.ip);
	buf_printf(errmsg, "; the network is %s", net_format(&net, right));
}

static bool
parse(const char *text, struct net *net, struct buf *errmsg)
{
	size_t n = strcspn(text, "/");
	unsigned max = ALL_BITS, prefix;
	char address[IP_TEXT + sizeof "IPv6:"], right[NET_TEXT];
	struct net clean;

	copy_address(address, sizeof address, text, n);
	if (!ip_parse(address, &net->ip)) {
		say_no_address(text, errmsg);
		return false;
	}
	net->prefix = ALL_BITS;
	if (text[n] == '\0')
		return true;
	if (strchr(address, ':') == NULL)
		max -= V4_PREFIX;
	if (!parse_prefix(text + n + 1, max, &prefix)) {
		say_no_prefix(text, text + n + 1, &net->ip, max, errmsg);
		return false;
	}
	net->prefix = prefix + ALL_BITS - max;
	clean.prefix = net->prefix;
	if (ends_at(&net->ip, net->prefix, &clean.ip))
		return true;
	buf_printf(errmsg,
	    "\"%.60s\" has bits set after its prefix; the network "
	    "is %s", text, net_format(&clean, right));
	return false;
}

bool
net_parse(const char *text, struct net *net, struct buf *errmsg)
{
	struct buf unread = BUF_INIT;
	bool good = parse(text, net, errmsg != NULL ? errmsg : &unread);

	buf_free(&unread);
	return good;
}

bool
net_guess(const char *text, char right[NET_TEXT])
{
	unsigned long octets[3] = { 0 };
	unsigned n = 0;
	bool dot = true;
	char *end;

	for (; n < 3 && dot && *text >= '0' && *text <= '9'; n++) {
		octets[n] = strtoul(text, &end, 10);
		if (octets[n] > 255)
			return false;
		dot = *end == '.';
		text = end + dot;
	}
	if (n == 0 || (*text != '\0' && !dot) ||
	    text[strspn(text, "*.")] != '\0')
		return false;
	snprintf(right, NET_TEXT, "%lu.%lu.%lu.0/%u", octets[0], octets[1],
	    octets[2], 8 * n);
	return true;
}

bool
net_is_meant(const char *text)
{
	if (*text == '\0' || *text == '/' ||
	    text[strspn(text, "0123456789abcdefABCDEF.:/")] != '\0')
		return false;
	return text[strcspn(text, ":/")] != '\0' ||
	    text[strspn(text, "0123456789.")] == '\0';
}

bool
net_has(const struct net *net, const struct ip *ip)
{
	unsigned bytes = net->prefix / 8, bits = net->prefix % 8;

	if (!ip->known || memcmp(net->ip.b, ip->b, bytes) != 0)
		return false;
	if (bits != 0 && (net->ip.b[bytes] ^ ip->b[bytes]) >> (8 - bits) != 0)
		return false;
	return net->prefix >= V4_PREFIX || !ip_is_v4(ip);
}

const char *
net_format(const struct net *net, char text[NET_TEXT])
{
	bool v4 = ip_is_v4(&net->ip) && net->prefix >= V4_PREFIX;
	size_t n = strlen(ip_format(&net->ip, text));

	if (net->prefix < ALL_BITS)
		snprintf(text + n, NET_TEXT - n, "/%u",
		    v4 ? net->prefix - V4_PREFIX : net->prefix);
	return text;
}

/* Kept with the narrowest first, so the first hit is the answer. */
const char *
net_around(const struct ip *ip, unsigned prefix, char text[NET_TEXT])
{
	struct net net = { .ip = *ip, .prefix = prefix };
	unsigned i;

	for (i = prefix; i < ALL_BITS; i++)
		net.ip.b[i / 8] &= (uint8_t)~(0x80u >> i % 8);
	return net_format(&net, text);
}

const char *
net_of_peer(const struct ip *ip, char text[NET_TEXT])
{
	return net_around(ip, ip_is_v4(ip) ? ALL_BITS - 32 + 24 : 64, text);
}
