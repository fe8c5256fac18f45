/* setup_plan_test - what is set in which Postfix, and what is noted */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/mem.h"
#include "setup/setup_plan.h"

#define SPOOL "unix:/var/spool/postfix/saywhy/"
#define SERVICE "check_policy_service { unix:saywhy/policy.sock, " \
	"timeout=10s, default_action=DUNNO, policy_context=relay }, "

static const struct setup_doors doors = { .listen = SPOOL "milter.sock",
	.reply_map = SPOOL "reply.sock",
	.policy_service = SPOOL "policy.sock" };

static const char chroot[] = "smtp inet n - y - - smtpd\n";
static const char no_chroot[] = "smtp inet n - n - - smtpd\n";

static struct setup_mta
postfix(int minor, const char *services)
{
	static const char *const defaults[VALUE_COUNT] = {
		[VALUE_VERSION] = "3.x",
		[VALUE_QUEUE] = "/var/spool/postfix",
		[VALUE_RELAY] = "permit_mynetworks defer_unauth_destination",
		[VALUE_DELAY_REJECT] = "yes",
		[VALUE_PEERNAME] = "yes",
	};
	struct setup_mta mta = { .major = 3, .minor = minor };
	size_t i;

	for (i = 0; i < VALUE_COUNT; i++)
		mta.value[i] = mem_dup(defaults[i] != NULL ? defaults[i] : "");
	setup_mta_services(&mta, services);
	return mta;
}

static const char *
value(const struct setup_plan *plan, const char *name)
{
	size_t i;

	for (i = 0; i < plan->nsettings; i++)
		if (strcmp(plan->settings[i].name, name) == 0)
			return plan->settings[i].value;
	return NULL;
}

static bool
is_noted(const struct setup_plan *plan, const char *words)
{
	size_t i;

	for (i = 0; i < plan->nnotes; i++)
		if (strstr(plan->notes[i], words) != NULL)
			return true;
	return false;
}

static void
end(struct setup_plan *plan, struct setup_mta *mta)
{
	setup_plan_clear(plan);
	setup_mta_clear(mta);
}

static void
test_stock_3_7(void **state)
{
	struct setup_mta mta = postfix(7, chroot);
	struct setup_plan plan = { .nsettings = 0 };

	(void)state;
	setup_plan_make(&plan, &mta, &doors);
	assert_int_equal(plan.nsettings, 7);
	assert_string_equal(value(&plan, "smtpd_milters"),
	    "{ unix:saywhy/milter.sock, default_action=tempfail, "
	    "connect_timeout=10s, command_timeout=30s, "
	    "content_timeout=60s }");
	assert_string_equal(value(&plan, "smtpd_reject_footer_maps"),
	    "socketmap:unix:saywhy/reply.sock:footer");
	assert_string_equal(value(&plan, "postscreen_reject_footer_maps"),
	    "");
	assert_string_equal(value(&plan, "smtpd_relay_restrictions"),
	    "permit_mynetworks " SERVICE "defer_unauth_destination");
	assert_string_equal(value(&plan, "smtpd_client_restrictions"),
	    "check_policy_service { unix:saywhy/policy.sock, timeout=10s, "
	    "default_action=DUNNO, policy_context=client }");
	assert_non_null(strstr(value(&plan, "smtpd_sender_restrictions"),
	    "policy_context=sender }"));
	assert_true(is_noted(&plan, "that takes 3.11"));
	assert_true(is_noted(&plan, "setup --adopt takes over"));
	end(&plan, &mta);
}

static void
test_stock_3_11(void **state)
{
	struct setup_mta mta = postfix(11, no_chroot);
	struct setup_plan plan = { .nsettings = 0 };

	(void)state;
	setup_plan_make(&plan, &mta, &doors);
	assert_string_equal(value(&plan, "smtpd_reject_filter_maps"),
	    "socketmap:unix:saywhy/reply.sock:filter");
	assert_null(value(&plan, "smtpd_reject_footer_maps"));
	assert_null(value(&plan, "postscreen_reject_footer_maps"));
	assert_false(is_noted(&plan, "that takes 3.11"));
	end(&plan, &mta);
}

