/* records_db_name_test - what the name of a database says, and what is shown */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/buf.h"
#include "records/db_name.h"

static const struct {
	const char *name, *shown;
	bool server;
} names[] = {
	{ "/var/lib/saywhy/records.db", "/var/lib/saywhy/records.db", false },
	{ ":memory:", ":memory:", false },
	{ "postgresql", "postgresql", false },
	{ "postgresql://db/saywhy", "postgresql://db/saywhy", true },
	{ "postgres://ann:secret@db:5433/saywhy?sslmode=require",
	    "postgres://db:5433/saywhy", true },
	{ "postgresql://ann:se@cret@db/saywhy", "postgresql://db/saywhy",
	    true },
	{ "postgresql://db/x?password=a@b", "postgresql://db/x", true },
	{ "postgresql:///saywhy?host=/run/postgresql", "postgresql:///saywhy",
	    true },
	{ "postgresql://?user=ann&password=secret", "postgresql://", true },
};

static void
test_names(void **state)
{
	struct buf shown = BUF_INIT;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof names / sizeof names[0]; i++) {
		buf_clear(&shown);
		db_put_name(&shown, names[i].name);
		assert_string_equal(shown.data, names[i].shown);
		assert_int_equal(db_is_server(names[i].name),
		    names[i].server);
	}
	assert_false(db_is_server(NULL));
	buf_free(&shown);
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_names) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
