/* base_net_test - addresses and networks, IPv4 and IPv6 in one form */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/un.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/net.h"

#include "cost.h"

static const struct {
	const char *text;
	const char *shown;	/* NULL: not an address */
} addresses[] = {
	{ "192.0.2.7", "192.0.2.7" },
	{ "0.0.0.0", "0.0.0.0" },
	{ "255.255.255.255", "255.255.255.255" },
	{ "::ffff:192.0.2.7", "192.0.2.7" },
	{ "::FFFF:c000:0207", "192.0.2.7" },
	{ "IPv6:::ffff:192.0.2.7", "192.0.2.7" },
	{ "::", "::" },
	{ "::1", "::1" },
	{ "2001:DB8:0:0:0:0:0:7", "2001:db8::7" },
	{ "2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1" },
	{ "2001:0:0:1:0:0:0:1", "2001:0:0:1::1" },
	{ "2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1" },
	{ "IPv6:2001:db8::7", "2001:db8::7" },
	{ "ipv6:2001:db8::7", "2001:db8::7" },
	{ "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
	    "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff" },

	{ "", NULL },
	{ "192.0.2", NULL },
	{ "192.0.2.7.", NULL },
	{ "192.0.2.07", NULL },
	{ "192.0.2.256", NULL },
	{ "192.0.2.7 ", NULL },
	{ " 192.0.2.7", NULL },
	{ "0300.0.2.7", NULL },
	{ "0xc0.0.2.7", NULL },
	{ "3221225991", NULL },
	{ "IPv6:192.0.2.7", NULL },
	{ "[192.0.2.7]", NULL },
	{ "2001:db8:::7", NULL },
	{ "2001:db8::7::1", NULL },
	{ "fe80::1%eth0", NULL },
	{ "1:2:3:4:5:6:7:8:9", NULL },
	{ "::12345", NULL },
	{ "unknown", NULL },
	{ "mail.example", NULL },
};

static void
test_addresses(void **state)
{
	char text[IP_TEXT];
	struct ip ip, again;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof addresses / sizeof addresses[0]; i++) {
		bool good = ip_parse(addresses[i].text, &ip);

		if (good != (addresses[i].shown != NULL))
			fail_msg("%s", addresses[i].text);
		if (!good)
			continue;
		assert_string_equal(ip_format(&ip, text),
		    addresses[i].shown);
		assert_true(ip_parse(text, &again));
		assert_true(ip_equal(&ip, &again));
		assert_int_equal(ip_is_v4(&ip), strchr(text, ':') == NULL);
	}
}

static void
test_unknown(void **state)
{
	struct ip a = { .known = false }, b = { .known = false };
	struct net all = { .prefix = 0 };
	char text[IP_TEXT];

	(void)state;
	assert_false(ip_equal(&a, &b));
	assert_false(ip_is_v4(&a));
	assert_false(net_has(&all, &a));
	assert_string_equal(ip_format(&a, text), "unknown");
}

static void
test_sockaddr(void **state)
{
	struct sockaddr_in v4 = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(0xc0000207) };
	struct sockaddr_in6 v6 = { .sin6_family = AF_INET6,
		.sin6_addr = IN6ADDR_LOOPBACK_INIT };
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	char text[IP_TEXT];
	struct ip ip;

	(void)state;
	ip = ip_from_sockaddr((struct sockaddr *)&v4);
	assert_string_equal(ip_format(&ip, text), "192.0.2.7");
	ip = ip_from_sockaddr((struct sockaddr *)&v6);
	assert_string_equal(ip_format(&ip, text), "::1");
	assert_false(ip_from_sockaddr((struct sockaddr *)&un).known);
	assert_false(ip_from_sockaddr(NULL).known);
}

static const struct {
	const char *text;
	const char *shown;	/* or part of why it is none */
	bool good;
} networks[] = {
	{ "192.0.2.0/24", "192.0.2.0/24", true },
	{ "192.0.2.7", "192.0.2.7", true },
	{ "192.0.2.7/32", "192.0.2.7", true },
	{ "0.0.0.0/0", "0.0.0.0/0", true },
	{ "128.0.0.0/1", "128.0.0.0/1", true },
	{ "2001:db8::/32", "2001:db8::/32", true },
	{ "::/0", "::/0", true },
	{ "::1/128", "::1", true },
	{ "::ffff:192.0.2.0/120", "192.0.2.0/24", true },

	{ "192.0.2.7/24", "the network is 192.0.2.0/24", false },
	{ "2001:db8::7/32", "the network is 2001:db8::/32", false },
	{ "128.0.0.0/0", "the network is 0.0.0.0/0", false },
	{ "192.0.2.0/33", "from 0 to 32", false },
	{ "2001:db8::/129", "from 0 to 128", false },
	{ "192.0.2.0/", "from 0 to 32", false },
	{ "192.0.2.0/-1", "from 0 to 32", false },
	{ "192.0.2.0/24x", "from 0 to 32", false },
	{ "192.0.2.0/ 24", "from 0 to 32", false },
	{ "192.0.2.0/0024", "from 0 to 32", false },
	{ "192.0.2.0/255.255.255.0", "from 0 to 32", false },
	{ "192.0.2/24", "not an address or network", false },
	{ "example.com", "not an address or network", false },
	{ "", "not an address or network", false },
	{ "/24", "not an address or network", false },
	{ "11112222333344445555666677778888999900001111222233334444/1",
	    "not an address", false },
};

