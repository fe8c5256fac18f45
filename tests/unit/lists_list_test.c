/* lists_list_test - local lists: what is found, what is wrong, reloads */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/diag.h"
#include "base/log.h"
#include "base/net.h"
#include "idn_rows.h"
#include "lists/list.h"
#include "lists/list_lines.h"

static char folder[] = "/tmp/saywhy-list-XXXXXX";

static const char *
path(const char *name)
{
	static char text[256];

	snprintf(text, sizeof text, "%s/%s", folder, name);
	return text;
}

static void
write_file(const char *name, const char *text)
{
	FILE *f = fopen(path(name), "w");

	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

static const char entries[] =
    "\xef\xbb\xbf# what this list is for\r\n"
    "\n"
    "192.0.2.0/24   # the office\r\n"
    "192.0.2.7\n"
    "  2001:db8::/32\t# sixes  \n"
    "bad.cafe # letters that could be digits\n"
    "example.org # one domain\n"
    ".example.net # all below\n"
    "Ann@Example.COM # Ann\n"
    "news@\n"
    "<> # reports\n"
    "b\xc3\xbc" "cher.example\n"
    "/^pool-\\d+ and # so\\//i # a pattern\n"
    "/^gr(\xc3\xbc|u)n # /iu # with every flag\n"
    "/^x[0-9]/ # another one";

/* What is asked, and "entry|comment"; NULL: not on the list. */
static const struct question {
	const char *what, *found;
} questions[] = {
	{ "192.0.2.9", "192.0.2.0/24|the office" },
	{ "192.0.2.7", "192.0.2.7|" },
	{ "::ffff:192.0.2.9", "192.0.2.0/24|the office" },
	{ "192.0.3.9", NULL },
	{ "2001:db8::9", "2001:db8::/32|sixes" },
	{ "2001:db9::9", NULL },
	{ "bad.cafe", "bad.cafe|letters that could be digits" },
	{ "EXAMPLE.org", "example.org|one domain" },
	{ "example.org.", "example.org|one domain" },
	{ "a.example.org", NULL },
	{ "example.net", NULL },
	{ "a.b.Example.net", ".example.net|all below" },
	{ "someone@example.org", "example.org|one domain" },
	{ "ann@example.com", "ann@example.com|Ann" },
	{ "ANN+x@example.com", "ann@example.com|Ann" },
	{ "bob@example.com", NULL },
	{ "News+1@anywhere.example", "news@|" },
	{ "b\xc3\xbc" "cher.example", "xn--bcher-kva.example|" },
	{ "xn--bcher-kva.example", "xn--bcher-kva.example|" },
	{ "pool-7 and # so/", "/^pool-\\d+ and # so\\//i|a pattern" },
	{ "GR\xc3\x9cN # 1", "/^gr(\xc3\xbc|u)n # /iu|with every flag" },
	{ "x7@example.com", "/^x[0-9]/|another one" },
	{ ".example.net", NULL },
	{ "", NULL },
};

static void
expect(struct list *l, const struct question *q)
{
	struct list_hit hit = LIST_HIT_INIT;
	struct buf found = BUF_INIT;
	enum list_answer answer;
	struct ip ip;

	answer = ip_parse(q->what, &ip) ? list_find_ip(l, &ip, &hit) :
	    list_find_name(l, q->what, &hit);
	buf_printf(&found, "%s|%s", hit.entry.data, hit.comment.data);
	if (answer == LIST_TEMPFAIL)
		fail_msg("%s: %s", q->what, hit.comment.data);
	if ((answer == LIST_YES) != (q->found != NULL) ||
	    (answer == LIST_YES && strcmp(found.data, q->found) != 0))
		fail_msg("%s: %s", q->what, found.data);
	buf_free(&found);
	list_hit_free(&hit);
}

static struct list *
open_good(const char *name)
{
	struct diags d = DIAGS_INIT;
	struct list *l = list_open(name, NULL, &d);

	diags_print(&d, stderr);
	assert_non_null(l);
	assert_int_equal(d.n, 0);
	diags_free(&d);
	return l;
}

static void
test_text(void **state)
{
	const struct question *q, *end = questions +
	    sizeof questions / sizeof *questions;
	const struct timeval old[2] = { { .tv_sec = 1000000000 },
		{ .tv_sec = 1000000000 } };
	struct list *l;

	(void)state;
	write_file("text", entries);
	assert_int_equal(utimes(path("text"), old), 0);
	l = open_good(path("text"));
	for (q = questions; q < end; q++)
		if (!idn_is_out_of_reach(q->found))
			expect(l, q);
	list_close(l);
}

static void
test_nobody(void **state)
{
	struct list_hit hit = LIST_HIT_INIT;
	struct ip unknown = { .known = false };
	struct list *l;

	(void)state;
	write_file("text", "0.0.0.0/0\n::/0\n.example\n");
	l = open_good(path("text"));
	assert_int_equal(list_find_ip(l, &unknown, &hit), LIST_NO);
	assert_int_equal(list_find_name(l, NULL, &hit), LIST_NO);
	list_close(l);
	write_file("text", "* # everybody\n");
	l = open_good(path("text"));
	expect(l, &(struct question){ "192.0.2.1", "*|everybody" });
	expect(l, &(struct question){ "a@b.example", "*|everybody" });
	expect(l, &(struct question){ "b.example", "*|everybody" });
	list_hit_free(&hit);
	list_close(l);
}

/* A file, and what is said of it: "line: text" each. */
static const struct mistake {
	const char *file, *output;
} mistakes[] = {
	{ "192.0.2.1/24\n", "1: \"192.0.2.1/24\" has bits set after its "
	    "prefix; the network is 192.0.2.0/24\n" },
	{ "\n192.0.2.256\n", "2: \"192.0.2.256\" is not an address or network "
	    "like 192.0.2.7, 192.0.2.0/24 or 2001:db8::/32\n" },
	{ "example.org REJECT\n", "1: behind the entry only a comment may "
	    "stand: example.org # REJECT\n" },
	{ "*.example.org\n@example.org\n", "1: \"*.example.org\": write "
	    "\".example.org\" for every domain below that one\n"
	    "2: \"@example.org\": write \"example.org\" for every mailbox of "
	    "that domain\n" },
	{ "/a(/\n", "1: the pattern is wrong after \"a(\": missing "
	    "closing parenthesis\n" },
	{ "a..b\n", "1: \"a..b\" is no domain, mailbox or /pattern/\n" },
	{ "192.0.2.1\xc2\xa0\n", "1: a blank, a quote or an unseen sign of a "
	    "word processor (U+00A0) stands in it: write it anew, without\n" },
	{ "192.0.2.\n", "1: \"192.0.2.\" is not an address or network like "
	    "192.0.2.7, 192.0.2.0/24 or 2001:db8::/32; did you mean "
	    "192.0.2.0/24?\n" },
	{ "192.0.2.*\n", "1: \"192.0.2.*\": write the network, "
	    "\"192.0.2.0/24\"\n" },
	{ "example.org#x\n", "1: \"example.org#x\" is no domain, mailbox or "
	    "/pattern/\n" },
};

static void
test_mistakes(void **state)
{
	const struct mistake *m, *end = mistakes +
	    sizeof mistakes / sizeof *mistakes;
	size_t i;

	(void)state;
	for (m = mistakes; m < end; m++) {
		struct diags d = DIAGS_INIT;
		struct buf output = BUF_INIT;

		write_file("text", m->file);
		assert_null(list_open(path("text"), NULL, &d));
		for (i = 0; i < d.n; i++) {
			assert_string_equal(d.v[i].file, path("text"));
			buf_printf(&output, "%d: %s\n", d.v[i].line,
			    d.v[i].text);
		}
		assert_string_equal(output.data, m->output);
		buf_free(&output);
		diags_free(&d);
	}
}

static void
expect_refused(const char *name, const char *words)
{
	struct diags d = DIAGS_INIT;

	assert_null(list_open(name, NULL, &d));
	assert_int_equal(d.n, 1);
	if (strstr(d.v[0].text, words) == NULL)
		fail_msg("%s: %s", name, d.v[0].text);
	diags_free(&d);
}

static void
test_no_text(void **state)
{
	struct buf text = BUF_INIT;
	struct diags d = DIAGS_INIT;
	FILE *f;
	size_t i;

	(void)state;
	expect_refused(path("nowhere"), "No such file");
	expect_refused(folder, "is not a file");
	for (i = 0; i < LIST_LINE_MAX + 1; i++)
		buf_putc(&text, 'x');
	write_file("text", text.data);
	expect_refused(path("text"), "longer than 4096 bytes");
	f = fopen(path("text"), "w");
	fwrite("a.example\0\n", 1, 11, f);
	fclose(f);
	expect_refused(path("text"), "NUL");
	buf_clear(&text);
	for (i = 0; i < 1000; i++)
		buf_puts(&text, "a b\n");
	write_file("text", text.data);
	assert_null(list_open(path("text"), NULL, &d));
	assert_int_equal(d.n, 21);
	diags_free(&d);
	buf_free(&text);
}

/* What is not read would change the meaning of what stands behind it. */
static void
test_access_conditions(void **state)
{
	static const struct {
		const char *file, *mistake;
		bool permit;
	} rows[] = {
		{ "/a/ OK\nif /x/\n/./ REJECT\nendif\n", "conditions", false },
		{ "if !/x/\n/./ REJECT\nENDIF\n", "conditions", false },
		{ "if/x/\n/./ REJECT\n", "conditions", false },
		{ "!192.0.2.0/24 REJECT\n", "conditions", false },
		{ "if 192.0.2.0/24\n0.0.0.0/0 REJECT\n", "conditions", false },
		{ "/a b/x REJECT\n", "flag", false },
		{ "/a/im REJECT\n", "flag", false },
		{ "a@b@c REJECT\n2001:db8:1 REJECT\n/a(/ REJECT\n",
		    NULL, false },
		{ "[192.0.2.1] OK\n2001:db8:1 OK\n10.1 OK\n*.x OK\n", NULL,
		    true },
		/* Whom it lets pass, nobody may refuse. */
		{ "a@b@c OK\n", "no mailbox", true },
		{ "if.example REJECT\nendif.example OK\n/a/i OK\n",
		    NULL, false },
	};
	char name[64];
	struct list *l;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct diags d = DIAGS_INIT;

		snprintf(name, sizeof name, "access%zu", i);
		write_file(name, rows[i].file);
		snprintf(name, sizeof name, "access%s:access%zu",
		    rows[i].permit ? "-permit" : "", i);
		l = list_open(name, path("saywhy.conf"), &d);
		if ((l != NULL) != (rows[i].mistake == NULL) || (l == NULL &&
		    strstr(d.v[0].text, rows[i].mistake) == NULL))
			fail_msg("row %zu", i);
		list_close(l);
		diags_free(&d);
	}
}

