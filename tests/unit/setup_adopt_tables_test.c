/* setup_adopt_tables_test - check_*_access: what of a table is taken over */

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

/* Tables of patterns, where ours mean the same. */
static void
test_patterns(void **state)
{
	static const char *const v[] = {
		"smtpd_sender_restrictions", "check_sender_access "
		    "pcre:/etc/postfix/plain.pcre, check_sender_access "
		    "regexp:/etc/postfix/odd.pcre",
		"smtpd_client_restrictions", "check_client_access "
		    "cidr:/etc/postfix/odd.cidr, check_client_access "
		    "hash:/etc/postfix/untold",
		NULL
	};
	struct main_cf cf = { .v = v };
	struct adopt a;

	(void)state;
	adopt_main_cf(&a, &cf);
	assert_non_null(strstr(a.conf.data, "file = "
	    "\"access:/etc/postfix/plain.pcre\" match = {sender}"));
	assert_null(strstr(a.conf.data, "odd."));
	assert_true(is_left(&a, "cidr:/etc/postfix/odd.cidr"));
	assert_true(is_left(&a, "lets somebody pass whom"));
	assert_true(is_left(&a, "regexp:/etc/postfix/odd.pcre"));
	assert_int_equal(a.taken, 1);
	adopt_clear(&a);
}

static const char blank[] = "";

/* Tables of one restriction, and what becomes of them. */
static void
test_tables_in_main_cf(void **state)
{
	static const struct {
		const char *restrictions, *there, *left;
		bool extended;
	} rows[] = {
		{ "check_client_access inline:{192.0.2.7=REJECT}",
		    "\tlist \"main.cf client\" { entries = {\"192.0.2.7\"} "
		    "match = {client} tell-comment = yes }\t"
		    "# smtpd_recipient_restrictions\n", NULL, false },
		{ "check_sender_access inline:{{bad.example = REJECT Ask Bob},"
		    " {good.example=OK}}", "entries = {\"bad.example # Ask "
		    "Bob\", \".bad.example # Ask Bob\"}", NULL, false },
		{ "check_sender_access inline:{{bad.example = REJECT Ask Bob},"
		    " {good.example=OK}}", "allow \"main.cf sender\" { "
		    "entries = {\"good.example\", \".good.example\"}", NULL,
		    false },
		{ "check_helo_access inline:{{a.example=554 5.7.1 No}}",
		    "{\"a.example # No\"", NULL, false },
		{ "check_recipient_access inline:{{u@example.org=551 5.1.6 "
		    "Moved}}", "{\"u@example.org # 551 5.1.6 Moved\"}", NULL,
		    true },
		/* Another would be found by user+extension. */
		{ "check_recipient_access inline:{u@example.org=REJECT}", NULL,
		    "an action or a key of it", false },
		/* It permits whom saywhy might not find. */
		{ "check_recipient_access inline:{u@example.org=DEFER}", NULL,
		    "an action or a key of it", true },
		{ "check_helo_access inline:{Bad.example=REJECT}", NULL,
		    "an action or a key of it", false },
		{ "check_client_access inline:{192.0.2=REJECT}", NULL,
		    "an action or a key of it", false },
		{ "check_client_access inline:{{192.0.2.7=REJECT \"x\"}}",
		    NULL, "an action or a key of it", false },
		{ "check_client_access inline:{{192.0.2.7=REJECT a # b}}",
		    NULL, "an action or a key of it", false },
		{ "check_client_access inline:{192.0.2.7 REJECT}", NULL,
		    "an action or a key of it", false },
		{ "check_client_access inline:{", NULL,
		    "an action or a key of it", false },
		{ "check_client_access static:{REJECT Closed}",
		    "{ entries = {\"* # Closed\"} match = {client}", NULL,
		    false },
		{ "check_client_access static:HOLD", NULL,
		    "an action or a key of it", false },
		{ "check_sasl_access static:{REJECT Closed}",
		    "auth { login-list \"main.cf\" { entries = {\"* # Closed"
		    "\"} tell-comment = yes } }\t# ", NULL, false },
		{ "check_sasl_access hash:/etc/postfix/logins",
		    "auth { login-list \"logins\" { file = \"access:"
		    "/etc/postfix/logins\" tell-comment = yes } }", NULL,
		    false },
		{ "permit_mynetworks check_sasl_access static:REJECT", NULL,
		    "behind a permit", false },
		{ "check_sasl_access inline:{ann=OK}", NULL,
		    "an action or a key of it", false },
		{ "check_sasl_access regexp:/etc/postfix/plain.pcre", NULL,
		    "lets somebody pass", false },
		{ "permit_tls_clientcerts check_client_access "
		    "hash:/etc/postfix/x", NULL, "check_client_access stays",
		    false },
	};
	struct adopt a;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		const char *const v[] = { "smtpd_recipient_restrictions",
			rows[i].restrictions, "recipient_delimiter",
			rows[i].extended ? "+" : blank, NULL };
		struct main_cf cf = { .v = v };

		adopt_main_cf(&a, &cf);
		if (rows[i].there == NULL ? a.taken != 0 :
		    strstr(a.conf.data, rows[i].there) == NULL)
			fail_msg("row %zu: %s", i, a.conf.data);
		if (rows[i].left != NULL ? !is_left(&a, rows[i].left) :
		    a.nleft != 0)
			fail_msg("row %zu: left %zu: %s", i, a.nleft,
			    a.nleft > 0 ? a.left[0] : blank);
		adopt_clear(&a);
	}
}

/* Whom nothing behind it is asked of, it does not refuse. */
static void
test_after_a_permit_for_all(void **state)
{
	static const char *const v[] = {
		"smtpd_client_restrictions", "check_client_access static:OK, "
		    "reject_rbl_client behind.example",
		"smtpd_sender_restrictions", "check_sender_access "
		    "static:DUNNO, reject_rbl_client zen.example",
		"smtpd_recipient_restrictions", "permit_sasl_authenticated, "
		    "check_sasl_access static:REJECT", NULL };
	struct main_cf cf = { .v = v };
	struct adopt a;

	(void)state;
	adopt_main_cf(&a, &cf);
	assert_null(strstr(a.conf.data, "behind.example"));
	assert_non_null(strstr(a.conf.data, "zen.example"));
	assert_null(strstr(a.conf.data, "login-list"));
	assert_int_equal(a.taken, 1);
	adopt_clear(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_patterns),
		cmocka_unit_test(test_tables_in_main_cf),
		cmocka_unit_test(test_after_a_permit_for_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
