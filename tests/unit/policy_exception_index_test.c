/* policy_exception_index_test - exceptions by the client's address */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/net.h"
#include "base/option.h"
#include "policy/exception.h"
#include "policy/exception_index.h"

static struct exception *
exception(const char *const *nets)
{
	struct exception *e = calloc(1, sizeof *e);
	struct net net;

	for (; nets != NULL && *nets != NULL; nets++) {
		assert_true(net_parse(*nets, &net, NULL));
		netset_add(&e->clients, &net);
	}
	return e;
}

static void
expect(const struct exception_index *x, const char *client, const char *wanted)
{
	char got[64] = "";
	struct ip ip = { .known = false };
	size_t *found, n = 0, i;

	if (client != NULL)
		assert_true(ip_parse(client, &ip));
	found = exception_index_find(x, &ip, &n);
	for (i = 0; i < n; i++)
		snprintf(got + strlen(got), sizeof got - strlen(got), "%zu ",
		    found[i]);
	if (strcmp(got, wanted) != 0)
		fail_msg("%s: %s", client != NULL ? client : "nobody", got);
	free(found);
}

static void
test_index(void **state)
{
	static const char *const narrow[] = { "192.0.2.7", NULL };
	static const char *const wide[] = { "192.0.2.0/24", "2001:db8::/32",
		NULL };
	static const char *const all[] = { "0.0.0.0/0", "192.0.2.0/24", NULL };
	static const char *const six[] = { "::/0", NULL };
	struct exception *v[] = { exception(wide), exception(NULL),
		exception(narrow), exception(all), exception(narrow),
		exception(six) };
	struct option_items items = { .v = (void **)v, .n = 6 };
	struct exception_index x = { .nlinks = 0 };
	size_t i;

	(void)state;
	expect(&x, "192.0.2.7", "");
	exception_index_build(&x, &items);
	/* In their order; 3 has two networks around it. */
	expect(&x, "192.0.2.7", "0 1 2 3 3 4 ");
	expect(&x, "192.0.2.8", "0 1 3 3 ");
	expect(&x, "198.51.100.1", "1 3 ");
	expect(&x, "2001:db8::1", "0 1 5 ");
	expect(&x, NULL, "1 ");
	exception_index_free(&x);
	for (i = 0; i < 6; i++) {
		netset_free(&v[i]->clients);
		free(v[i]);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_index),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