/* One list for all who ask; the mistakes of a new file leave the old one. */
static void
test_shared(void **state)
{
	struct diags d = DIAGS_INIT;
	struct list *one, *two;

	(void)state;
	write_file("text", "one.example\n");
	one = open_good(path("text"));
	two = list_open("text", path("saywhy.conf"), &d);
	assert_ptr_equal(one, two);
	write_file("text", "two.example # longer\n");
	assert_ptr_equal(list_open(path("text"), NULL, &d), one);
	expect(one, &(struct question){ "one.example", NULL });
	expect(two, &(struct question){ "two.example",
	    "two.example|longer" });
	write_file("text", "a b\n");
	assert_null(list_open(path("text"), NULL, &d));
	assert_int_equal(d.errors, 1);
	expect(one, &(struct question){ "two.example",
	    "two.example|longer" });
	list_close(one);
	list_close(one);
	list_close(two);
	list_close(NULL);
	diags_free(&d);
}

static void
remember(void *arg, const struct list_state *state)
{
	struct buf *b = arg;

	buf_printf(b, "%zu %zu %zu %s", state->counts.nets,
	    state->counts.names, state->counts.patterns,
	    state->failure != NULL ? state->failure : "good");
}

static bool
becomes(const char *words)
{
	struct timespec pause = { .tv_nsec = 50000000 };
	struct buf now = BUF_INIT;
	bool same = false;
	int tries;

	for (tries = 0; tries < 200 && !same; tries++) {
		buf_clear(&now);
		list_each(remember, &now);
		same = strcmp(now.data, words) == 0;
		if (!same)
			nanosleep(&pause, NULL);
	}
	if (!same)
		print_error("%s\n", now.data);
	buf_free(&now);
	return same;
}

