/* policy_exception_index_test - exceptions by address, by names, in turn */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/net.h"
#include "base/option.h"
#include "model/mailbox.h"
#include "model/session.h"
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
expect_found(struct exception_found found, const char *what,
    const char *wanted)
{
	char got[64] = "";
	size_t i;

	for (i = 0; i < found.n; i++)
		snprintf(got + strlen(got), sizeof got - strlen(got), "%zu ",
		    found.v[i]);
	if (strcmp(got, wanted) != 0)
		fail_msg("%s: %s", what, got);
	free(found.v);
}

static void
expect(const struct exception_index *x, const char *client, const char *wanted)
{
	struct session s;

	session_init(&s);
	if (client != NULL)
		assert_true(ip_parse(client, &s.client));
	expect_found(exception_index_find(x, &s),
	    client != NULL ? client : "nobody", wanted);
	session_free(&s);
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

/* What each exception names, and who is found by it. */
static const struct {
	const char *logins, *senders, *helos, *recipients;
} named[] = {
	{ NULL, NULL, NULL, "user@example.org" },
	{ NULL, ".example.com", NULL, NULL },
	{ "anna", NULL, NULL, NULL },
	{ NULL, NULL, "mail.example.net", NULL },
	{ NULL, "/^a/", NULL, NULL },
	{ NULL, NULL, NULL, "*" },
	{ NULL, "<>", NULL, NULL },
	{ NULL, "/^b/", NULL, "User@" },
	{ "berta@example.org", "c@example.com", NULL, NULL },
	{ NULL, NULL, NULL, "example.org" },
};
#define NAMED (sizeof named / sizeof named[0])

static void
put(struct mailset *set, const char *entry)
{
	struct buf errmsg = BUF_INIT;

	if (entry != NULL)
		assert_true(mailset_add(set, entry, &errmsg));
	buf_free(&errmsg);
}

static void
expect_names(const struct exception_index *x, const char *login,
    const char *helo, const char *sender, const char *wanted)
{
	struct session s;

	session_init(&s);
	session_helo(&s, helo);
	session_mail(&s, sender);
	s.login = login != NULL ? strdup(login) : NULL;
	expect_found(exception_index_find(x, &s), sender, wanted);
	session_free(&s);
}

static void
expect_rcpt(const struct exception_index *x, const char *rcpt,
    const char *wanted)
{
	struct mailbox m = { .text = NULL };

	mailbox_set(&m, rcpt);
	expect_found(exception_index_of_rcpt(x, &m), rcpt, wanted);
	mailbox_clear(&m);
}

static void
test_names(void **state)
{
	struct exception *v[NAMED];
	struct option_items items = { .v = (void **)v, .n = NAMED };
	struct exception_index x = { .nlinks = 0 };
	size_t i;

	(void)state;
	for (i = 0; i < NAMED; i++) {
		v[i] = exception(NULL);
		put(&v[i]->logins, named[i].logins);
		put(&v[i]->senders, named[i].senders);
		put(&v[i]->helos, named[i].helos);
		put(&v[i]->recipients, named[i].recipients);
	}
	exception_index_build(&x, &items);
	expect_names(&x, NULL, "x.example", "a@b.example.com", "1 4 5 ");
	expect_names(&x, "Anna", "Mail.Example.NET", "a@example.com",
	    "2 3 4 5 ");
	expect_names(&x, "berta@example.org", NULL, "", "4 5 6 8 ");
	expect_rcpt(&x, "User@Example.ORG", "0 7 9 ");
	expect_rcpt(&x, "user+news@example.org", "0 7 9 ");
	expect_rcpt(&x, "user@example.net", "7 ");
	expect_rcpt(&x, "other@example.net", "");
	expect_found(exception_index_of_rcpt(&x, NULL), "nobody", "");
	exception_index_free(&x);
	for (i = 0; i < NAMED; i++) {
		mailset_clear(&v[i]->logins);
		mailset_clear(&v[i]->senders);
		mailset_clear(&v[i]->helos);
		mailset_clear(&v[i]->recipients);
		free(v[i]);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_index),
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
