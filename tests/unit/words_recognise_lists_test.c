/*
 * words_recognise_lists_test - how well the lists of replies are recognised
 *
 * Figures by cause and by issuer for each list; what is below its mark fails.
 * The lists in ../shared/data (or the folder that SAYWHY_SHARED names) are an
 * extra where they are there.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "words/code.h"
#include "words/reason.h"
#include "words/recognise.h"

#define FIELDS 12
#define GROUPS 200

/* Right and wrong of one cause or issuer. */
struct group {
	char *name;
	int n, right;
};

struct figures {
	struct group cause[GROUPS], issuer[GROUPS];
	int n, right, sure, sure_right, unknown;
};

/* causes.tsv: "cause\treason reason …" */
struct causes {
	char *cause[80], *reasons[80];
	size_t n;
};

static struct causes causes;

static size_t
split(char *line, char **field)
{
	size_t n = 0;

	line[strcspn(line, "\r\n")] = '\0';
	while (n < FIELDS && (field[n] = strsep(&line, "\t")) != NULL)
		n++;
	return n;
}

/* The escaped line ends of a list become such. */
static void
unescape(char *text)
{
	char *at;

	while ((at = strstr(text, "\\r\\n")) != NULL) {
		at[0] = '\r';
		at[1] = '\n';
		memmove(at + 2, at + 4, strlen(at + 4) + 1);
	}
}

static const char *
right_reasons(const char *what)
{
	size_t i;

	for (i = 0; i < causes.n; i++)
		if (strcmp(causes.cause[i], what) == 0)
			return causes.reasons[i];
	return what;
}

static bool
has_word(const char *list, const char *word)
{
	size_t n = strlen(word);
	const char *at;

	for (at = list; (at = strstr(at, word)) != NULL; at++)
		if ((at == list || at[-1] == ' ') &&
		    (at[n] == ' ' || at[n] == '\0'))
			return true;
	return false;
}

static void
count(struct group *groups, const char *name, bool right)
{
	size_t i;

	for (i = 0; i < GROUPS - 1 && groups[i].name != NULL &&
	    strcmp(groups[i].name, name) != 0; i++)
		;
	if (groups[i].name == NULL)
		groups[i].name = mem_dup(name);
	groups[i].n++;
	groups[i].right += right;
}

/* One reply of a list; `want` is a cause or the reasons that are right. */
static void
judge(struct figures *f, char *reply, const char *issuer, const char *want)
{
	const char *reasons = right_reasons(want), *got = "unrecognised";
	struct recognised r;
	char first[64];
	bool right;

	unescape(reply);
	recognise(reply, strlen(reply), &r);
	if (r.reason != REASON_NONE)
		got = reason_get(r.reason)->name;
	right = has_word(reasons, got);
	f->n++;
	f->right += right;
	f->unknown += r.reason == REASON_NONE;
	f->sure += r.confidence == RECOGNISED_SURE;
	f->sure_right += r.confidence == RECOGNISED_SURE && right;
	snprintf(first, sizeof first, "%.*s", (int)strcspn(want, " "), want);
	count(f->cause, first, right);
	count(f->issuer, issuer, right);
	if (!right)
		printf("  %s, not %s (%s): %s\n", got, want,
		    confidence_name(r.confidence), reply);
}

static void
show_groups(const char *title, struct group *groups)
{
	size_t i;

	printf("  %s:", title);
	for (i = 0; i < GROUPS && groups[i].name != NULL; i++) {
		printf("%s %s %d/%d", i > 0 ? "," : "", groups[i].name,
		    groups[i].right, groups[i].n);
		free(groups[i].name);
		groups[i].name = NULL;
	}
	puts("");
}

static void
show(const char *name, struct figures *f)
{
	printf("%s: %d replies, %.1f %% right, %.1f %% of %d sure ones right, "
	    "%.1f %% unknown\n", name, f->n, 100.0 * f->right / f->n,
	    f->sure > 0 ? 100.0 * f->sure_right / f->sure : 100.0, f->sure,
	    100.0 * f->unknown / f->n);
	show_groups("by cause", f->cause);
	show_groups("by issuer", f->issuer);
}

static FILE *
open_list(const char *path)
{
	char line[8192];
	FILE *f = fopen(path, "r");

	if (f != NULL && fgets(line, sizeof line, f) == NULL)
		fail_msg("%s is empty", path);
	return f;
}