static void
test_watch(void **state)
{
	struct list *l;

	(void)state;
	log_open("test", false, LOG_LEVEL_ERROR);
	write_file("text", "one.example\n");
	l = open_good(path("text"));
	assert_true(becomes("0 1 0 good"));
	assert_true(list_watch());
	write_file("text", "192.0.2.1\n192.0.2.2\ntwo.example\n/y/\n");
	assert_true(becomes("2 1 1 good"));
	expect(l, &(struct question){ "one.example", NULL });
	write_file("text", "\na b\n");
	assert_true(becomes("2 1 1 line 2: behind the entry only a comment "
	    "may stand: a # b"));
	expect(l, &(struct question){ "192.0.2.1", "192.0.2.1|" });
	unlink(path("text"));
	assert_true(becomes("2 1 1 cannot be opened: No such file or "
	    "directory"));
	write_file("text", "three.example\n");
	assert_true(becomes("0 1 0 good"));
	list_watch_stop();
	list_close(l);
}

/* The same list in three kinds of files, made by their own tools. */
static const struct kind {
	const char *name, *tool, *command;
} kinds[] = {
	{ "cdb:%s/x.cdb", "cdb", "printf '%%s' '"
	    "+12,10:192.0.2.0/24->the office\n+9,0:192.0.2.7->\n"
	    "+13,5:2001:db8::/32->sixes\n+11,10:example.org->one domain\n"
	    "+12,9:.example.net->all below\n+15,3:ann@example.com->Ann\n\n'"
	    " | cdb -c %s/x.cdb -" },
	{ "lmdb:%s/x.lmdb", "mdb_load", "printf '%%s' "
	    "'192.0.2.0/24\nthe office\n192.0.2.7\n\n2001:db8::/32\nsixes\n"
	    "example.org\none domain\n.example.net\nall below\n"
	    "ann@example.com\nAnn\n' | mdb_load -n -T %s/x.lmdb" },
	{ "sqlite:%s/x.db:deny", "sqlite3", "sqlite3 %s/x.db \""
	    "CREATE TABLE deny(key TEXT PRIMARY KEY, comment TEXT);"
	    "INSERT INTO deny VALUES('192.0.2.0/24','the office'),"
	    "('192.0.2.7',NULL),('2001:db8::/32','sixes'),"
	    "('example.org','one domain'),('.example.net','all below'),"
	    "('ann@example.com','Ann')\"" },
};

