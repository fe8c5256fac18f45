/* dnslist_answers - which answers of a DNS list count */

#include "lists/dnslist_answers.h"

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

/* The end of digits that make a number up to 255; NULL: there are none. */
static const char *
parse_octet(const char *p, uint8_t *octet)
{
	size_t n = strspn(p, "0123456789");
	unsigned long number;

	if (n == 0 || n > 3)
		return NULL;
	number = strtoul(p, NULL, 10);
	*octet = (uint8_t)number;
	return number <= 255 ? p + n : NULL;
}

/* "2", "2-11", "*", "&8": the end of it, or NULL. */
static const char *
parse_field(const char *p, struct dnslist_octet *o)
{
	*o = (struct dnslist_octet){ .from = 0, .to = 255 };
	if (*p == '*')
		return p + 1;
	if (*p == '&') {
		p = parse_octet(p + 1, &o->bits);
		return o->bits != 0 ? p : NULL;
	}
	p = parse_octet(p, &o->from);
	o->to = o->from;
	if (p != NULL && *p == '-')
		p = parse_octet(p + 1, &o->to);
	return p != NULL && o->from <= o->to ? p : NULL;
}

static bool
parse_fields(const char *p, struct dnslist_range *r)
{
	int i;

	for (i = 0; i < 4 && p != NULL; i++) {
		if (i > 0 && *p++ != '.')
			return false;
		p = parse_field(p, &r->octets[i]);
	}
	return p != NULL && *p == '\0';
}

/* Any address between the two. */
static void
set_span(struct dnslist_range *r, uint32_t from, uint32_t to)
{
	int i;

	r->octets[0] = (struct dnslist_octet){ .from = 127, .to = 127 };
	for (i = 1; i < 4; i++)
		r->octets[i] = (struct dnslist_octet){ .from = 0, .to = 255 };
	r->from = from;
	r->to = to;
}

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

/* "127.0.0.2-127.0.1.255" */
static bool
parse_span(const char *text, struct dnslist_range *r)
{
	const char *dash = strchr(text, '-');
	uint32_t from, to;

	if (dash == NULL ||
	    !parse_address(text, (size_t)(dash - text), &from) ||
	    !parse_address(dash + 1, strlen(dash + 1), &to) || from > to)
		return false;
	set_span(r, from, to);
	return true;
}

/* "127.0.0.0/24" */
static bool
parse_net(const char *text, struct dnslist_range *r)
{
	struct net net;
	uint32_t from;

	if (!net_parse(text, &net, NULL) || !ip_is_v4(&net.ip) ||
	    net.prefix < V4_PREFIX + 8)
		return false;
	from = number_of(&net.ip);
	set_span(r, from, from | (uint32_t)(0xffffffu >>
	    (net.prefix - V4_PREFIX - 8)));
	return true;
}

static bool
parse(const char *text, struct dnslist_range *r)
{
	*r = (struct dnslist_range){ .from = FIRST, .to = LAST };
	return parse_fields(text, r) || parse_span(text, r) ||
	    parse_net(text, r);
}

/* All of it where lists answer? */
static bool
is_loopback(const struct dnslist_range *r)
{
	return r->from >= FIRST && r->to <= LAST &&
	    r->octets[0].from == 127 && r->octets[0].to == 127;
}

/* All of it where lists refuse? */
static bool
is_refusal(const struct dnslist_range *r)
{
	return r->from >= REFUSALS || (r->octets[1].from == 255 &&
	    r->octets[2].from == 255);
}

bool
dnslist_answers_parse(void *base, void *slot, const char *value,
    struct buf *errmsg)
{
	struct dnslist_answers *a = slot;
	struct dnslist_range r;

	(void)base;
	if (!parse(value, &r)) {
		buf_printf(errmsg, "\"%.60s\" is no answer of a list like "
		    "127.0.0.2, 127.0.0.2-11, 127.0.*.1-3, 127.0.0.&8 or "
		    "127.0.0.0/24", value);
		return false;
	}
	if (!is_loopback(&r)) {
		buf_printf(errmsg, "\"%.60s\": lists answer in 127.0.0.0/8",
		    value);
		return false;
	}
	if (is_refusal(&r)) {
		buf_printf(errmsg, "\"%.60s\": in 127.255.255.0/24 a list says "
		    "that it refuses the query; that never counts", value);
		return false;
	}
	a->v = mem_room(a->v, a->n, &a->cap, sizeof *a->v);
	a->v[a->n++] = r;
	return true;
}

void
dnslist_answers_free(void *slot)
{
	struct dnslist_answers *a = slot;

	free(a->v);
	*a = (struct dnslist_answers){ .v = NULL };
}

static bool
matches(const struct dnslist_range *r, const struct ip *ip)
{
	const uint8_t *b = ip->b + V4_AT;
	uint32_t number = number_of(ip);
	int i;

	if (number < r->from || number > r->to)
		return false;
	for (i = 0; i < 4; i++)
		if (b[i] < r->octets[i].from || b[i] > r->octets[i].to ||
		    (b[i] & r->octets[i].bits) != r->octets[i].bits)
			return false;
	return true;
}

bool
dnslist_answers_has(const struct dnslist_answers *a, const struct ip *ip)
{
	size_t i;

	if (!dnslist_is_answer(ip) || dnslist_is_refusal(ip))
		return false;
	for (i = 0; i < a->n; i++)
		if (matches(&a->v[i], ip))
			return true;
	return false;
}
