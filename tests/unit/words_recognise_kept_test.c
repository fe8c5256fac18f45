/* words_recognise_kept_test - what is kept of a text is what it means */

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "words/phrase.h"
#include "words/reason.h"
#include "words/recognise.h"
#include "words/recognise_kept.h"
#include "words/reply_text.h"

#define REPLIES_MAX 20000
#define THREADS 4

/* A reply, and what was found without anything that was kept. */
struct known {
	char *text;
	int reason;
	enum confidence confidence;
	const char *software;
	unsigned flags;
};
static struct known replies[REPLIES_MAX];
static size_t nreplies;

static void
read_list(const char *path)
{
	char line[4096];
	FILE *f = fopen(path, "r");

	assert_non_null(f);
	assert_non_null(fgets(line, sizeof line, f));
	while (fgets(line, sizeof line, f) != NULL) {
		assert_true(nreplies < REPLIES_MAX);
		line[strcspn(line, "\t\n")] = '\0';
		replies[nreplies++].text = strdup(line);
	}
	fclose(f);
}

static int
set_up(void **state)
{
	struct recognised r;
	size_t i;

	(void)state;
	read_list(TEST_SOURCE "/tests/data/replies.tsv");
	read_list(TEST_SOURCE "/tests/data/unheard.tsv");
	read_list(TEST_SOURCE "/tests/data/registered.tsv");
	recognise("", 0, &r);
	for (i = 0; i < nreplies; i++) {
		recognise_kept_fill();
		recognise(replies[i].text, strlen(replies[i].text), &r);
		replies[i].reason = r.reason;
		replies[i].confidence = r.confidence;
		replies[i].software = r.software;
		replies[i].flags = r.flags;
	}
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	while (nreplies > 0)
		free(replies[--nreplies].text);
	return 0;
}

/* Whether all of them mean what they meant. */
static bool
all_the_same(void)
{
	struct recognised r;
	bool same = true;
	size_t i;

	for (i = 0; i < nreplies; i++) {
		recognise(replies[i].text, strlen(replies[i].text), &r);
		if (r.reason == replies[i].reason &&
		    r.confidence == replies[i].confidence &&
		    r.software == replies[i].software &&
		    r.flags == replies[i].flags)
			continue;
		printf("  %s, not %s: %s\n", reason_get(r.reason)->name,
		    reason_get(replies[i].reason)->name, replies[i].text);
		same = false;
	}
	return same;
}

/* Behind all the others, and when all of them came before. */
static void
test_same(void **state)
{
	(void)state;
	recognise_kept_fill();
	assert_true(all_the_same());
	assert_true(all_the_same());
}

static void *
run_all(void *same)
{
	*(bool *)same = all_the_same();
	return NULL;
}

/* What others write at the same time is nobody's meaning. */
static void
test_threads(void **state)
{
	pthread_t thread[THREADS];
	bool same[THREADS] = { false };
	size_t i;

	(void)state;
	recognise_kept_fill();
	for (i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&thread[i], NULL, run_all,
		    &same[i]), 0);
	for (i = 0; i < THREADS; i++)
		pthread_join(thread[i], NULL);
	for (i = 0; i < THREADS; i++)
		assert_true(same[i]);
}

static struct shape
shape_of(const char *text)
{
	struct phrase_match m;
	struct recognised r = { .code = 0 };

	phrase_match_begin(&m, phrases_get());
	reply_text_scan(&m, phrases_get(), text, strlen(text), &r);
	return recognise_shape(&m, TOPIC_NONE, &r);
}

static bool
same_shape(const char *one, const char *other)
{
	struct shape a = shape_of(one), b = shape_of(other);

	assert_true(a.can_keep && b.can_keep);
	return memcmp(a.print, b.print, sizeof a.print) == 0;
}

static void
test_shapes(void **state)
{
	static const char text[] = "550 5.1.1 <a@one.example>: No such user";
	static const char *const others[] = {
		"551 5.1.1 <a@one.example>: No such user",
		"550 5.1.2 <a@one.example>: No such user",
		"450 5.1.1 <a@one.example>: No such user",
		"550 <a@one.example>: No such user",
		"5.1.1 <a@one.example>: No such user",
		"550 5.1.1 a.one.example: No such user",
		"550 5.1.1 <a@one.example>: No such users",
		"550 5.1.1 <a@one.example>: No such. User",
		"550 5.1.1 <a@one.example>: No such user qwrtz",
		"550 5.1.1 <a@one.example>: No such user qwrt",
		"550 5.1.1 <a@one.example>: such No user",
		"550 5.1.1 <a@one.example>: No such user 5",
		"550 5.1.1 : No such user",
		"", "550", "550 5.1.1",
	};
	size_t i;

	(void)state;
	assert_true(same_shape(text, text));
	assert_true(same_shape(text,
	    "550-5.1.1 <someone.else@two.example>:  no SUCH user"));
	for (i = 0; i < sizeof others / sizeof others[0]; i++)
		if (same_shape(text, others[i]))
			fail_msg("the same shape: %s", others[i]);
}

static void
test_kept(void **state)
{
	struct shape one, other;
	struct meaning means;

	(void)state;
	recognise_kept_fill();
	one = shape_of("550 one");
	other = shape_of("550 two");
	assert_false(recognise_kept(&one, &means));
	recognise_keep(&one, (struct meaning){ 7, 3, 199, 63 });
	assert_false(recognise_kept(&other, &means));
	recognise_keep(&other, (struct meaning){ 0, 0, 0, 0 });
	assert_true(recognise_kept(&one, &means));
	assert_int_equal(means.reason, 7);
	assert_int_equal(means.confidence, 3);
	assert_int_equal(means.issuer, 199);
	assert_int_equal(means.flags, 63);
	assert_true(recognise_kept(&other, &means));
	assert_int_equal(means.reason + means.confidence + means.issuer +
	    means.flags, 0);
	recognise_kept_fill();
	one = shape_of("550 one");
	assert_false(recognise_kept(&one, &means));
}

/* What is too long is worked out each time. */
static void
test_long(void **state)
{
	char text[4000] = "550 ";
	struct shape shape;
	struct meaning means;
	size_t i;

	(void)state;
	for (i = 0; i < 90; i++)
		strcat(text, "mailbox full ");
	shape = shape_of(text);
	assert_false(shape.can_keep);
	recognise_keep(&shape, (struct meaning){ 1, 1, 1, 1 });
	assert_false(recognise_kept(&shape, &means));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_same),
		cmocka_unit_test(test_threads),
		cmocka_unit_test(test_shapes),
		cmocka_unit_test(test_kept),
		cmocka_unit_test(test_long),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