/* Was its library there when saywhy was built? */
static bool
is_built_in(const char *name)
{
	struct diags d = DIAGS_INIT;
	struct list *l = list_open(name, NULL, &d);
	bool without = l == NULL &&
	    strstr(d.v[0].text, "was built without") != NULL;

	if (without)
		print_message("%s: %s\n", name, d.v[0].text);
	list_close(l);
	diags_free(&d);
	return !without;
}

static void
test_kind(const struct kind *k)
{
	static const struct question lookups[] = {
		{ "192.0.2.9", "192.0.2.0/24|the office" },
		{ "192.0.2.7", "192.0.2.7|" },
		{ "192.0.3.9", NULL },
		{ "2001:db8::9", "2001:db8::/32|sixes" },
		{ "2001:db9::9", NULL },
		{ "a@example.org", "example.org|one domain" },
		{ "A.example.NET", ".example.net|all below" },
		{ "Ann+x@example.com", "ann@example.com|Ann" },
		{ "bob@example.com", NULL },
	};
	char name[300], command[1200];
	struct list *l;
	size_t i;

	snprintf(command, sizeof command, "command -v %s >/dev/null", k->tool);
	if (system(command) != 0) {
		print_message("there is no %s\n", k->tool);
		return;
	}
	snprintf(command, sizeof command, k->command, folder);
	assert_int_equal(system(command), 0);
	snprintf(name, sizeof name, k->name, folder);
	if (!is_built_in(name))
		return;
	l = open_good(name);
	for (i = 0; i < sizeof lookups / sizeof *lookups; i++)
		expect(l, &lookups[i]);
	list_close(l);
}