/* Codes of what Postfix goes on to say itself, where main.cf has none. */
static void
test_codes_of_what_is_adopted(void **state)
{
	struct setup_doors adopted = doors;
	struct setup_mta mta = postfix(10, chroot);
	struct setup_plan plan = { .nsettings = 0 };

	(void)state;
	adopted.adopted = true;
	mta.own = mem_dup("maps_rbl_reject_code = 450\nreject_codes = x\n");
	setup_plan_make(&plan, &mta, &adopted);
	assert_string_equal(value(&plan, "access_map_reject_code"), "550");
	assert_string_equal(value(&plan, "reject_code"), "550");
	assert_string_equal(value(&plan, "unknown_address_reject_code"),
	    "550");
	assert_null(value(&plan, "maps_rbl_reject_code"));
	assert_false(is_noted(&plan, "setup --adopt takes over"));
	end(&plan, &mta);
	mta = postfix(11, chroot);
	setup_plan_make(&plan, &mta, &adopted);
	assert_null(value(&plan, "access_map_reject_code"));
	end(&plan, &mta);
}

/* One question for all lists, where what is relaying is known. */
static void
test_one_question(void **state)
{
	struct setup_doors whole = doors;
	struct setup_mta mta = postfix(7, chroot);
	struct setup_plan plan = { .nsettings = 0 };

	(void)state;
	whole.adopted = whole.whole = true;
	mem_replace(&mta.value[VALUE_CLASSES], "theirs");
	setup_plan_make(&plan, &mta, &whole);
	assert_string_equal(value(&plan, "smtpd_client_restrictions"),
	    "check_policy_service { unix:saywhy/policy.sock, timeout=10s, "
	    "default_action=DUNNO, policy_context=all }");
	assert_string_equal(value(&plan, "smtpd_restriction_classes"),
	    "theirs, saywhy_helo, saywhy_sender, saywhy_rcpt");
	assert_string_equal(value(&plan, "saywhy_sender"),
	    "check_sender_access socketmap:unix:saywhy/reply.sock:sender");
	assert_null(value(&plan, "smtpd_sender_restrictions"));
	assert_null(value(&plan, "smtpd_relay_restrictions"));
	setup_plan_clear(&plan);
	/* Over TCP nobody knows whose table is looked into. */
	plan = (struct setup_plan){ .nsettings = 0 };
	whole.policy_service = "inet:1234@127.0.0.1";
	setup_plan_make(&plan, &mta, &whole);
	assert_null(value(&plan, "saywhy_sender"));
	assert_non_null(value(&plan, "smtpd_sender_restrictions"));
	end(&plan, &mta);
}

static void
test_old_ones(void **state)
{
	struct setup_mta mta = postfix(3, chroot);
	struct setup_plan plan = { .nsettings = 0 };

	(void)state;
	setup_plan_make(&plan, &mta, &doors);
	assert_int_equal(plan.nsettings, 0);
	assert_true(is_noted(&plan, "older than 3.4"));
	end(&plan, &mta);
}

static void
test_what_is_there_stays(void **state)
{
	struct setup_mta mta = postfix(7, chroot);
	struct setup_plan plan = { .nsettings = 0 };

	(void)state;
	mem_replace(&mta.value[VALUE_MILTERS], "inet:localhost:8891");
	mem_replace(&mta.value[VALUE_FOOTER_MAPS], "regexp:/x");
	mem_replace(&mta.value[VALUE_RELAY], "permit");
	mem_replace(&mta.value[VALUE_RCPT], "permit_mynetworks, "
	    "reject_unauth_destination, not_reject_unauth_destination");
	setup_plan_make(&plan, &mta, &doors);
	assert_non_null(strstr(value(&plan, "smtpd_milters"),
	    "}, inet:localhost:8891"));
	assert_string_equal(value(&plan, "smtpd_reject_footer_maps"),
	    "regexp:/x, socketmap:unix:saywhy/reply.sock:footer");
	assert_null(value(&plan, "smtpd_relay_restrictions"));
	assert_string_equal(value(&plan, "smtpd_recipient_restrictions"),
	    "permit_mynetworks, " SERVICE "reject_unauth_destination, "
	    "not_reject_unauth_destination");
	assert_true(is_noted(&plan, "inet:localhost:8891"));
	assert_true(is_noted(&plan, "trust-earlier-milters"));
	end(&plan, &mta);
}

