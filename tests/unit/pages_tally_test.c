/* pages_tally_test - how often each name comes */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "records/tally.h"

static void
test_tally(void **state)
{
	struct tally t;
	char name[16];
	size_t i, first;

	(void)state;
	tally_init(&t);
	tally_sort(&t, 4);
	assert_int_equal(t.n, 0);
	for (i = 0; i < 5000; i++) {
		snprintf(name, sizeof name, "n%zu", i % 1000);
		tally_add(&t, name, strlen(name), 1, NULL);
	}
	assert_int_equal(t.n, 1000);
	first = tally_add(&t, "n7", 2, 3, "B");
	assert_int_equal(tally_add(&t, "n7", 2, 1, "A"), first);
	assert_int_equal(tally_add(&t, "n\0007", 3, 9, "C"), 1000);
	tally_sort(&t, 4);
	assert_int_equal(t.n, 1001);
	assert_int_equal(t.v[0].count, 9);
	assert_int_equal(t.v[0].n, 3);
	assert_memory_equal(t.names.data + t.v[0].at, "n\0007", 3);
	assert_int_equal(t.v[1].count, 9);
	assert_string_equal(t.v[1].example, "B");
	assert_memory_equal(t.names.data + t.v[1].at, "n7", 2);
	/* Alike ones by name. */
	assert_memory_equal(t.names.data + t.v[2].at, "n0", 2);
	assert_memory_equal(t.names.data + t.v[3].at, "n1", 2);
	tally_free(&t);
}

/* Many at once are the same as one after the other, in a table that grows. */
static void
test_many(void **state)
{
	struct tally one, many;
	struct tally_item items[TALLY_ITEMS];
	char names[TALLY_ITEMS][16];
	size_t i, n = 0;

	(void)state;
	tally_init(&one);
	tally_init(&many);
	for (i = 0; i < 5000; i++) {
		snprintf(names[n], sizeof names[n], "n%zu", i * i % 777);
		items[n] = (struct tally_item){ .name = names[n],
			.n = strlen(names[n]), .count = (int64_t)i };
		snprintf(items[n].example, sizeof items[n].example, "%zu", i);
		tally_add(&one, names[n], items[n].n, items[n].count,
		    items[n].example);
		if (++n == TALLY_ITEMS || i == 4999) {
			tally_add_all(&many, items, n);
			n = 0;
		}
	}
	assert_int_equal(one.n, many.n);
	for (i = 0; i < one.n; i++) {
		assert_int_equal(one.v[i].count, many.v[i].count);
		assert_int_equal(one.v[i].at, many.v[i].at);
		assert_string_equal(one.v[i].example, many.v[i].example);
	}
	assert_int_equal(one.names.len, many.names.len);
	assert_memory_equal(one.names.data, many.names.data, one.names.len);
	tally_free(&one);
	tally_free(&many);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_tally),
		cmocka_unit_test(test_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
