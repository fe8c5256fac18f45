/* engine_ruleset_test - an entry that can never work is a mistake */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/diag.h"
#include "engine/ruleset.h"

#define RELAY "relay { domains = {\"example.org\"} "
#define DNSBL(answers) "blacklist { dnsbl \"zen.example\" { answers = " \
    answers " } }"

static const struct row {
	const char *text;
	const char *output;	/* a part of it; NULL: nothing is wrong */
} rows[] = {
	{ "", NULL },

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
	{ "content { rspamd { } }", "rspamd" },
	{ "record-file = \"pipe:/run/x\" store = \"/run/y\"",
	    "cannot be read again" },
	{ "blacklist { list \"x\" { file = \"/nowhere/at-all\" } }",
	    "f:1: error: list \"x\"" },

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

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
