/* words_reply_number_test - a code or a status is the words that it is */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "words/judge.h"
#include "words/lexicon.h"
#include "words/phrase.h"
#include "words/reply_number.h"

/* Takes the symbols of a word off the list. */
static symbol_list
take(symbol_list list, const char *word)
{
	symbol_list own = lexicon_symbols(lexicon_find(word, strlen(word)));

	for (; *own != 0; own++)
		assert_int_equal(*list++, *own);
	return list;
}

static uint32_t
feature(const char *word)
{
	return judge_find(judge_number(word[0], word + 1));
}

static void
test_codes(void **state)
{
	static const struct {
		int code;
		const char *class, *word, *any;
	} codes[] = { { 550, "k5", "c550", "c5y" },
		{ 500, "k5", "c500", "c5y" }, { 557, "k5", "c557", "c5y" },
		{ 451, "k4", "c451", "c4y" }, { 499, "k4", "c499", "c4y" },
		{ 100, "k1", "c100", "c1y" }, { 250, "k2", "c250", "c2y" } };
	const struct reply_number *n;
	symbol_list list;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof codes / sizeof codes[0]; i++) {
		n = reply_number_code(codes[i].code);
		list = take(lexicon_symbols(n->sense), codes[i].class);
		list = take(take(list, codes[i].word), codes[i].any);
		assert_int_equal(*list, 0);
		assert_int_equal(n->feature[0], feature(codes[i].class));
		assert_int_equal(n->feature[1], feature(codes[i].word));
		n = reply_number_class(codes[i].class[1]);
		assert_int_equal(n->sense, lexicon_find(codes[i].class, 2));
		assert_int_equal(n->feature[0], feature(codes[i].class));
	}
}

static void
test_statuses(void **state)
{
	static const struct {
		const char *status, *any, *name;
	} statuses[] = { { "5.7.1", "x.7.1", "s5.7.1" },
		{ "4.2.2", "x.2.2", "s4.2.2" }, { "2.0.0", "x.0.0", "s2.0.0" },
		{ "5.1.10", "x.1.10", "s5.1.10" },
		{ "5.7.63", "x.7.63", "s5.7.63" } };
	const struct reply_number *n;
	symbol_list list;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof statuses / sizeof statuses[0]; i++) {
		n = reply_number_status(statuses[i].status);
		assert_non_null(n);
		list = take(lexicon_symbols(n->sense), statuses[i].status);
		list = take(list, statuses[i].any);
		assert_int_equal(*list, 0);
		assert_int_equal(n->feature[0], feature(statuses[i].name));
		assert_int_equal(n->feature[1], feature(statuses[i].any));
	}
}

/* Those are read word by word. */
static void
test_rare(void **state)
{
	static const char *const rare[] = { "5.7.64", "5.8.1", "5.7.509",
		"5.07.1", "5.7.01", "5.7.", "5..1", "3.1.1", "5.7.1.1" };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof rare / sizeof rare[0]; i++)
		if (reply_number_status(rare[i]) != NULL)
			fail_msg("%s is in the table", rare[i]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_codes),
		cmocka_unit_test(test_statuses),
		cmocka_unit_test(test_rare),
	};

	phrases_get();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
