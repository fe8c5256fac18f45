/*
 * fuzz_cost - messages that cost as much CPU as can be, past all the checks
 * that look into them
 *
 * The first line is the type of the message; the rest is its body, again and
 * again. What costs more for its bytes than all before it counts as new ground
 * (libFuzzer's extra counters). None may cost more than its budget.
 */

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/buf.h"
#include "base/diag.h"
#include "base/log.h"
#include "base/mem.h"
#include "engine/engine.h"
#include "engine/ruleset.h"
#include "mime/links.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

#define BODY (256 * 1024)	/* bytes of a message */
#define BUDGET_US 500000
#define SLACK_US 1500000	/* sanitizers, and between two looks */

static const char config[] = "name = \"mx.example.org\"\nmode = enforce\n"
    "content { max-cpu = \"500 ms\"\n"
    "header \"Content-Type\" { pattern = \"/a+b/\" }\n"
    "body \"p\" { pattern = {\"/\\\\bab+c\\\\b/\", \"/[a-z0-9]{200,}X/\"} }\n"
    "attachments \"f\" { deny = {\"exe\"} double = yes }\n"
    "charsets-denied = {\"utf-7\"}\nmalformed = {\"8bit\"}\n}\n";

#if defined(__clang__) && defined(__linux__)
__attribute__((section("__libfuzzer_extra_counters")))
#endif
static uint8_t costs[64];

static struct ruleset *rules;

static long long
cpu_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (long long)t.tv_sec * 1000000 + t.tv_nsec / 1000;
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

static void
step(struct engine *e, enum stage stage)
{
	struct reply reply = { .code = 0 };

	engine_step(e, stage, &reply);
	reply_clear(&reply);
}

static void
deliver(const char *type, const struct buf *body)
{
	struct engine *e = engine_new(rules, NULL);
	struct ip ip;

	ip_parse("192.0.2.7", &ip);
	session_connect(engine_session(e), NULL, &ip);
	session_mail(engine_session(e), "a@example.com");
	session_header(engine_session(e), "From", type);
	session_header(engine_session(e), "Content-Type", type);
	step(e, STAGE_HEADERS);
	engine_body(e, body->data, body->len);
	step(e, STAGE_MESSAGE);
	engine_free(e);
}

static void
no_host(void *arg, const char *host)
{
	(void)arg;
	(void)host;
}

static void
read_links(const struct buf *body, bool html)
{
	struct links *l = links_new(html, no_host, NULL);

	links_put(l, body->data, body->len);
	links_end(l);
	links_free(l);
}

/* A counter for each half of a power of two. */
static void
reached(long long us)
{
	size_t i = 0;

	for (; us > 1 && i + 2 < sizeof costs; us >>= 1)
		i += 2;
	costs[i + (us > 0)] = 1;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	const char *text = n > 0 ? (const char *)data : "";
	const char *eol = memchr(text, '\n', n);
	size_t skip = eol != NULL ? (size_t)(eol - text) + 1 : 0;
	char *type = mem_ndup(text, skip > 0 ? skip - 1 : 0);
	struct buf body = BUF_INIT;
	long long us;

	if (rules == NULL)
		load();
	while (n > skip && body.len < BODY)
		buf_put(&body, text + skip, n - skip);
	us = cpu_us();
	deliver(type, &body);
	us = cpu_us() - us;
	reached(us);
	if (us > BUDGET_US + SLACK_US)
		BUG("a message costs more than its budget");
	us = cpu_us();
	read_links(&body, false);
	read_links(&body, true);
	us = cpu_us() - us;
	if (us > SLACK_US)
		BUG("links cost too much");
	buf_free(&body);
	free(type);
	return 0;
}
