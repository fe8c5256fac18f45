/* mime_file_name_test - what the name of a file says it is */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/strset.h"
#include "mime/file_name.h"

static const struct {
	const char *name, *ending;
	bool is_double;
} cases[] = {
	{ "a.exe", "exe", false },
	{ "A.EXE", "exe", false },
	{ "a.exe.", "exe", false },
	{ "a.exe . .", "exe", false },
	{ "d/a.exe/", "exe", false },
	{ "d\\a.exe\\ .", "exe", false },
	{ "a.exe.txt", NULL, false },
	{ "exe", NULL, false },
	{ ".exe", "exe", false },
	{ "a.tar.gz", "tar.gz", false },
	{ "a.gz", NULL, false },
	{ "x/y\\a.js", "js", false },
	{ "a.txt:b.exe", "exe", false },
	{ "a.exe::$DATA", "exe", false },
	{ "a.exe:Zone.Identifier:$DATA", "exe", false },
	{ "C:a.exe", "exe", false },
	{ "C:\\x\\a.exe:b.txt", "exe", false },
	{ "'a.exe'", "exe", false },
	{ "a.exe\n", "exe", false },
	{ "a.pdf.exe::$DATA", "exe", true },
	{ ":a.exe", "exe", false },
	{ "", NULL, false },
	{ "...", NULL, false },
	{ "invoice.pdf.exe", "exe", true },
	{ "photo.JPG        .scr", NULL, true },
	{ "photo.jpg____.scr", NULL, true },
	{ "setup.x64.exe", "exe", false },
	{ "report.pdf", NULL, false },
	{ "a.\357\275\205\357\275\230\357\275\205", "exe", false },
	{ "a\357\274\216exe", "exe", false },
	{ "a.e\342\200\213xe", "exe", false },
	{ "a.exe\302\240", "exe", false },
	{ "a.exe\343\200\200.\342\200\216", "exe", false },
	{ "invoice.pdf\342\200\256.exe", "exe", true },
	{ "photo.jpg\302\240\302\240.scr", NULL, true },
	{ "a.\320\265xe", NULL, false },		/* another letter */
	{ "a.exe\377", NULL, false },		/* no UTF-8 */
};

static void
test_all_cases(void **state)
{
	static const char *const endings[] = { "exe", "js", "tar.gz" };
	struct strset set = { NULL, 0, 0 };
	struct buf plain = BUF_INIT;
	const char *got;
	size_t i;

	(void)state;
	for (i = 0; i < 3; i++)
		strset_add(&set, endings[i]);
	for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		buf_clear(&plain);
		file_name_put_plain(&plain, cases[i].name);
		got = file_name_ending(plain.data, &set);
		if (cases[i].ending == NULL ? got != NULL : got == NULL ||
		    strcmp(got, cases[i].ending) != 0)
			fail_msg("%s: %s", cases[i].name, got);
		if (file_name_is_double(plain.data) != cases[i].is_double)
			fail_msg("%s: double", cases[i].name);
	}
	strset_free(&set);
	buf_free(&plain);
}

/* What it is saved as, and whether that is a message. */
static void
test_saved(void **state)
{
	static const struct {
		const char *name, *saved;
		bool message;
	} rows[] = {
		{ "a.eml", "a.eml", true },
		{ "d/A.EML . ", "A.EML", true },
		{ "a.eml::$DATA", "a.eml", true },
		{ "a.txt:b.eml", "a.txt", true },
		{ "a.\357\275\205ml", "a.eml", true },
		{ "a.eml.txt", "a.eml.txt", false },
		{ "eml", "eml", false },
		{ "", "", false },
	};
	static const char *const endings[] = { "eml", "mht", NULL };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct buf saved = BUF_INIT;

		file_name_put_saved(&saved, rows[i].name);
		assert_string_equal(saved.data, rows[i].saved);
		assert_int_equal(file_name_has(rows[i].name, endings),
		    rows[i].message);
		buf_free(&saved);
	}
	assert_false(file_name_has(NULL, endings));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all_cases),
		cmocka_unit_test(test_saved),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
