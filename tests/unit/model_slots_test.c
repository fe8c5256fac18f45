/* model_slots_test - notes live as long as what they belong to */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/mem.h"
#include "model/slots.h"

struct note {
	char *owned;
	int n;
};

static int cleared;

static void
clear(void *note)
{
	struct note *n = note;

	free(n->owned);
	cleared++;
}

static const struct slot_kind connection = { "connection",
	sizeof(struct note), SCOPE_CONNECTION, clear };
static const struct slot_kind greeting = { "greeting",
	sizeof(struct note), SCOPE_GREETING, clear };
static const struct slot_kind message = { "message", sizeof(struct note),
	SCOPE_MESSAGE, clear };

static void
fill(struct slots *s)
{
	const struct slot_kind *const kinds[] = { &connection, &greeting,
		&message };
	size_t i;
	struct note *n;

	slots_free(s);
	cleared = 0;
	for (i = 0; i < 3; i++) {
		n = slots_get(s, kinds[i]);
		assert_int_equal(n->n, 0);
		n->n = 1;
		n->owned = mem_dup("x");
	}
}

static void
test_one_of_a_kind(void **state)
{
	struct slots s = { NULL };
	struct note *n = slots_get(&s, &message);

	(void)state;
	assert_ptr_equal(slots_get(&s, &message), n);
	assert_ptr_equal(slots_find(&s, &message), n);
	assert_null(slots_find(&s, &connection));
	slots_free(&s);
	assert_null(slots_find(&s, &message));
}

static void
test_lives(void **state)
{
	static const struct {
		enum stage stage;
		int ends;
	} rows[] = { { STAGE_CONNECT, 3 }, { STAGE_HELO, 2 }, { STAGE_MAIL, 1 },
		{ STAGE_RCPT, 0 }, { STAGE_DATA, 0 }, { STAGE_HEADERS, 0 },
		{ STAGE_MESSAGE, 0 } };
	struct slots s = { NULL };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		fill(&s);
		slots_restart(&s, rows[i].stage);
		assert_int_equal(cleared, rows[i].ends);
	}
	fill(&s);
	slots_reset(&s);
	assert_int_equal(cleared, 1);
	assert_null(slots_find(&s, &message));
	assert_non_null(slots_find(&s, &greeting));
	slots_free(&s);
	assert_int_equal(cleared, 3);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_of_a_kind),
		cmocka_unit_test(test_lives),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
