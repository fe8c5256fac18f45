/* lists_list_nets_test - longest match, compared with the plain way */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/net.h"
#include "lists/list_nets.h"

/* Whose networks, in the order of a file; and who owns an address. */
static const struct test_case {
	const char *nets[8];
	const char *ip;
	const char *found;	/* NULL: nobody */
	uint32_t comment;	/* number of the network, from 1 on */
} test_cases[] = {
	{ { NULL }, "192.0.2.1", NULL, 0 },
	{ { "192.0.2.1" }, "192.0.2.1", "192.0.2.1", 1 },
	{ { "192.0.2.1" }, "192.0.2.0", NULL, 0 },
	{ { "192.0.2.1" }, "192.0.2.2", NULL, 0 },
	{ { "0.0.0.0/0" }, "255.255.255.255", "0.0.0.0/0", 1 },
	{ { "0.0.0.0/0" }, "::1", NULL, 0 },
	{ { "::/0" }, "192.0.2.1", NULL, 0 },
	{ { "::/0" }, "2001:db8::", "::/0", 1 },
	{ { "::/0", "2001:db8::/32" }, "2001:db9::", "::/0", 1 },
	{ { "::/0", "2001:db8::/32" }, "2001:db8:ffff::", "2001:db8::/32",
	    2 },
	{ { "255.255.255.255" }, "255.255.255.255", "255.255.255.255", 1 },
	{ { "192.0.2.0/24", "192.0.2.0/25" }, "192.0.2.1", "192.0.2.0/25",
	    2 },
	{ { "192.0.2.0/24", "192.0.2.128/25" }, "192.0.2.1", "192.0.2.0/24",
	    1 },
	{ { "192.0.2.7", "192.0.2.0/24", "192.0.0.0/16" }, "192.0.2.7",
	    "192.0.2.7", 1 },
	{ { "192.0.2.7", "192.0.2.0/24", "192.0.0.0/16" }, "192.0.2.8",
	    "192.0.2.0/24", 2 },
	{ { "192.0.2.7", "192.0.2.0/24", "192.0.0.0/16" }, "192.0.3.0",
	    "192.0.0.0/16", 3 },
	{ { "192.0.2.7", "192.0.2.0/24", "192.0.0.0/16" }, "192.1.0.0", NULL,
	    0 },
	{ { "192.0.2.0/24", "192.0.2.0/24" }, "192.0.2.9", "192.0.2.0/24",
	    1 },
	{ { "::ffff:192.0.2.0/120" }, "192.0.2.9", "192.0.2.0/24", 1 },
	{ { "::ffff:0.0.0.0/95" }, "192.0.2.9", NULL, 0 },
	{ { "2001:db8::/32" }, "unknown", NULL, 0 },
};

static void
build(struct list_nets *nets, const struct test_case *s)
{
	struct net net;
	size_t i;

	for (i = 0; i < 8 && s->nets[i] != NULL; i++)
		if (net_parse(s->nets[i], &net, NULL))
			list_nets_add(nets, &net, (uint32_t)i + 1);
	list_nets_seal(nets);
}

static void
test_all_cases(void **state)
{
	const struct test_case *s;
	char text[NET_TEXT];

	(void)state;
	for (s = test_cases; s < test_cases + sizeof test_cases / sizeof *s;
	    s++) {
		struct ip ip = { .known = false };
		struct list_nets nets;
		struct net net;
		uint32_t comment = 0;

		memset(&nets, 0, sizeof nets);
		build(&nets, s);
		ip_parse(s->ip, &ip);
		if (list_nets_find(&nets, &ip, &net, &comment)) {
			assert_non_null(s->found);
			assert_string_equal(net_format(&net, text), s->found);
		} else {
			assert_null(s->found);
		}
		assert_int_equal(comment, s->comment);
		list_nets_free(&nets);
	}
}

/* Few bits, so that networks lie in each other and at both ends. */
static struct ip
random_ip(bool v4)
{
	static const char *const bases[] = { "0.0.0.0", "255.255.255.0",
		"10.1.0.0", "::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:0",
		"2001:db8::" };
	struct ip ip;

	ip_parse(bases[rand() % 3 + (v4 ? 0 : 3)], &ip);
	ip.b[15] |= (uint8_t)(rand() % 256);
	ip.b[13] |= (uint8_t)(rand() % 2 << 7);
	return ip;
}

static struct net
random_net(bool v4)
{
	struct net net = { .ip = random_ip(v4) };
	unsigned i;

	net.prefix = (unsigned)(rand() % 34 == 0 ? rand() % 129 :
	    118 + rand() % 11);
	if (v4 && net.prefix < 96)
		net.prefix = 96;
	for (i = net.prefix; i < 128; i++)
		net.ip.b[i / 8] &= (uint8_t)~(0x80u >> i % 8);
	return net;
}

static void
compare(const struct list_nets *nets, const struct netset *plain,
    const struct ip *ip)
{
	const struct net *right = netset_find(plain, ip);
	uint32_t comment;
	struct net net;

	if (!list_nets_find(nets, ip, &net, &comment)) {
		assert_null(right);
		return;
	}
	assert_non_null(right);
	assert_int_equal(net.prefix, right->prefix);
	assert_memory_equal(net.ip.b, right->ip.b, sizeof net.ip.b);
}

static void
test_against_the_plain_way(void **state)
{
	unsigned round, i;

	(void)state;
	srand(7);
	for (round = 0; round < 400; round++) {
		struct netset plain = { .v = NULL };
		struct list_nets nets;
		struct net net;
		struct ip ip;

		memset(&nets, 0, sizeof nets);
		for (i = 0; i < round / 8; i++) {
			net = random_net(rand() % 2 == 0);
			netset_add(&plain, &net);
			list_nets_add(&nets, &net, i);
		}
		list_nets_seal(&nets);
		for (i = 0; i < 300; i++) {
			ip = random_ip(rand() % 2 == 0);
			compare(&nets, &plain, &ip);
		}
		list_nets_free(&nets);
		netset_free(&plain);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all_cases),
		cmocka_unit_test(test_against_the_plain_way),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