/* A list of reply, issuer, cause or reasons; false: it is not there. */
static bool
judge_list(const char *path, struct figures *f)
{
	char line[8192], *field[FIELDS];
	FILE *list = open_list(path);

	memset(f, 0, sizeof *f);
	if (list == NULL)
		return false;
	while (fgets(line, sizeof line, list) != NULL)
		if (split(line, field) >= 3)
			judge(f, field[0], field[1], field[2]);
	fclose(list);
	show(strrchr(path, '/') + 1, f);
	return true;
}

/* The folder of the extra lists with a file in it. */
static const char *
shared(const char *file, char path[static 1024])
{
	const char *folder = getenv("SAYWHY_SHARED");

	snprintf(path, 1024, "%s/%s", folder != NULL ? folder :
	    TEST_SOURCE "/../shared/data", file);
	return path;
}

static void
demand(const struct figures *f, double right, double sure, double unknown)
{
	assert_true(100.0 * f->right / f->n >= right);
	assert_true(100.0 * f->sure_right / f->sure >= sure);
	assert_true(100.0 * f->unknown / f->n < unknown);
}

static void
test_lists(void **state)
{
	struct figures f;

	(void)state;
	assert_true(judge_list(TEST_SOURCE "/tests/data/replies.tsv", &f));
	demand(&f, 96.5, 99, 1.5);
	assert_true(100.0 * f.sure / f.n >= 70);
}

/* Both real mail servers: right each time, and sure but for admins' words. */
static void
test_servers(void **state)
{
	static const char *const lists[] = { "postfix-3.7", "sendmail-8.17" };
	char path[1024], line[8192], *field[FIELDS];
	struct figures whole, cut;
	FILE *list;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof lists / sizeof lists[0]; i++) {
		snprintf(path, sizeof path, "%s/tests/mta/replies/%s.tsv",
		    TEST_SOURCE, lists[i]);
		memset(&whole, 0, sizeof whole);
		memset(&cut, 0, sizeof cut);
		list = open_list(path);
		assert_non_null(list);
		while (fgets(line, sizeof line, list) != NULL) {
			if (split(line, field) < 5)
				continue;
			judge(&whole, field[3], lists[i], field[2]);
			if (strcmp(field[4], "-") != 0)
				judge(&cut, field[4], lists[i], field[2]);
		}
		fclose(list);
		show(lists[i], &whole);
		show("… cut", &cut);
		demand(&whole, 100, 100, 1);
		demand(&cut, 100, 100, 1);
		assert_true(whole.sure >= whole.n - 2);
		assert_int_equal(cut.sure, cut.n);
	}
}

static void
test_shared_replies(void **state)
{
	char path[1024], line[8192], *field[FIELDS];
	FILE *list = open_list(shared("causes.tsv", path));
	struct figures f;

	(void)state;
	if (list == NULL) {
		print_message("../shared/data is not there: not tried\n");
		skip();
	}
	while (fgets(line, sizeof line, list) != NULL && causes.n < 80)
		if (split(line, field) >= 2) {
			causes.cause[causes.n] = mem_dup(field[0]);
			causes.reasons[causes.n++] = mem_dup(field[1]);
		}
	fclose(list);
	assert_true(judge_list(shared("real-replies.tsv", path), &f));
	demand(&f, 95, 99, 3);
	while (causes.n > 0) {
		free(causes.cause[--causes.n]);
		free(causes.reasons[causes.n]);
	}
}

/* Every code of the RFCs and the articles, every status of the registry. */
static void
test_shared_codes(void **state)
{
	char path[1024], line[8192], *field[FIELDS];
	FILE *list = open_list(shared("reply-codes.tsv", path));

	(void)state;
	if (list == NULL) {
		print_message("../shared/data is not there: not tried\n");
		skip();
	}
	while (fgets(line, sizeof line, list) != NULL)
		if (split(line, field) >= 2 && code_find(field[0]) == NULL)
			fail_msg("nothing is known of %s", field[0]);
	fclose(list);
	list = open_list(shared("enhanced-codes.tsv", path));
	assert_non_null(list);
	while (fgets(line, sizeof line, list) != NULL) {
		if (split(line, field) < 2 || strcmp(field[0], "code") != 0)
			continue;
		if (!status_registered(field[1]) &&
		    vendor_find(field[1], NULL, 0) == NULL)
			fail_msg("nothing is known of %s", field[1]);
	}
	fclose(list);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lists),
		cmocka_unit_test(test_servers),
		cmocka_unit_test(test_shared_replies),
		cmocka_unit_test(test_shared_codes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
