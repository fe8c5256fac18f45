/* doors_milter_session_test - what the two MTAs say, as a session */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/un.h>

#include <cmocka.h>

#include "doors/milter_session.h"

/* Macros as name, value, …, NULL. */
static const char *
lookup(void *from, const char *name)
{
	const char *const *v;

	for (v = from; *v != NULL; v += 2)
		if (strcmp(v[0], name) == 0)
			return v[1];
	return NULL;
}

static union {
	struct sockaddr sa;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
	struct sockaddr_un local;
} at;

static const struct sockaddr *
address(const char *text, unsigned port)
{
	memset(&at, 0, sizeof at);
	if (text == NULL)
		return NULL;
	if (*text == '/') {
		at.sa.sa_family = AF_UNIX;
	} else if (inet_pton(AF_INET, text, &at.v4.sin_addr) == 1) {
		at.v4.sin_family = AF_INET;
		at.v4.sin_port = htons((uint16_t)port);
	} else {
		assert_int_equal(inet_pton(AF_INET6, text,
		    &at.v6.sin6_addr), 1);
		at.v6.sin6_family = AF_INET6;
		at.v6.sin6_port = htons((uint16_t)port);
	}
	return &at.sa;
}

static const struct row {
	const char *what, *client;
	unsigned port;
	const char *daemon_port;
	bool local;
} rows[] = {
	{ "a client", "192.0.2.7", 40000, "25", false },
	{ "one on loopback", "127.0.0.1", 40000, "25", false },
	{ "one over IPv6", "2001:db8::7", 40000, "25", false },
	{ "a client whose port a proxy did not tell", "192.0.2.7", 0, "25",
	    false },
	{ "a client of an MTA that tells no ports", "192.0.2.7", 40000, NULL,
	    false },
	{ "Postfix: sendmail(1), by cleanup(8)", "127.0.0.1", 0, "0", true },
	{ "Postfix: the same, without the macro", "127.0.0.1", 0, NULL, true },
	{ "Sendmail: the same", NULL, 0, NULL, true },
	{ "a UNIX socket", "/", 0, NULL, true },
};

static void
test_local(void **state)
{
	struct session s;
	size_t i;

	(void)state;
	session_init(&s);
	for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		const char *macros[] = { rows[i].daemon_port != NULL ?
			"{daemon_port}" : NULL, rows[i].daemon_port, NULL };

		milter_session_connect(&s, "localhost", address(
		    rows[i].client, rows[i].port), lookup, macros);
		if (s.local != rows[i].local)
			fail_msg("%s: local is %d", rows[i].what, s.local);
		assert_int_equal(s.client_port, rows[i].port);
	}
	session_free(&s);
}

static void
test_connect(void **state)
{
	const char *macros[] = { "j", "mx.example.org", "{daemon_name}",
		"smtpd", "{daemon_addr}", "198.51.100.1", "{daemon_port}",
		"587", "{client_ptr}", "ptr.example", "{client_resolve}",
		"FORGED", NULL };
	struct session s;

	(void)state;
	session_init(&s);
	milter_session_connect(&s, "[192.0.2.7]", address("192.0.2.7", 1234),
	    lookup, macros);
	assert_null(s.client_name);
	assert_string_equal(s.client_ptr, "ptr.example");
	assert_string_equal(s.server_name, "mx.example.org");
	assert_string_equal(s.daemon, "smtpd");
	assert_int_equal(s.server_port, 587);
	assert_true(s.server.known);
	assert_int_equal(s.resolve, RESOLVE_FORGED);
	session_free(&s);
}

/* Sendmail tells the address it listens on; where it came to is if_addr. */
static void
test_server_address(void **state)
{
	const char *both[] = { "{if_addr}", "198.51.100.1", "{daemon_addr}",
		"0.0.0.0", NULL };
	const char *any[] = { "{daemon_addr}", "::", NULL };
	struct session s;

	(void)state;
	session_init(&s);
	milter_session_connect(&s, "a.example", address("192.0.2.7", 1),
	    lookup, both);
	assert_true(s.server.known);
	milter_session_connect(&s, "a.example", address("192.0.2.7", 1),
	    lookup, any);
	assert_false(s.server.known);
	session_free(&s);
}

static void
test_mail(void **state)
{
	char *full[] = { "<a@b.example>", "size=1234", "BODY=8BITMIME",
		"SMTPUTF8", NULL };
	char *bare[] = { "<>", NULL };
	char *odd[] = { "<a@b.example>", "SIZE=x", "SIZE=-4", NULL };
	char *none[] = { NULL };
	const char *macros[] = { "{auth_authen}", "user", "{tls_version}",
		"TLSv1.3", "{cipher}", "AES", "i", "ABC123", NULL };
	const char *silent[] = { NULL };
	struct session s;

	(void)state;
	session_init(&s);
	milter_session_mail(&s, full, lookup, macros);
	assert_int_equal(s.declared_size, 1234);
	assert_true(s.smtputf8);
	assert_string_equal(s.login, "user");
	assert_string_equal(s.tls, "TLSv1.3");
	assert_string_equal(s.queue_id, "ABC123");
	milter_session_mail(&s, bare, lookup, silent);
	assert_int_equal(s.declared_size, -1);
	assert_false(s.smtputf8);
	assert_null(s.login);
	assert_null(s.tls);
	assert_null(s.queue_id);
	milter_session_mail(&s, odd, lookup, silent);
	assert_int_equal(s.declared_size, -1);
	milter_session_mail(&s, none, lookup, silent);
	session_free(&s);
}

static void
test_refusal(void **state)
{
	static const struct {
		const char *rcpt, *addr, *reply;
	} refused[] = {
		{ "<a@example.org>", "550 5.1.1 User unknown",
		    "550 5.1.1 User unknown" },
		{ "<a@example.org>", "a", NULL },
		{ "<a@example.org>", "a@example.org", NULL },
		{ "<>>", "a", "a" },
		{ "<a@example.org>", NULL, NULL },
	};
	struct session s;
	size_t i;

	(void)state;
	session_init(&s);
	for (i = 0; i < sizeof refused / sizeof refused[0]; i++) {
		const char *macros[] = { "{rcpt_addr}", refused[i].addr, NULL };
		const char *reply;

		session_mail(&s, "<>");
		session_rcpt(&s, refused[i].rcpt);
		reply = milter_session_refusal(&s, lookup, macros);
		if (refused[i].reply == NULL)
			assert_null(reply);
		else
			assert_string_equal(reply, refused[i].reply);
	}
	session_free(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_local),
		cmocka_unit_test(test_connect),
		cmocka_unit_test(test_refusal),
		cmocka_unit_test(test_server_address),
		cmocka_unit_test(test_mail),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
