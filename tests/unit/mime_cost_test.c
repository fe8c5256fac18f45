/*
 * mime_cost_test - files and words within a message are read in time that
 * grows with them
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "mime/archive.h"
#include "mime/encoded.h"
#include "mime/field.h"
#include "mime/filetype.h"
#include "mime/tnef.h"
#include "mime/url.h"

#include "cost.h"

static void
no_entry(void *arg, const char *name, const char *bytes, size_t n)
{
	(void)arg;
	(void)name;
	(void)bytes;
	(void)n;
}

static void
read_tnef(const char *text, size_t n)
{
	tnef_read(text, n, no_entry, NULL);
}

static void
no_name(void *arg, const char *name)
{
	(void)arg;
	(void)name;
}

/* All that is asked of one file, without a budget. */
static void
read_archive(const char *text, size_t n)
{
	archive_is(text, n);
	archive_start(text, n);
	archive_plain_names(text, n, NULL, no_name, NULL);
}

static void
open_archive(const char *text, size_t n)
{
	archive_names(text, n, true, "a.zip", NULL, no_name, NULL);
}

static void
read_words(const char *text, size_t n)
{
	struct buf out = BUF_INIT;

	encoded_put(&out, text, n);
	buf_clear(&out);
	encoded_put_percent(&out, text, n);
	buf_free(&out);
}

static void
no_reading(void *arg, const char *text, size_t n)
{
	(void)arg;
	(void)text;
	(void)n;
}

static void
read_field(const char *text, size_t n)
{
	struct buf value = BUF_INIT;
	unsigned odd = 0;

	field_value(text, n, &value);
	field_parameter(text, n, "name", 4096, no_reading, NULL, &odd);
	buf_free(&value);
}

static void
read_url(const char *text, size_t n)
{
	struct buf host = BUF_INIT;

	url_put_host(&host, text, n);
	buf_free(&host);
}

static void
read_type(const char *text, size_t n)
{
	struct buf type = BUF_INIT;

	filetype_plain(text, n, &type);
	buf_free(&type);
}

/* PK\3\4, PK\1\2 and PK\5\6 in turn, as a zip has them. */
#define LOCAL "PK\3\4\24\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1\0\0\0a"

static const struct cost_shape shapes[] = {
	{ "words in Q", read_words, "", "=?utf-8?q?a=41?= ", "", 20000 },
	{ "words in B", read_words, "", "=?utf-8?b?QUFB?= ", "", 20000 },
	{ "words in ISO-2022-JP", read_words, "", "=?iso-2022-jp?b?QUFB?= ",
	    "", 20000 },
	{ "one long word", read_words, "=?utf-8?q?", "=41", "?=", 20000 },
	{ "half words", read_words, "", "=?utf-8?q?", "", 20000 },
	{ "begun words", read_words, "", "=?", "", 20000 },
	{ "percents", read_words, "", "%4", "", 20000 },
	{ "folds", read_words, "", "\r\n ", "", 20000 },
	{ "comments of a field", read_field, "x/y; name=a", "(a)", "",
	    20000 },
	{ "open comments of a field", read_field, "x/y; name=a", "(", "",
	    20000 },
	{ "pieces of a field", read_field, "x/y", "; name*0=a", "", 30000 },
	{ "names of a field", read_field, "x/y", "; name=a", "", 30000 },
	{ "semicolons of a field", read_field, "x/y; name=", ";", "", 20000 },
	{ "a long host", read_url, "http://", "a.", "example/", 20000 },
	{ "at signs", read_url, "http://", "a@", "example/", 20000 },
	{ "labels in UTF-8", read_url, "http://", "\xc3\xa9.", "example/",
	    20000 },
	{ "one label in UTF-8", read_url, "http://", "\xc3\xa9", ".example/",
	    20000 },
	{ "slashes", read_url, "", "/", "", 20000 },
	{ "bytes of a file", read_type, "", "a\n", "", 20000 },
	{ "heads of a zip", read_archive, "", "PK", "", 5000 },
	{ "heads of a rar", read_archive, "MZ", "Rar!", "", 20000 },
	{ "heads of a 7z", read_archive, "MZ", "7z\xbc\xaf", "", 20000 },
	{ "a file of nothing", open_archive, "PK\3\4", "PK\3\4", "", 20000 },
};

static void
test_texts(void **state)
{
	(void)state;
	cost_check(shapes, sizeof shapes / sizeof shapes[0]);
}

/* Pieces with NUL in them. */
static const struct binary {
	const char *name;
	void (*read)(const char *bytes, size_t n);
	const char *start;
	size_t start_n;
	const char *piece;
	size_t piece_n;
} binaries[] = {
	/* A signature and a key; then attributes, each with a checksum. */
	{ "attributes of TNEF", read_tnef, "\x78\x9f\x3e\x22\1\0", 6,
	    "\2\x10\x80\1\0\2\0\0\0a\0a\0", 13 },
	{ "empty attributes of TNEF", read_tnef, "\x78\x9f\x3e\x22\1\0", 6,
	    "\2\x10\x80\1\0\0\0\0\0\0\0", 11 },
	{ "files of a zip", read_archive, LOCAL, 31, LOCAL, 31 },
	{ "files of a zip, opened", open_archive, LOCAL, 31, LOCAL, 31 },
	{ "members of a gzip", open_archive, "\x1f\x8b\x08\0\0\0\0\0\0\3", 10,
	    "\3\0\0\0\0\0\0\0\0\0\x1f\x8b\x08\0\0\0\0\0\0\3", 20 },
	{ "zeros", read_archive, "PK\3\4", 4, "\0\0\0\0\0\0\0\0", 8 },
};

static void
read_binary(const void *arg, size_t size)
{
	const struct binary *b = arg;
	struct buf bytes = BUF_INIT;

	buf_put(&bytes, b->start, b->start_n);
	while (bytes.len < size)
		buf_put(&bytes, b->piece, b->piece_n);
	b->read(bytes.data, bytes.len);
	buf_free(&bytes);
}

static void
test_files(void **state)
{
	int64_t took[2];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof binaries / sizeof binaries[0]; i++)
		if (!cost_is_linear(read_binary, &binaries[i], 100000, 10,
		    took))
			cost_fail(binaries[i].name, took);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_texts),
		cmocka_unit_test(test_files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
