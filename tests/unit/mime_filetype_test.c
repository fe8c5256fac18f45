/* mime_filetype_test - what a file is by its first bytes */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "mime/filetype.h"

static const struct {
	const char *bytes;
	size_t n;
	const char *plain;	/* NULL: it takes libmagic */
	const char *magic;	/* NULL: whatever libmagic says */
} cases[] = {
	{ "\211PNG\r\n\032\n", 8, "image/png", NULL },
	{ "\211PN", 3, "text/plain", NULL },
	{ "MZ\220\0\3", 5, "application/x-dosexec", NULL },
	{ "%PDF-1.4\n", 9, "application/pdf", NULL },
	{ "MZ is two letters\n", 18, "text/plain", NULL },
	{ "GIF89a is a format\n", 19, "text/plain", NULL },
	{ "\n%PDF-1.4\n", 10, "application/pdf", NULL },
	{ "\0\0\r%PDF-1.4\n", 12, "application/pdf", NULL },
	{ "it is %PDF-1.4\n", 15, "text/plain", NULL },
	{ "hello\r\n", 7, "text/plain", "text/plain" },
	{ "\xc3\xa9t\xc3\xa9", 5, "text/plain", NULL },
	{ "nul\0", 4, NULL, NULL },
	{ "\177ELF\2\1\1\0\0\0\0\0\0\0\0\0\2\0\76\0", 20, NULL,
	    "application/x-executable" },
};

static void
test_types(void **state)
{
	struct buf type = BUF_INIT, errmsg = BUF_INIT;
	bool magic = filetype_ready(&errmsg);
	size_t i;

	(void)state;
	for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		buf_clear(&type);
		assert_int_equal(filetype_plain(cases[i].bytes, cases[i].n,
		    &type), cases[i].plain != NULL);
		assert_string_equal(type.data, cases[i].plain != NULL ?
		    cases[i].plain : "");
		if (!magic || cases[i].magic == NULL)
			continue;
		buf_clear(&type);
		filetype_find(cases[i].bytes, cases[i].n, &type);
		assert_string_equal(type.data, cases[i].magic);
	}
	assert_true(magic || errmsg.len > 0);
	buf_free(&type);
	buf_free(&errmsg);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_types),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
