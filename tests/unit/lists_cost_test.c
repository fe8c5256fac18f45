/*
 * lists_cost_test - lists and files of others are read in time that grows with
 * them
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/diag.h"
#include "lists/greylist_file.h"
#include "lists/list_content.h"
#include "lists/list_format.h"
#include "lists/minisign.h"

#include "cost.h"

static const struct list_format *
text_format(void)
{
	const struct list_format *const *f = list_formats;

	while (*(*f)->prefix != '\0')
		f++;
	return *f;
}

static void
read_list(const char *text, size_t n)
{
	struct diags d = DIAGS_INIT;
	struct list_content c;
	char path[64];
	int fd = memfd_create("list", 0);

	assert_int_equal(write(fd, text, n), n);
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	if (list_content_load(&c, text_format(), path, &d))
		list_content_free(&c);
	diags_free(&d);
	close(fd);
}

static void
no_client(void *arg, const struct ip *client)
{
	(void)arg;
	(void)client;
}

static void
read_greylist(const char *text, size_t n)
{
	const struct greylist_file_options o = { .now = 1700000000,
		.delay = 300, .max_age = 3000000 };
	struct greylist_file_counts counts;

	greylist_file_read(text, n, &o, no_client, NULL, &counts);
}

static void
read_signature(const char *text, size_t n)
{
	struct buf errmsg = BUF_INIT;
	struct minisign m = { .comment = NULL };

	(void)n;
	minisign_read(&m, text, &errmsg);
	minisign_free(&m);
	buf_free(&errmsg);
}

static const struct cost_shape shapes[] = {
	{ "the same network", read_list, "", "192.0.2.0/24\n", "", 100000 },
	{ "networks in networks", read_list, "", "10.0.0.0/8\n10.0.0.0/9\n"
	    "10.0.0.0/10\n10.0.0.0/24\n10.0.0.1\n", "", 100000 },
	{ "the same name", read_list, "", "a.example\n", "", 100000 },
	{ "comments", read_list, "a.example # ", "x ", "\n", 400 },
	{ "comment lines", read_list, "", "# x\n", "a.example\n", 100000 },
	{ "empty lines", read_list, "", "\n", "a.example\n", 100000 },
	{ "blanks", read_list, "", " \t\r\n", "", 100000 },
	{ "mistakes", read_list, "", "a..b\n", "", 100000 },
	{ "patterns", read_list, "", "/^a$/\n", "", 5000 },
	{ "postgrey", read_greylist, "VERSION=3\nformat=print\ntype=btree\n"
	    "HEADER=END\n", " 192.0.2.0/a@b/u@c\n 1699999000,1699999300\n",
	    "DATA=END\n", 100000 },
	{ "postgrey without an end", read_greylist, "VERSION=3\n"
	    "format=bytevalue\nHEADER=END\n", " 3139322e302e322e39\n", "",
	    100000 },
	{ "milter-greylist", read_greylist, "# greylisted tuples\n",
	    "192.0.2.2\t<a@b>\t<c@d>\t1700009999 AUTO # x\n", "", 100000 },
	{ "a tuple", read_greylist, "# greylisted tuples\n192.0.2.2", "\t", "",
	    100000 },
	{ "a signature", read_signature, "untrusted comment: x\n", "RWQ=\n",
	    "", 100000 },
};

static void
test_files(void **state)
{
	(void)state;
	cost_check(shapes, sizeof shapes / sizeof shapes[0]);
}

/* Each entry another one. */
static void
read_networks(const void *arg, size_t size)
{
	struct buf text = BUF_INIT;
	size_t i;

	for (i = 0; text.len < size; i++)
		buf_printf(&text, arg, (unsigned)(i >> 8 & 255),
		    (unsigned)(i & 255), (unsigned)(i >> 16 & 255));
	read_list(text.data, text.len);
	buf_free(&text);
}

static void
test_many(void **state)
{
	static const char *const forms[] = { "10.%u.%u.%u\n",
		"2001:db8:%x::%x:%x/112\n", "m%x.%x.%x.example\n",
		".m%x.%x.%x.example\n", "m%x.%x.%x@a.example # seen\n" };
	int64_t took[2];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof forms / sizeof forms[0]; i++)
		if (!cost_is_linear(read_networks, forms[i], 100000, 10, took))
			cost_fail(forms[i], took);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_files),
		cmocka_unit_test(test_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
