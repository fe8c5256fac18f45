/* setup_adopt_ports_test - ports of master.cf with policies of their own */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "setup/adopt.h"

#include "setup_house.h"
#include "setup_main_cf.h"

/* What master.cf says otherwise is not refused by main.cf's restrictions. */
static void
test_ports_of_their_own(void **state)
{
	static const char *const v[] = { "mydestination", "example.org",
		"smtpd_sender_restrictions", "reject_non_fqdn_sender",
		"smtpd_client_restrictions", "check_client_access "
		    "cidr:/etc/postfix/clients",
		"message_size_limit", "1000000", NULL };
	struct main_cf cf = { .v = v, .master =
		"10025/inet/content_filter = \n"
		"127.0.0.1:10026/inet/mynetworks = 192.0.2.5\n"
		"127.0.0.1:10026/inet/smtpd_helo_restrictions = \n"
		"big/inet/message_size_limit = 0\n"
		"relay/unix/mynetworks = 192.0.2.0/24\n"
		"smtpd/pass/smtpd_sender_restrictions = \n"
		"submission/inet/message_size_limit = 0\n"
		"submission/inet/smtpd_client_restrictions = permit\n" };
	struct adopt a;
	const char *at;

	(void)state;
	adopt_main_cf(&a, &cf);
	at = strstr(a.conf.data, "exception \"master.cf, 127.0.0.1:10026\" "
	    "{\t# mynetworks, smtpd_helo_restrictions of its own\n"
	    "\tports = {10026}\n\tclients = {\"0.0.0.0/0\", \"::/0\"}\n"
	    "\treason \"relay-denied\" { action = off }\n"
	    "\treason \"client-denied\" { action = off }\n");
	assert_non_null(at);
	assert_non_null(strstr(at, "reason \"sender-not-fqdn\" { action = "
	    "off }\n}\n"));
	assert_non_null(strstr(a.conf.data, "\tports = {25}\n"));
	at = strstr(a.conf.data, "\tports = {587}\n");
	assert_non_null(at);
	assert_non_null(strstr(at, "\"message-too-large\" { action = off }"));
	assert_null(strstr(a.conf.data, "10025"));
	assert_null(strstr(a.conf.data, "master.cf, relay"));
	/* No such service: it is listed, and nothing is guessed. */
	assert_null(strstr(a.conf.data, "master.cf, big"));
	assert_true(is_left(&a, "master.cf: submission has "
	    "smtpd_client_restrictions of its own"));
	adopt_clear(&a);
}

/* A port of people, which lets nobody in without a login. */
static void
test_a_port_that_needs_a_login(void **state)
{
	static const char *const v[] = { "mua_client_restrictions",
		"permit_mynetworks, permit_sasl_authenticated, reject", NULL };
	struct main_cf cf = { .v = v, .master =
		"submission/inet/smtpd_client_restrictions = "
		    "$mua_client_restrictions\n"
		"10587/inet/smtpd_relay_restrictions = "
		    "permit_sasl_authenticated,reject\n"
		"10025/inet/smtpd_relay_restrictions = permit\n" };
	static const char wanted[] = "reason \"auth-required\" "
	    "{ action = reject }";
	struct adopt a;
	const char *at;

	(void)state;
	adopt_main_cf(&a, &cf);
	assert_non_null(strstr(a.conf.data, "\nreason \"auth-required\" "
	    "{ action = note }\n"));
	at = strstr(a.conf.data, "ports = {587}");
	assert_non_null(at);
	at = strstr(at, wanted);
	assert_non_null(at);
	at = strstr(at + 1, wanted);
	assert_non_null(at);
	assert_null(strstr(at + 1, wanted));
	adopt_clear(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ports_of_their_own),
		cmocka_unit_test(test_a_port_that_needs_a_login),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
