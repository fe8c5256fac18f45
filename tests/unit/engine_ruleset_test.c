/* engine_ruleset_test - an entry that can never work is a mistake */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/diag.h"
#include "engine/ruleset.h"
#include "engine/ruleset_options.h"
#include "engine/ruleset_settings.h"

#define RELAY "relay { domains = {\"example.org\"} "
#define DNSBL(answers) "blacklist { dnsbl \"zen.example\" { answers = " \
    answers " } }"

static const struct row {
	const char *text;
	const char *output;	/* a part of it; NULL: nothing is wrong */
} rows[] = {
	{ "", NULL },

	{ "host-number = 1024", NULL },
	{ "host-number = 1025", "host-number: \"1025\" is out of range "
	    "(1 to 1024)" },

	/* Wildcards of shells and other filters. */
	{ "blacklist { senders = {\"*@example.com\"} }",
	    "write \"example.com\" for every mailbox of that domain" },
	{ "blacklist { senders = {\"*.example.com\"} }",
	    "write \".example.com\" for every domain below" },
	{ "blacklist { senders = {\"@example.com\"} }",
	    "write \"example.com\" for every mailbox" },
	{ "blacklist { senders = {\"news*@example.com\"} }",
	    "\"/^news.*@example[.]com$/i\"" },
	{ "blacklist { senders = {\"?@example.com\"} }",
	    "\"/^.@example[.]com$/i\"" },
	{ "blacklist { recipients = {\"sales@*\"} }", "write \"sales@\"" },
	{ "blacklist { recipients = {\"sales@*.example.com\"} }",
	    "\"/^sales@.*[.]example[.]com$/i\"" },
	{ "blacklist { helos = {\"mail*.example.com\"} }",
	    "\"/^mail.*[.]example[.]com$/i\"" },
	{ RELAY "} relay { domains = {\"*.example.org\"} }",
	    "write \".example.org\"" },
	{ "exception \"x\" { recipients = {\"*@example.org\"} reason "
	    "\"spf-fail\" { action = note } }", "write \"example.org\"" },
	{ "blacklist { senders = {\"*\"} }", NULL },
	{ "blacklist { senders = {\"/^news.*@example[.]com$/i\"} }", NULL },

	/* Addresses as mail and Postfix write them. */
	{ "blacklist { clients = {\"[2001:db8::1]\", \"[192.0.2.7]\","
	    "\"[2001:db8::]/32\", \"[IPv6:2001:db8::1]\"} }", NULL },
	{ RELAY "networks = {\"[::1]/128\", \"[192.0.2.0]/24\"} }", NULL },
	{ "blacklist { clients = {\"[192.0.2.7\"} }", "[192.0.2.7" },
	{ RELAY "networks = {\"[]\"} }", "is not an address or network" },

	/* Everybody is no network of ours. */
	{ RELAY "networks = {\"0.0.0.0/0\"} }", "an open relay" },
	{ "relay { domains = {\"*\"} }", "an open relay" },
	{ "relay { domains = {\"example.org\", \"/./\"} }",
	    "an open relay" },
	{ "relay { domains = {\"/@[^@]*$/\"} }", "an open relay" },
	{ "relay { domains = {\"/@example[.]org$/\"} }", NULL },
	{ RELAY "networks = {\"::/0\"} }", "an open relay" },
	{ RELAY "networks = {\"::ffff:0:0/96\"} }", "an open relay" },
	{ RELAY "networks = {\"0.0.0.0/1\", \"128.0.0.0/1\"} }",
	    "an open relay" },
	{ RELAY "networks = {\"2000::/3\"} }", "an open relay" },
	{ RELAY "networks = {\"10.0.0.0/8\", \"fc00::/7\", \"fe80::/10\","
	    "\"172.16.0.0/12\", \"2001:db8::/32\"} }", NULL },

	/* What a list answers when it refuses is no listing. */
	{ DNSBL("{\"127.255.255.254\"}"), "that never counts" },
	{ DNSBL("{\"127.255.255.0/24\"}"), "that never counts" },
	{ DNSBL("{\"127.0.0.2-11\"}"), NULL },

	/* Things that could not be opened, or would do harm. */
	{ "page = \"mx.example.org/why/{id}\"", "is no URL" },
	{ "page = \"ftp://mx.example.org/why/{id}\"", "is no URL" },
	{ "page = \"HTTPS://mx.example.org/why/{id}\"", NULL },
	{ "auth { submission-ports = {25, 587} }", "without a login" },
	{ "auth { submission-ports = {2525} }", NULL },
	{ "listen = \"unix:/run/a\" reply-map = \"unix:/run/a\"",
	    "is the socket of listen, too" },
	{ "control = \"unix:/run/a\" policy-service = \"unix:/run/a\"",
	    "is the socket of policy-service, too" },
	{ "listen = \"unix:/run/a\" reply-map = \"unix:/run/b\"", NULL },
	{ "record-file = \"/run/a\" store = \"/run/a\"",
	    "store: is the file of record-file, too" },
	{ "record-file = \"/run/a\" counters-file = \"/run/a\"",
	    "counters-file: is the file of record-file, too" },
	{ "record-file = \"/run/a\" pid-file = \"/run/a\"",
	    "pid-file: is the file of record-file, too" },
	{ "counters-file = \"\" pid-file = \"\"", NULL },
	{ "content { rspamd { } }", "rspamd" },
	{ "record-file = \"pipe:/run/x\" store = \"/run/y\"",
	    "cannot be read again" },
	{ "record-file = \"/run/x\" store = \"mysql://a:b@h/x\"",
	    "store: \"mysql://\" is no kind of store" },
	{ "blacklist { list \"x\" { file = \"/nowhere/at-all\" } }",
	    "f:1: error: list \"x\"" },

	{ "page = \"https:///why/{id}\"", "is no URL" },
	{ "page = \"https://mx.example.org/wh y/{id}\"", "is no URL" },
	{ "page = \"https://mx.example.org/<{id}>\"", "is no URL" },
	{ "control = \"inet:8895@127.0.0.1\"", "write unix:/path" },
	{ "control = \"fd:3\"", NULL },
	{ "listen = \"unix:/run/x/\"", "that is a folder" },
	{ "listen-mode = 0", "nobody could reach the socket" },
	{ "listen-mode = 0440", "nobody could reach the socket" },
	{ "listen-mode = 4660", "nobody could reach the socket" },
	{ "listen-mode = 666", NULL },
	{ "enforce-after = \"2026-02-30T18:00:00Z\"", "is no time" },
	{ "enforce-after = \"2028-02-29T18:00:00Z\"", NULL },

	/* Where only host names are looked up, a mailbox never matches. */
	{ "blacklist { clients = {\"ann@example.com\"} }",
	    "only host names are looked for here, as \"example.com\"" },
	{ "blacklist { clients = {\"ann@\"} }", "is a mailbox" },
	{ "blacklist { clients = {\"<>\"} }", "is a sender" },
	{ "blacklist { helos = {\"ann@example.com\"} }", "is a mailbox" },
	{ "blacklist { helos = {\"<>\"} }", "is a sender" },
	{ "blacklist { helos = {\"@example.com\"} }", "write \"example.com\"" },
	{ "blacklist { helos = {\"/@/\"} }", NULL },
	{ "relay { rcpt-domain-except = {\"ann@example.com\"} }",
	    "is a mailbox" },
	{ "exception \"x\" { helos = {\"ann@example.org\"} reason "
	    "\"spf-fail\" { action = note } }", "is a mailbox" },
	{ "blacklist { senders = {\"ann@\", \"<>\"} }", NULL },

	/* What would ask for nothing, or search nothing. */
	{ "blacklist { rhsbl \"z.example\" { match = {} } }",
	    "nothing is asked" },
	{ "blacklist { list \"x\" { entries = {\"a.example\"} "
	    "match = {} } }", "nothing is looked up" },
	{ "blacklist { allow \"x\" { entries = {\"a.example\"} "
	    "match = {} } }", "nothing is looked up" },
	{ "auth { login-list \"x\" { entries = {\"ann\"} } }", NULL },
	{ "content { body \"x\" { pattern = \"/x/\" type = {\"html\"} } }",
	    "is no type of a text" },
	{ "content { body \"x\" { pattern = \"/x/\" type = {\"text/*\"} } }",
	    "is no type of a text" },
	{ "content { body \"x\" { pattern = \"/x/\" "
	    "type = {\"image/png\"} } }", "is no type of a text" },
	{ "content { body \"x\" { pattern = \"/x/\" "
	    "type = {\"Text/HTML\"} } }", NULL },
	{ "content { charsets-denied = {\"*\"} }", "is no name of a charset" },
	{ "content { charsets-denied = {\"windows 1251\"} }",
	    "is no name of a charset" },

	/* What is suggested is taken. */
	{ "blacklist { senders = {\"*.\"} }", "\"/^.*[.]$/i\"" },
	{ "blacklist { senders = {\"*@\"} }", "\"/^.*@$/i\"" },
	{ "blacklist { senders = {\"*@-x.example\"} }",
	    "\"/^.*@-x[.]example$/i\"" },
	{ "blacklist { senders = {\"[*]@example.com\"} }",
	    "\"/^[[].*]@example[.]com$/i\"" },
	{ "blacklist { clients = {\"192.0.2.*\"} }",
	    "write the network, \"192.0.2.0/24\"" },
	{ "blacklist { clients = {\"10.*.*.*\"} }", "\"10.0.0.0/8\"" },
	{ "blacklist { clients = {\"192.0.2\"} }",
	    "did you mean 192.0.2.0/24?" },
	{ RELAY "networks = {\"192.0.\"} }", "did you mean 192.0.0.0/16?" },
	{ RELAY "networks = {\"192.0.2.7/255.255.255.0\"} }",
	    "the network is 192.0.2.0/24" },
	{ RELAY "networks = {\"192.0.2.0/255.0.255.0\"} }",
	    "must be a number from 0 to 32\n" },

	/* Signs of word processors and of pages in browsers. */
	{ "blacklist { clients = {\"192.0.2.1\xc2\xa0\"} }", "(U+00A0)" },
	{ "blacklist { senders = {\"\xe2\x80\x9c" "a.example\xe2\x80\x9d\"} }",
	    "(U+201C)" },
	{ "blacklist { senders = {\"ann@a.example\xe2\x80\x8b\"} }",
	    "(U+200B)" },
	{ "blacklist { senders = {\"b\xc3\xbc" "cher.example\"} }", NULL },

	/* A name in every domain is everybody's. */
	{ "relay { domains = {\"postmaster@\"} }", "an open relay" },
	{ "relay { domains = {\"<>\"} }", "an open relay" },
	{ "relay { domains = {\"ann@example.org\"} }", NULL },

	/* A mistake of the grammar hides no other. */
	{ "mode = = x\nnonsense = 1", "nonsense: there is no such option" },
	{ "relay { } }\nnonsense = 1", "nonsense: there is no such option" },
	{ "relay { domains = {\"a.example\",,} }\nretention = never",
	    "retention: \"never\" is not a time" },
	{ "relay { domains = {\"a.example\"\nnetworks = {\"x\"} }",
	    "relay.networks: \"x\" is not an address" },
};

