/*
 * fuzz_scenario - any bytes as a scenario; one that can be read is played
 *
 * False means that there is a mistake, and every mistake is on a line of the
 * text.
 */

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/diag.h"
#include "base/log.h"
#include "engine/ruleset.h"
#include "scenario/scenario.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static const char config[] =
    "name = \"mx.example.org\"\n"
    "mode = enforce\n"
    "relay { domains = {\"example.org\"} }\n"
    "auth { require-tls = yes }\n"
    "blacklist { clients = {\"198.51.100.66\"} helos = {\"spam.example\"} }\n"
    "content { header \"Subject\" { pattern = \"/casino/i\" } }\n";

static struct ruleset *
rules(void)
{
	static struct ruleset *r;
	struct diags d = DIAGS_INIT;

	if (r == NULL)
		r = ruleset_load_text("f", config, &d);
	if (r == NULL) {
		diags_print(&d, stderr);
		BUG("the configuration of this test");
	}
	diags_free(&d);
	return r;
}

/* Nothing beside the text is read: a configuration may name files. */
static bool
has_config(const struct scenario *s)
{
	size_t i;

	for (i = 0; i < s->n; i++)
		if (s->v[i].verb == VERB_CONFIG)
			return true;
	return false;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	const char *text = n > 0 ? (const char *)data : "";
	struct diags d = DIAGS_INIT;
	struct scenario s = { .file = NULL };
	int lines = 1;
	size_t i;

	for (i = 0; i < n; i++)
		lines += text[i] == '\n';
	if (scenario_read(&s, "f", text, n, &d) != (d.errors == 0))
		BUG("a wrong answer");
	if (d.errors == 0 && !has_config(&s))
		scenario_play(&s, rules(), NULL, &d);
	for (i = 0; i < d.n; i++)
		if (d.v[i].line < 1 || d.v[i].line > lines)
			BUG("a mistake outside of the text");
	scenario_free(&s);
	diags_free(&d);
	return 0;
}
