/*
 * fuzz_header - any bytes as a message, through every check of its header
 *
 * What it makes us say is safe: records without control characters, marks of
 * one line, and a reply that may be sent.
 */

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "base/log.h"
#include "base/net.h"
#include "engine/ruleset.h"
#include "scenario/player.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static const char config[] =
    "name = \"mx.example.org\"\n"
    "mode = enforce\n"
    "relay { domains = {\"example.org\"} }\n"
    "content {\n"
    "	header \"Subject\" { pattern = {\"/casino/i\", \"/(a+)+$/\"} }\n"
    "	header \"From\" { pattern = \"/[\\\\x80-\\\\xff]/\" }\n"
    "	max-size = 64k\n"
    "	max-hops = 25\n"
    "}\n"
    "reason \"header-pattern\" { action = mark }\n";

static struct player *
player(void)
{
	static struct player *p;
	struct diags d = DIAGS_INIT;
	struct ruleset *rules;

	if (p != NULL)
		return p;
	rules = ruleset_load_text("f", config, &d);
	if (rules == NULL) {
		diags_print(&d, stderr);
		BUG("the configuration of this test");
	}
	p = player_new(rules, NULL);
	ruleset_release(rules);
	diags_free(&d);
	return p;
}

static void
check_printable(const char *text)
{
	for (; *text != '\0'; text++)
		if ((*text > 0 && *text < ' ' && *text != '\n') ||
		    *text == 127)
			BUG("a control character gets out");
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct player *p = player();
	const struct played *played = player_played(p);
	struct ip client;
	size_t i;

	ip_parse("198.51.100.7", &client);
	player_connect(p, "mail.example.com", &client);
	player_connected(p);
	player_helo(p, "mail.example.com");
	player_mail(p, "a@example.com");
	player_mailed(p);
	player_rcpt(p, "b@example.org");
	player_message(p, n > 0 ? (const char *)data : "", n);
	if (played->records.data != NULL)
		check_printable(played->records.data);
	if (played->marks.data != NULL)
		check_printable(played->marks.data);
	for (i = 0; i < played->reply.n; i++)
		check_printable(played->reply.lines[i]);
	return 0;
}
