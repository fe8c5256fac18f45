/*
 * fuzz_content - any bytes as the body of a message, past all the checks that
 * look into it
 *
 * However it is cut, the same is found. The first line is the type of the
 * message.
 */

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/diag.h"
#include "base/log.h"
#include "base/mem.h"
#include "engine/engine.h"
#include "engine/ruleset.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static const char config[] = "name = \"mx.example.org\"\nmode = enforce\n"
    "content {\n"
    "header \"Content-Type\" { pattern = \"/a+b/\" }\n"
    "body \"p\" { pattern = {\"/\\\\bab+c\\\\b/\", \"/(x+x+)+y/\"} }\n"
    "body \"q\" { pattern = \"/[^a]b$/m\" type = \"text/html\" }\n"
    "attachments \"f\" { deny = {\"exe\"} double = yes archives = no }\n"
    "charsets-denied = {\"utf-7\"}\n"
    "malformed = {\"8bit\"}\nmalformed-mime = yes\n}\n";

static struct ruleset *rules;

static void
checked(void *arg, const struct check *check, enum stage stage,
    const struct finding *found, size_t n, int64_t us)
{
	struct buf *output = arg;
	size_t i, j;

	(void)check;
	(void)stage;
	(void)us;
	for (i = 0; i < n; i++) {
		buf_printf(output, "%d:", found[i].reason);
		for (j = 0; j < found[i].n; j++)
			buf_puts(output, found[i].evidence[j].value);
	}
}

static void
decided(void *arg, enum stage stage, const struct decision *d,
    const struct reply *reply, const char *id)
{
	(void)arg;
	(void)stage;
	(void)d;
	(void)reply;
	(void)id;
}

static void
step(struct engine *e, enum stage stage)
{
	struct reply reply = { .code = 0 };

	engine_step(e, stage, &reply);
	reply_clear(&reply);
}

static char *
deliver(const char *type, const char *bytes, size_t n, size_t piece)
{
	struct buf output = BUF_INIT;
	struct engine_watcher watcher = { &output, checked, decided };
	struct engine *e = engine_new(rules, NULL);
	size_t use;
	struct ip ip;

	ip_parse("192.0.2.7", &ip);
	engine_watch(e, &watcher);
	session_connect(engine_session(e), NULL, &ip);
	session_mail(engine_session(e), "a@example.com");
	session_header(engine_session(e), "Content-Type", type);
	step(e, STAGE_HEADERS);
	for (; n > 0; bytes += use, n -= use) {
		use = n < piece ? n : piece;
		engine_body(e, bytes, use);
	}
	step(e, STAGE_MESSAGE);
	engine_free(e);
	return buf_steal(&output);
}

static void
load(void)
{
	struct diags d = DIAGS_INIT;

	rules = ruleset_load_text("fuzz", config, &d);
	if (rules == NULL)
		BUG("the configuration is wrong");
	diags_free(&d);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	const char *text = n > 0 ? (const char *)data : "";
	const char *eol = memchr(text, '\n', n);
	size_t line = eol != NULL ? (size_t)(eol - text) : 0;
	size_t skip = eol != NULL ? line + 1 : 0;
	char *type = mem_ndup(text, line), *whole, *cut;

	if (rules == NULL)
		load();
	whole = deliver(type, text + skip, n - skip, n + 1);
	cut = deliver(type, text + skip, n - skip, 7);
	if (strcmp(whole, cut) != 0)
		BUG("something else is found when it is cut");
	free(whole);
	free(cut);
	free(type);
	return 0;
}