static void
play(const struct row *row)
{
	struct diags d = DIAGS_INIT;
	struct ruleset *r = ruleset_load_text("f", row->text, &d);
	char *output = NULL;
	size_t n;
	FILE *out = open_memstream(&output, &n);

	diags_print(&d, out);
	fclose(out);
	if ((r == NULL) != (row->output != NULL) || (row->output != NULL &&
	    strstr(output, row->output) == NULL))
		fail_msg("%s\n%s", row->text, output);
	free(output);
	diags_free(&d);
	ruleset_release(r);
}

static void
test_rows(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof rows / sizeof rows[0]; i++)
		play(&rows[i]);
}

/* A FIFO makes a start, a reload and the tool wait for nobody. */
static void
test_fifo(void **state)
{
	static const char *const texts[] = {
		"auth { login-senders-file = \"%s\" }",
		"country-database = \"%s\"",
		"blacklist { list \"x\" { file = \"%s\" } }",
		"blacklist { list \"x\" { file = \"access:%s\" } }",
		"blacklist { list \"x\" { file = \"cdb:%s\" } }",
		"blacklist { list \"x\" { file = \"lmdb:%s\" } }",
		"blacklist { list \"x\" { file = \"sqlite:%s:t\" } }",
	};
	char folder[] = "/tmp/saywhy-ruleset-XXXXXX", path[64];
	struct buf text = BUF_INIT;
	struct diags d = DIAGS_INIT;
	size_t i;

	(void)state;
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof path, "%s/fifo", folder);
	assert_int_equal(mkfifo(path, 0600), 0);
	alarm(20);
	for (i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		buf_printf(&text, texts[i], path);
		assert_null(ruleset_load_text("f", text.data, &d));
		diags_free(&d);
		buf_clear(&text);
	}
	alarm(0);
	/* A folder holds no logins. */
	buf_printf(&text, texts[0], folder);
	assert_null(ruleset_load_text("f", text.data, &d));
	diags_free(&d);
	unlink(path);
	rmdir(folder);
	buf_free(&text);
}

