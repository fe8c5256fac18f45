/* words_letter_tree_test - each word has a place, and nothing else has one */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "words/letter_tree.h"

#define WORDS 400
#define LENGTH 3

/* Words of three letters, spread over all there are: the n-th of them. */
static void
word(unsigned n, uint8_t letters[LENGTH])
{
	unsigned number = n * 37 % (36 * 36 * 36), i;

	for (i = 0; i < LENGTH; i++, number /= 36)
		letters[i] = (uint8_t)(1 + number % 36);
}

static unsigned
find(const struct letter_tree *t, const uint8_t *letters, size_t n)
{
	unsigned place = PLACE_ROOT;

	for (; n > 0 && place != PLACE_DEAD; n--)
		place = letter_step(t->place, place, *letters++);
	return place;
}

static void
test_places(void **state)
{
	struct letter_tree t = { .node = NULL };
	unsigned nodes[WORDS], i, known = 0;
	uint8_t letters[LENGTH + 1] = { 0 };

	(void)state;
	for (i = 0; i < WORDS; i++) {
		word(i, letters);
		nodes[i] = letter_tree_grow(&t, letters, LENGTH);
	}
	letter_tree_pack(&t);
	for (i = 0; i < WORDS; i++) {
		word(i, letters);
		assert_int_equal(find(&t, letters, LENGTH),
		    t.node[nodes[i]].place);
		assert_int_equal(find(&t, letters, LENGTH + 1), PLACE_DEAD);
	}
	for (i = 0; i < 36 * 36 * 36; i++) {
		word(i, letters);
		known += find(&t, letters, LENGTH) != PLACE_DEAD;
	}
	assert_int_equal(known, WORDS);
	letter_tree_done(&t);
	free(t.place);
}

/* A word is one node however often it comes; what begins it is another. */
static void
test_same_word(void **state)
{
	static const uint8_t letters[] = { 1, 2, 3 };
	struct letter_tree t = { .node = NULL };
	unsigned whole, begun;

	(void)state;
	whole = letter_tree_grow(&t, letters, 3);
	begun = letter_tree_grow(&t, letters, 2);
	assert_int_equal(letter_tree_grow(&t, letters, 3), whole);
	assert_int_not_equal(begun, whole);
	letter_tree_pack(&t);
	assert_int_equal(letter_step(t.place, t.node[begun].place, 3),
	    t.node[whole].place);
	letter_tree_done(&t);
	free(t.place);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_places),
		cmocka_unit_test(test_same_word),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
