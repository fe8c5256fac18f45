/* checks_lists_test - local lists as the checks of the blacklist use them */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/diag.h"
#include "engine/ruleset.h"

/* A block of the section, and what is wrong with it. */
static const struct wrong {
	const char *block, *message;
} wrongs[] = {
	{ "list \"x\" { }",
	    "config:1: blacklist.list \"x\": it has no file and no entries" },
	{ "list \"x\" { entries = {\"a.example b\"} }",
	    "config:1: blacklist.list \"x\".entries: \"a.example b\": "
	    "behind the entry only a comment may stand: a.example # b" },
	{ "list \"x\" { entries = {\" # b\"} }",
	    "config:1: blacklist.list \"x\".entries: \" # b\": "
	    "an empty value says nothing" },
	{ "allow \"x\" { file = \"\" }",
	    "config:1: blacklist.allow \"x\".file: "
	    "\"\": an empty name names no file" },
	{ "list \"x\" { file = \"/nowhere/list\" }",
	    "/nowhere/list: cannot be opened: No such file or directory" },
	{ "list \"x\" { file = \"/tmp\" }", "/tmp: is not a file" },
	{ "dnsbl \"x\" { zone = \"se cret\" }", "config:1: blacklist.dnsbl "
	    "\"x\".zone: \"...\" is no domain (it may hold a key, so it is "
	    "not shown)" },
	{ "dnsbl \"my list\" { }", "config:1: blacklist.dnsbl \"my list\": "
	    "its name is no domain, so it needs a zone" },
	{ "dnswl \"x.example\" { }", "config:1: blacklist.dnswl "
	    "\"x.example\": it must say which answers count" },
	{ "dnsbl \"0123456789abcdefghijk.zen.example\" { }", "config:1: the "
	    "name of this list looks as if it held a key, and names are sent "
	    "to everybody: put it into `zone`, and give the list a name of "
	    "its own" },
	{ "rhsbl \"x.example\" { help = \"{helo}\" }", "config:1: "
	    "blacklist.rhsbl \"x.example\".help: \"{helo}\": known here are "
	    "{client}, {domain} and {list}" },
	{ "list \"x\" { file = \"/dev/null\" match = {clients} }",
	    "config:1: blacklist.list \"x\".match: \"clients\" is none of "
	    "client, " "helo, sender, rcpt; did you mean client?" },
};

/* The first mistake of a configuration, as "file:line: text". */
static char *
first_mistake(const char *text)
{
	struct diags d = DIAGS_INIT;
	struct buf message = BUF_INIT;

	assert_null(ruleset_load_text("config", text, &d));
	assert_true(d.errors > 0);
	buf_printf(&message, "%s", d.v[0].file);
	if (d.v[0].line > 0)
		buf_printf(&message, ":%d", d.v[0].line);
	buf_printf(&message, ": %s", d.v[0].text);
	diags_free(&d);
	return buf_steal(&message);
}

static void
test_wrong(void **state)
{
	char text[300], *message;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof wrongs / sizeof *wrongs; i++) {
		snprintf(text, sizeof text, "blacklist { %s }",
		    wrongs[i].block);
		message = first_mistake(text);
		assert_string_equal(message, wrongs[i].message);
		free(message);
	}
}

/* A list that breaks while it is in use refuses the next configuration. */
static void
test_broken_later(void **state)
{
	char path[] = "/tmp/saywhy-deny-XXXXXX", text[300], *message;
	struct diags d = DIAGS_INIT;
	struct ruleset *r;
	int fd = mkstemp(path);

	(void)state;
	assert_int_equal(write(fd, "a.example\n", 10), 10);
	snprintf(text, sizeof text, "blacklist { list \"x\" { file = \"%s\" "
	    "} }", path);
	r = ruleset_load_text("config", text, &d);
	assert_non_null(r);
	assert_int_equal(write(fd, "a b\n", 4), 4);
	message = first_mistake(text);
	assert_non_null(strstr(message, ":2: behind the entry only a comment"));
	free(message);
	ruleset_release(r);
	close(fd);
	unlink(path);
	diags_free(&d);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_wrong),
		cmocka_unit_test(test_broken_later),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