static struct ruleset *
loaded(const char *text)
{
	struct diags d = DIAGS_INIT;
	struct ruleset *r = ruleset_load_text("f", text, &d);

	assert_non_null(r);
	diags_free(&d);
	return r;
}

/* Layout, order and what is of one host alone make no other policy. */
static void
test_fingerprint(void **state)
{
	static const char first[] = "auth { dkim = no }\nname = mx1.example\n"
	    "relay { domains = {\"b.example\"} }\n"
	    "content { max-cpu = \"2000 ms\" }\n"
	    "exception \"p\" { clients = {\"192.0.2.1\"} }\n";
	static const struct {
		bool same;
		const char *text;
	} others[] = {
		{ true, "# a comment\nexception p { clients = {192.0.2.1} }\n"
		    "relay { domains = {b.example} }\nname = mx2.example\n"
		    "relay { networks = {\"127.0.0.0/8\", \"::1\"} }\n"
		    "host-number = 7\nprivacy-key = x\n"
		    "content { max-cpu = \"2 s\" }\n"
		    "auth { dkim = off spf = yes }\n" },
		{ false, "auth { dkim = no }\n" },
		{ false, "" },
		{ false, "auth { dkim = no }\nname = mx1.example\n"
		    "relay { domains = {\"b.example\"} }\n"
		    "content { max-cpu = \"2000 ms\" }\n"
		    "exception \"q\" { clients = {\"192.0.2.1\"} }\n" },
	};
	struct ruleset *a = loaded(first), *b;
	size_t i;

	(void)state;
	assert_int_equal(strspn(a->fingerprint, "0123456789abcdef"), 12);
	for (i = 0; i < sizeof others / sizeof others[0]; i++) {
		b = loaded(others[i].text);
		assert_int_equal(strcmp(a->fingerprint, b->fingerprint) == 0,
		    others[i].same);
		ruleset_release(b);
	}
	ruleset_release(a);
}

