/* config_file_test - files that cannot be read, and files that include */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "config/config.h"
#include "config/config_file.h"
#include "config_house.h"

/* Files in a folder of their own. */
static char folder[] = "/tmp/config_test.XXXXXX";

static char *
in_folder(const char *name)
{
	static char path[256];

	snprintf(path, sizeof path, "%s/%s", folder, name);
	return path;
}

static void
write_file(const char *name, const void *bytes, size_t n)
{
	FILE *out = fopen(in_folder(name), "w");

	assert_non_null(out);
	assert_int_equal(fwrite(bytes, 1, n, out), n);
	assert_int_equal(fclose(out), 0);
}

static int
make_folder(void **state)
{
	(void)state;
	return mkdtemp(folder) != NULL ? 0 : -1;
}

static int
remove_folder(void **state)
{
	static const char *const names[] = { "a.conf", "b.conf", "c.conf",
		"big.conf", "adopted.conf", "fifo", "sub/d.conf", "sub", "" };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof names / sizeof names[0]; i++)
		remove(in_folder(names[i]));
	return 0;
}

/* Reads a file of the folder and expects these words somewhere. */
static void
expect(const char *name, const char *words, struct house *h)
{
	struct diags d = DIAGS_INIT;
	char *output;

	house_init(h);
	config_read(in_folder(name), h->sections, 3, NULL, &d);
	output = printed(&d);
	if (*words == '\0' ? *output != '\0' : strstr(output, words) == NULL)
		fail_msg("%s: says \"%s\", not \"%s\"", name, output, words);
	free(output);
	diags_free(&d);
}

static void
test_unreadable(void **state)
{
	static const char *const words[][2] = {
		{ "none.conf", "error: No such file" },
		{ "", "error: is a directory" },
		{ "fifo", "error: is no regular file" },
		{ "big.conf", "error: has more than 4 MB" },
		{ "a.conf", "error: holds NUL bytes" },
	};
	struct house h;
	char *big = calloc(1, CONFIG_FILE_MAX + 1);
	size_t i;

	(void)state;
	memset(big, '\n', CONFIG_FILE_MAX + 1);
	write_file("big.conf", big, CONFIG_FILE_MAX + 1);
	free(big);
	write_file("a.conf", "mode\0 = x", 9);
	assert_int_equal(mkfifo(in_folder("fifo"), 0600), 0);
	for (i = 0; i < sizeof words / sizeof words[0]; i++) {
		expect(words[i][0], words[i][1], &h);
		house_free(&h);
	}
}

static void
put(const char *name, const char *text)
{
	write_file(name, text, strlen(text));
}

static void
test_include(void **state)
{
	struct house h;

	(void)state;
	mkdir(in_folder("sub"), 0700);
	put("a.conf", "include(\"b.conf\")\nmode = enforce\n"
	    "include(\"sub/d.conf\")");
	put("b.conf", "relay { domains = {b.example} }");
	put("sub/d.conf", "include(\"../c.conf\")");
	put("c.conf", "relay { max-recipients = 3 }");
	expect("a.conf", "", &h);
	assert_int_equal(h.s.mode, 1);
	assert_int_equal(h.s.max, 3);
	assert_non_null(strset_find(&h.s.domains, "b.example", 9));
	house_free(&h);
}

static void
test_include_mistakes(void **state)
{
	struct house h;

	(void)state;
	put("a.conf", "mode = enforce\ninclude(\"b.conf\")\n");
	put("b.conf", "\nmode = observe\n");
	expect("a.conf", "b.conf:2: error: mode: is set in /tmp/", &h);
	assert_int_equal(h.s.mode, 1);
	house_free(&h);
	put("b.conf", "relay {\nmax-recipients = x }");
	expect("a.conf", "b.conf:2: error: relay.max-recipients: \"x\"", &h);
	house_free(&h);
	put("b.conf", "include(\"a.conf\")");
	expect("a.conf", "more than 8 deep", &h);
	house_free(&h);
	put("b.conf", "include(\"none.conf\")");
	expect("a.conf", "none.conf: No such file", &h);
	house_free(&h);
	put("a.conf", "relay { include(\"b.conf\") }");
	expect("a.conf", "relay.include \"b.conf\": there is no such option "
	    "here; valid", &h);
	house_free(&h);
}

/* What setup adopted yields to the admin's own lines, wherever they stand. */
static void
test_adopted(void **state)
{
	struct house h;

	(void)state;
	put("a.conf", "mode = enforce\ninclude(\"adopted.conf\")\n"
	    "include(\"b.conf\")\n");
	put("b.conf", "relay { domains = {b.example} }");
	put("adopted.conf", "mode = observe\nrelay {\n"
	    "domains = {c.example}\nmax-recipients = 3\n}\n");
	expect("a.conf", "adopted.conf:3: warning: relay.domains: does not "
	    "count, for it is set in /tmp/", &h);
	assert_int_equal(h.s.mode, 1);
	assert_int_equal(h.s.max, 3);
	assert_non_null(strset_find(&h.s.domains, "b.example", 9));
	assert_null(strset_find(&h.s.domains, "c.example", 9));
	house_free(&h);
	put("adopted.conf", "mode = observe\nmode = enforce\n");
	expect("a.conf", "adopted.conf:2: warning: mode: does not count", &h);
	house_free(&h);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_unreadable),
		cmocka_unit_test(test_include),
		cmocka_unit_test(test_include_mistakes),
		cmocka_unit_test(test_adopted),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