static void
test_networks(void **state)
{
	struct buf errmsg = BUF_INIT;
	char text[NET_TEXT];
	struct net net;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof networks / sizeof networks[0]; i++) {
		buf_clear(&errmsg);
		if (net_parse(networks[i].text, &net, &errmsg) !=
		    networks[i].good)
			fail_msg("%s: %s", networks[i].text, errmsg.data);
		if (networks[i].good)
			assert_string_equal(net_format(&net, text),
			    networks[i].shown);
		else if (strstr(errmsg.data, networks[i].shown) == NULL)
			fail_msg("%s: %s", networks[i].text, errmsg.data);
		assert_int_equal(net_parse(networks[i].text, &net, NULL),
		    networks[i].good);
	}
	buf_free(&errmsg);
}

static const struct {
	const char *net;
	const char *ip;
	bool has;
} members[] = {
	{ "192.0.2.0/24", "192.0.2.0", true },
	{ "192.0.2.0/24", "192.0.2.255", true },
	{ "192.0.2.0/24", "::ffff:192.0.2.9", true },
	{ "192.0.2.0/24", "192.0.3.0", false },
	{ "192.0.2.0/23", "192.0.3.255", true },
	{ "192.0.2.0/31", "192.0.2.1", true },
	{ "192.0.2.0/31", "192.0.2.2", false },
	{ "192.0.2.7", "192.0.2.7", true },
	{ "192.0.2.7", "192.0.2.6", false },
	{ "0.0.0.0/0", "255.255.255.255", true },
	{ "0.0.0.0/0", "2001:db8::1", false },
	{ "0.0.0.0/0", "::1", false },
	{ "::/0", "2001:db8::1", true },
	{ "::/0", "::1", true },
	{ "::/0", "192.0.2.7", false },
	{ "::/64", "192.0.2.7", false },
	{ "::/64", "::7", true },
	{ "2001:db8::/33", "2001:db8:7fff::", true },
	{ "2001:db8::/33", "2001:db8:8000::", false },
};

static void
test_members(void **state)
{
	struct net net;
	struct ip ip;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof members / sizeof members[0]; i++) {
		assert_true(net_parse(members[i].net, &net, NULL));
		assert_true(ip_parse(members[i].ip, &ip));
		if (net_has(&net, &ip) != members[i].has)
			fail_msg("%s in %s", members[i].ip, members[i].net);
	}
}

/* The narrowest one is found, in whatever order they came. */
static void
test_narrowest(void **state)
{
	static const char *const texts[] = { "192.0.0.0/16", "192.0.2.0/24",
		"0.0.0.0/0", "192.0.2.128/25", "192.0.2.7", "::/0" };
	static const char *const lookups[][2] = {
		{ "192.0.2.7", "192.0.2.7" },
		{ "192.0.2.8", "192.0.2.0/24" },
		{ "192.0.2.200", "192.0.2.128/25" },
		{ "192.0.9.1", "192.0.0.0/16" },
		{ "10.0.0.1", "0.0.0.0/0" }, { "::1", "::/0" },
	};
	struct netset set = { .v = NULL };
	const struct net *found;
	char text[NET_TEXT];
	struct net net;
	struct ip ip;
	size_t i;

	(void)state;
	assert_true(ip_parse("::1", &ip));
	assert_null(netset_find(&set, &ip));
	for (i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		assert_true(net_parse(texts[i], &net, NULL));
		netset_add(&set, &net);
	}
	for (i = 0; i < sizeof lookups / sizeof lookups[0]; i++) {
		assert_true(ip_parse(lookups[i][0], &ip));
		found = netset_find(&set, &ip);
		assert_non_null(found);
		assert_string_equal(net_format(found, text), lookups[i][1]);
	}
	netset_free(&set);
	assert_int_equal(set.n, 0);
}

static void
test_of_peer(void **state)
{
	char text[NET_TEXT];
	struct ip ip;

	(void)state;
	assert_true(ip_parse("192.0.2.77", &ip));
	assert_string_equal(net_of_peer(&ip, text), "192.0.2.0/24");
	assert_true(ip_parse("2001:db8:1:2:3::4", &ip));
	assert_string_equal(net_of_peer(&ip, text), "2001:db8:1:2::/64");
}

/* Networks that differ in few of their bits, where sites have theirs. */
static void
add_many(const void *arg, size_t size)
{
	struct netset set = { .v = NULL };
	const unsigned *shift = arg;
	struct net net;
	size_t i;

	assert_true(net_parse(*shift < 32 ? "10.0.0.0/8" : "2001:db8::/32",
	    &net, NULL));
	net.prefix = 128;
	for (i = 0; i < size; i++) {
		net.ip.b[15 - *shift / 8 % 12] = (uint8_t)i;
		net.ip.b[14 - *shift / 8 % 12] = (uint8_t)(i >> 8);
		net.ip.b[13 - *shift / 8 % 12] = (uint8_t)(i >> 16);
		netset_add(&set, &net);
	}
	assert_int_equal(set.n, size);
	for (i = 0; i < size; i++)
		assert_non_null(netset_find(&set, &set.v[i].ip));
	netset_free(&set);
}

static void
test_many(void **state)
{
	static const unsigned shifts[] = { 0, 8, 32, 40, 64, 80 };
	int64_t took[2];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof shifts / sizeof shifts[0]; i++)
		if (!cost_is_linear(add_many, &shifts[i], 2000, 10, took))
			cost_fail("networks", took);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_of_peer),
		cmocka_unit_test(test_addresses),
		cmocka_unit_test(test_unknown),
		cmocka_unit_test(test_sockaddr),
		cmocka_unit_test(test_networks),
		cmocka_unit_test(test_members),
		cmocka_unit_test(test_narrowest),
		cmocka_unit_test(test_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