static void
test_settings(void **state)
{
	struct ruleset *r = loaded("mode = enforce\nname = mx.example\n"
	    "syslog = on\nstep-timeout = \"5000 ms\"\nprivacy-key = hidden\n"
	    "blacklist { dnsbl \"z.example\" { } }\n"
	    "auth { submission-ports = {465, 587} login-tls = any }\n"
	    "relay { domains = {\"b.example\", a.example} }\n"
	    "host-number = 3\n");
	struct buf text = BUF_INIT;
	const char *second;

	(void)state;
	ruleset_put_settings(r, &text);
	second = strchr(text.data, '\n') + 1;
	assert_string_equal(second, "blacklist.dnsbl \"z.example\"\n"
	    "mode = enforce\n"
	    "relay.domains = {\"b.example\", \"a.example\"}\n"
	    "# of this host alone:\nhost-number = 3\n"
	    "name = \"mx.example\"\nprivacy-key = (set)\n");
	buf_free(&text);
	ruleset_release(r);
}

/* The daemon compares and copies such values (option_copy_restart()). */
static void
test_restart(void **state)
{
	const struct option *row;
	enum option_type kept;

	(void)state;
	for (row = daemon_options; row->name != NULL; row++) {
		kept = row->type == OPTION_PARSE ? row->stores : row->type;
		if (!row->restart)
			continue;
		if (kept == OPTION_LIST || kept == OPTION_GROUP)
			fail_msg("%s: a list cannot be .restart", row->name);
		if (row->type == OPTION_PARSE && kept != OPTION_TEXT &&
		    kept != OPTION_INT)
			fail_msg("%s: its row does not say what it .stores",
			    row->name);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_fifo),
		cmocka_unit_test(test_fingerprint),
		cmocka_unit_test(test_settings),
		cmocka_unit_test(test_restart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