static void
test_kinds(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof kinds / sizeof *kinds; i++)
		test_kind(&kinds[i]);
	expect_refused("sqlite:/nowhere/x.db", "unable to open");
	expect_refused("sqlite:/nowhere/x.db:a\"b", "is no name of a table");
	expect_refused("lmdb:/nowhere/x.lmdb", "");
	expect_refused("cdb:/nowhere/x.cdb", "");
}

static enum list_answer
answer_of(struct list *l, const char *address)
{
	struct list_hit hit = LIST_HIT_INIT;
	enum list_answer answer;
	struct ip ip;

	assert_true(ip_parse(address, &ip));
	answer = list_find_ip(l, &ip, &hit);
	list_hit_free(&hit);
	return answer;
}

/* "198.51.100.7", when "198.51.100.77" is about to be written. */
static void
test_half_written(void **state)
{
	struct diags d = DIAGS_INIT;
	const struct timeval old[2] = { { .tv_sec = 1000000000 },
		{ .tv_sec = 1000000000 } };
	char path[200];
	struct list *l;
	FILE *f;
	int i;

	(void)state;
	snprintf(path, sizeof path, "%s/half", folder);
	f = fopen(path, "w");
	fputs("192.0.2.1\n198.51.100.7", f);
	fclose(f);
	l = list_open(path, NULL, &d);
	assert_non_null(l);
	assert_int_equal(answer_of(l, "192.0.2.1"), LIST_YES);
	assert_int_equal(answer_of(l, "198.51.100.7"), LIST_NO);
	assert_true(list_watch());
	/* Nobody ends the line: when it has rested, it is one. */
	for (i = 0; i < 240 && answer_of(l, "198.51.100.7") == LIST_NO; i++)
		usleep(50000);
	assert_int_equal(answer_of(l, "198.51.100.7"), LIST_YES);
	list_watch_stop();
	list_close(l);
	/* An old file is whole, whatever its last line looks like. */
	f = fopen(path, "w");
	fputs("198.51.100.7", f);
	fclose(f);
	assert_int_equal(utimes(path, old), 0);
	l = list_open(path, NULL, &d);
	assert_int_equal(answer_of(l, "198.51.100.7"), LIST_YES);
	list_close(l);
	diags_free(&d);
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
	char command[300];

	(void)state;
	snprintf(command, sizeof command, "rm -r %s", folder);
	return system(command);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_nobody),
		cmocka_unit_test(test_mistakes),
		cmocka_unit_test(test_access_conditions),
		cmocka_unit_test(test_no_text),
		cmocka_unit_test(test_shared),
		cmocka_unit_test(test_watch),
		cmocka_unit_test(test_kinds),
		cmocka_unit_test(test_half_written),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
