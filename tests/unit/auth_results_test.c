/* auth_results_test - whose Authentication-Results a field claims to be */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "auth/results.h"

static void
test_claims(void **state)
{
	static const struct {
		const char *value;
		bool ours;
	} rows[] = {
		{ "mx.example.org; spf=pass", true },
		{ " \r\n\tmx.example.org;spf=pass", true },
		{ "MX.Example.ORG 1; spf=pass", true },
		{ "(a (comment) \\) of theirs) mx.example.org; x", true },
		{ "mx.example.org(comment); x", true },
		{ "\"mx.example.org\"; spf=pass", true },
		{ "\"m\\x.example\\.org\"; spf=pass", true },
		{ "mx.example.org", true },
		{ "m\\x.example.org; spf=pass", false },
		{ "\"mx.example.org\\", false },
		{ "mx.example.org.; spf=pass", true },
		{ "\"MX.example.org.\" (x); spf=pass", true },
		{ "mx.example.orgx; spf=pass", false },
		{ "mx.example.org.evil.example; spf=pass", false },
		{ "other.example; mx.example.org", false },
		{ "(mx.example.org; spf=pass", false },
		{ "", false },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof rows / sizeof rows[0]; i++)
		if (results_claims(rows[i].value, "mx.example.org") !=
		    rows[i].ours)
			fail_msg("%s", rows[i].value);
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_claims) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
