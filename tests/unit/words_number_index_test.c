/* words_number_index_test - each number has its value, and no other has one */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "words/number_index.h"

#define NUMBERS 4000

static uint32_t
number(unsigned i)
{
	return i * 2654435761u ^ i << 7;
}

static void
test_values(void **state)
{
	struct number_index x = { .slot = NULL };
	unsigned i, known = 0;

	(void)state;
	for (i = 1; i <= NUMBERS; i++)
		number_index_add(&x, number(i), i);
	number_index_end(&x);
	for (i = 1; i <= NUMBERS; i++)
		assert_int_equal(number_index_find(&x, number(i)), i);
	for (i = 0; i < 100000; i++)
		known += number_index_find(&x, number(i)) != 0;
	assert_int_equal(known, NUMBERS);
	free(x.slot);
	free(x.shift);
}

static void
test_nothing(void **state)
{
	struct number_index x = { .slot = NULL };

	(void)state;
	number_index_end(&x);
	assert_int_equal(number_index_find(&x, 0), 0);
	assert_int_equal(number_index_find(&x, 1), 0);
	free(x.slot);
	free(x.shift);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
