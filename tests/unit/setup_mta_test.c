/* setup_mta_test - the mail server's own tools, run and waited for */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/clock.h"
#include "setup/setup_mta.h"

static void
test_what_it_writes(void **state)
{
	const char *good[] = { "sh", "-c", "echo out; echo err >&2", NULL };
	const char *bad[] = { "sh", "-c", "echo no; exit 1", NULL };
	const char *none[] = { "saywhy-no-such-tool", NULL };
	struct buf out = BUF_INIT;

	(void)state;
	assert_true(setup_mta_run(good, &out));
	assert_string_equal(out.data, "out\nerr\n");
	buf_clear(&out);
	assert_false(setup_mta_run(bad, &out));
	assert_string_equal(out.data, "no\n");
	buf_clear(&out);
	assert_false(setup_mta_run(none, &out));
	buf_free(&out);
}

/* A table in LDAP whose server does not answer: postmap waits with it. */
static void
test_one_that_hangs(void **state)
{
	const char *alone[] = { "sleep", "600", NULL };
	const char *with_child[] = { "sh", "-c", "echo a; sleep 600; :", NULL };
	const char *deaf[] = { "sh", "-c", "trap '' TERM INT; sleep 600; :",
		NULL };
	const char *const *const all[] = { alone, with_child, deaf };
	int64_t began = clock_ms();
	struct buf out = BUF_INIT;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof all / sizeof all[0]; i++) {
		buf_clear(&out);
		assert_false(setup_mta_run_within(all[i], 200, &out));
		assert_non_null(strstr(out.data, ": it did not end\n"));
	}
	assert_true(clock_ms() - began < 300000);
	buf_free(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_it_writes),
		cmocka_unit_test(test_one_that_hangs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
