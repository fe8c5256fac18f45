/* doors_milter_plan_test - a policy asks the MTA for what it needs, no more */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>
#include <libmilter/mfdef.h>

#include "base/diag.h"
#include "doors/milter_plan.h"
#include "engine/ruleset.h"

#define RELAY "relay { domains = {\"example.org\"} }\n"
#define SUBJECT "content { header \"Subject\" { pattern = \"/x/\" } }\n"

#define NO_PROOFS "auth { spf = no  dkim = no  dmarc = no }\n"

/* What is on by itself (submission, hops, HELO) is in the first row. */
static const struct row {
	const char *what, *text;
	bool urgent;
	unsigned with, without;
} rows[] = {
	{ "observing marks nothing", "mode = observe\n" RELAY
	    "reason \"helo-not-fqdn\" { action = mark }\n", false,
	    0, PLAN_MARKS },
	{ "an urgent word is said at MAIL", "mode = enforce\n", true,
	    PLAN_REFUSE_MAIL, 0 },
	{ "header patterns need header fields", SUBJECT, false,
	    PLAN_HEADERS, 0 },
	{ "a size needs the body", "content { max-size = \"1 MB\" }\n", false,
	    PLAN_BODY, 0 },
	{ "blacklists need no message",
	    "mode = enforce\n" NO_PROOFS
	    "blacklist { clients = {\"192.0.2.1\"} }\n", false,
	    0, PLAN_BODY | PLAN_DATA | PLAN_MARKS },
	{ "signatures need the whole message, and results are written",
	    "mode = enforce\n", false,
	    PLAN_BODY | PLAN_HEADERS | PLAN_MARKS, PLAN_DATA },
	{ "holding needs the right to", "mode = enforce\n" SUBJECT
	    "reason \"header-pattern\" { action = quarantine }\n", false,
	    PLAN_MARKS | PLAN_HEADERS, 0 },
};

static void
check(const struct row *row)
{
	struct diags d = DIAGS_INIT;
	struct ruleset *r = ruleset_load_text("test", row->text, &d);
	unsigned plan;

	if (r == NULL)
		diags_print(&d, stderr);
	assert_non_null(r);
	diags_free(&d);
	plan = milter_plan(r, row->urgent);
	if ((plan & row->with) != row->with || (plan & row->without) != 0)
		fail_msg("%s: %#x", row->what, plan);
	ruleset_release(r);
}

static void
test_rows(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof rows / sizeof rows[0]; i++)
		check(&rows[i]);
}

/* What the MTA need not wait for, unless other doors ask meanwhile. */
static void
test_answers(void **state)
{
	const unsigned long unanswered = SMFIP_NR_CONN | SMFIP_NR_HELO |
	    SMFIP_NR_MAIL | SMFIP_NR_DATA;

	(void)state;
	assert_int_equal(milter_plan_steps(0) & unanswered, unanswered);
	assert_int_equal(milter_plan_steps(PLAN_REFUSE_MAIL) & unanswered,
	    unanswered & ~(unsigned long)SMFIP_NR_MAIL);
	assert_int_equal(milter_plan_steps(PLAN_ANSWERS) & unanswered, 0);
	assert_int_equal(milter_plan_steps(PLAN_ANSWERS) & SMFIP_NR_BODY,
	    SMFIP_NR_BODY);
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_rows),
		cmocka_unit_test(test_answers) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