static void
test_no_address_for_the_service(void **state)
{
	struct setup_mta mta = postfix(7, chroot);
	struct setup_plan plan = { .nsettings = 0 };

	(void)state;
	mem_replace(&mta.value[VALUE_RELAY], "check_client_access x");
	setup_plan_make(&plan, &mta, &doors);
	assert_null(value(&plan, "smtpd_relay_restrictions"));
	assert_true(is_noted(&plan, "head of the latter"));
	assert_non_null(strstr(value(&plan, "smtpd_recipient_restrictions"),
	    "policy_context=rcpt }"));
	end(&plan, &mta);
}

static void
test_sockets(void **state)
{
	static const struct setup_doors run = { .listen =
	    "unix:/run/saywhy/m.sock", .reply_map = "inet:1234@127.0.0.1" };
	struct setup_mta mta = postfix(7, chroot);
	struct setup_plan plan = { .nsettings = 0 };

	(void)state;
	setup_plan_make(&plan, &mta, &run);
	assert_null(value(&plan, "smtpd_milters"));
	assert_true(is_noted(&plan, "cannot get there"));
	assert_string_equal(value(&plan, "smtpd_reject_footer_maps"),
	    "socketmap:inet:127.0.0.1:1234:footer");
	end(&plan, &mta);
	mta = postfix(7, no_chroot);
	setup_plan_make(&plan, &mta, &run);
	assert_non_null(strstr(value(&plan, "smtpd_milters"),
	    "{ unix:/run/saywhy/m.sock, "));
	end(&plan, &mta);
}

static void
test_services(void **state)
{
	struct setup_mta mta = postfix(7,
	    "smtp      inet  n       -       y       -       1       "
	    "postscreen\n"
	    "smtpd     pass  -       -       y       -       -       smtpd\n"
	    "10025     inet  n       -       n       -       -       smtpd\n"
	    "    -o content_filter=\n"
	    "    -o receive_override_options=no_address_mappings\n"
	    "10026     inet  n       -       n       -       -       smtpd\n"
	    "    -o content_filter=\n"
	    "    -o receive_override_options=no_milters\n"
	    "submission inet n       -       y       -       -       smtpd\n"
	    "    -o smtpd_milters=\n"
	    "    -o smtpd_relay_restrictions=permit_sasl_authenticated,"
	    "reject\n"
	    "    -o { smtpd_client_restrictions = permit_sasl_authenticated, "
	    "reject }\n"
	    "    -o smtpd_proxy_filter=127.0.0.1:10027\n"
	    "10027     inet  n       -       n       -       -       smtpd\n"
	    "    -o { content_filter = }\n"
	    "    -o { receive_override_options = no_address_mappings }\n"
	    "pickup    unix  n       -       y       60      1       pickup\n"
	    "    -o content_filter=\n");
	struct setup_plan plan = { .nsettings = 0 };

	(void)state;
	assert_int_equal(mta.nservices, 6);
	setup_plan_make(&plan, &mta, &doors);
	assert_true(is_noted(&plan, "smtp is postscreen"));
	assert_true(is_noted(&plan, "10025 is a content filter's way back"));
	assert_false(is_noted(&plan, "10026 is"));
	assert_int_equal(plan.nways, 2);
	assert_string_equal(plan.ways[1].value,
	    "no_address_mappings,no_milters");
	assert_string_equal(plan.ways[0].name, "10025");
	assert_string_equal(plan.ways[0].value,
	    "no_address_mappings,no_milters");
	assert_true(is_noted(&plan,
	    "submission has smtpd_milters of its own (none)"));
	assert_true(is_noted(&plan, "submission has smtpd_relay_restrictions, "
	    "smtpd_client_restrictions of its own: the policy service"));
	assert_true(is_noted(&plan, "submission has smtpd_proxy_filter"));
	end(&plan, &mta);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_stock_3_7),
		cmocka_unit_test(test_stock_3_11),
		cmocka_unit_test(test_codes_of_what_is_adopted),
		cmocka_unit_test(test_one_question),
		cmocka_unit_test(test_old_ones),
		cmocka_unit_test(test_what_is_there_stays),
		cmocka_unit_test(test_no_address_for_the_service),
		cmocka_unit_test(test_sockets),
		cmocka_unit_test(test_services),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
