/* dnslist_answers - which answers of a DNS list count */

#include "services/dnslist_answers.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/net.h"

#define V4_AT 12
#define V4_PREFIX 96
#define FIRST 0x7f000000u	/* 127.0.0.0 */
#define LAST 0x7fffffffu
#define REFUSALS 0x7fffff00u	/* 127.255.255.0 */

static uint32_t
number_of(const struct ip *ip)
{
	const uint8_t *b = ip->b + V4_AT;

	return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 |
	    (uint32_t)b[2] << 8 | b[3];
}

bool
dnslist_is_answer(const struct ip *ip)
{
	return ip_is_v4(ip) && number_of(ip) >= FIRST && number_of(ip) <= LAST;
}

bool
dnslist_is_refusal(const struct ip *ip)
{
	return ip_is_v4(ip) && number_of(ip) >= REFUSALS &&
	    number_of(ip) <= LAST;
}

/* "192.0.2.1" alone, with nothing behind its n bytes. */
static bool
parse_address(const char *text, size_t n, uint32_t *number)
{
	char copy[IP_TEXT];
	struct ip ip;

	if (n >= sizeof copy)
		return false;
	memcpy(copy, text, n);
	copy[n] = '\0';
	if (!ip_parse(copy, &ip) || !ip_is_v4(&ip))
		return false;
	*number = number_of(&ip);
	return true;
}

/* 1 to 255. */
static bool
parse_octet(const char *text, uint32_t *octet)
{
	size_t n = strspn(text, "0123456789");

	if (n == 0 || n > 3 || text[n] != '\0')
		return false;
	*octet = (uint32_t)strtoul(text, NULL, 10);
	return *octet >= 1 && *octet <= 255;
}

/* "127.0.0.2-11" or "127.0.0.2-127.0.0.11"; `dash` is where it stands. */
static bool
parse_range(const char *text, const char *dash, struct dnslist_range *r)
{
	uint32_t octet;

	if (!parse_address(text, (size_t)(dash - text), &r->from))
		return false;
	if (parse_octet(dash + 1, &octet)) {
		r->to = (r->from & ~0xffu) | octet;
		return true;
	}
	return parse_address(dash + 1, strlen(dash + 1), &r->to);
}

/* "127.0.0.&8" */
static bool
parse_bits(const char *text, const char *sign, struct dnslist_range *r)
{
	struct buf whole = BUF_INIT;
	bool good;

	buf_put(&whole, text, (size_t)(sign - text));
	buf_putc(&whole, '0');
	good = parse_address(whole.data, whole.len, &r->from) &&
	    parse_octet(sign + 1, &r->bits);
	buf_free(&whole);
	r->to = r->from | 0xff;
	return good;
}

static bool
parse_net(const char *text, struct dnslist_range *r)
{
	struct net net;

	if (!net_parse(text, &net, NULL) || !ip_is_v4(&net.ip) ||
	    net.prefix < V4_PREFIX + 8)
		return false;
	r->from = number_of(&net.ip);
	r->to = r->from | (uint32_t)(0xffffffffu >> 8 >>
	    (net.prefix - V4_PREFIX - 8));
	return true;
}

static bool
parse(const char *text, struct dnslist_range *r)
{
	const char *dash = strchr(text, '-'), *sign = strchr(text, '&');

	if (dash != NULL)
		return parse_range(text, dash, r);
	return sign != NULL ? parse_bits(text, sign, r) : parse_net(text, r);
}

bool
dnslist_answers_take(void *base, void *slot, const char *value,
    struct buf *why)
{
	struct dnslist_answers *a = slot;
	struct dnslist_range r = { .bits = 0 };

	(void)base;
	if (!parse(value, &r)) {
		buf_printf(why, "\"%.60s\" is no answer of a list like "
		    "127.0.0.2, 127.0.0.2-11, 127.0.0.0/24 or 127.0.0.&8",
		    value);
		return false;
	}
	if (r.from < FIRST || r.to > LAST || r.to < r.from) {
		buf_printf(why, "\"%.60s\": lists answer in 127.0.0.0/8, from "
		    "a lower number to a higher", value);
		return false;
	}
	a->v = mem_room(a->v, a->n, &a->cap, sizeof *a->v);
	a->v[a->n++] = r;
	return true;
}

void
dnslist_answers_drop(void *slot)
{
	struct dnslist_answers *a = slot;

	free(a->v);
	*a = (struct dnslist_answers){ .v = NULL };
}

bool
dnslist_answers_has(const struct dnslist_answers *a, const struct ip *ip)
{
	uint32_t number = number_of(ip);
	size_t i;

	if (!dnslist_is_answer(ip) || dnslist_is_refusal(ip))
		return false;
	for (i = 0; i < a->n; i++)
		if (number >= a->v[i].from && number <= a->v[i].to &&
		    (number & a->v[i].bits) == a->v[i].bits)
			return true;
	return false;
}
