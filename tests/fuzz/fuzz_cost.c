/*
 * fuzz_cost - messages that cost as much CPU as can be, past all checks at
 * once
 *
 * An input is text in up to five parts, with a line "%%" between them: header
 * fields, fields that come again and again, the first bytes of the body, bytes
 * that come again and again, the last bytes. What costs more for its bytes than
 * all before it counts as new ground (libFuzzer's extra counters). None may
 * cost more than its budget. cost_main.c plays the same at full size.
 */

#include "fuzz_cost.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/buf.h"
#include "base/diag.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/net.h"
#include "dns/dns.h"
#include "engine/engine.h"
#include "engine/ruleset.h"
#include "mime/links.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

#define PARTS 5
#define PIECE 65535		/* as an MTA passes a body */
#define BUDGET_US 500000
#define SLACK_US 1500000	/* sanitizers, and between two looks */

static const char config[] = "name = \"mx.example.org\"\nmode = enforce\n"
    "auth { spf = yes\n dkim = yes\n dmarc = yes\n results = yes }\n"
    "blacklist { uribl \"u.example\" { }\n uribl \"v.example\" { } }\n"
    "content { %s\n"
    "header \"Subject\" { pattern = {\"/a+b/\", \"/[a-z0-9]{200,}X/\"} }\n"
    "header \"X\" { pattern = \"/(a|b|ab)*c/\" }\n"
    "body \"p\" { pattern = {\"/\\\\bab+c\\\\b/\", \"/[a-z0-9]{200,}X/\", "
    "\"/\\\\s+$y/\", \"/(x+x+)+y/\", \"/win.{0,300}prize/is\", "
    "\"/\\\\p{L}+\\\\d/u\"} }\n"
    "attachments \"f\" { deny = {\"exe\"} double = yes type = "
    "{\"application/x-dosexec\"} }\n"
    "charsets-denied = {\"utf-7\"}\nmalformed = {\"8bit\"}\n"
    "malformed-mime = yes\n}\n";

/* RSA of 1024 bits, the smallest that is verified. */
#define KEY "v=DKIM1; k=rsa; p=" \
    "MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDwIRP/UC3SBsEmGqZ9ZJW3/DkMoGeLnQg" \
    "1fWn7/zYtIxN2SnFCjxOCKG9v3b4jYfcTNh5ijSsq631uBItLa7od+v/RtdC2UzJ1lWT947q" \
    "R+Rcac2gbto/NMqJ0fzfVjH4OuKhitdY9tf6mcwGjaNBcWToIMmPSPDdQPNUYckcQ2QIDAQAB"

#if defined(__clang__) && defined(__linux__)
__attribute__((section("__libfuzzer_extra_counters")))
#endif
static uint8_t costs[64];

static struct cost_scale small = { .body = 256 * 1024, .header = 32 * 1024,
	.budget = "max-cpu = \"500 ms\"" };

static long long
cpu_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (long long)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static struct ruleset *
load(const char *budget)
{
	struct diags d = DIAGS_INIT;
	struct buf text = BUF_INIT, errmsg = BUF_INIT;
	struct ruleset *rules;

	dns_offline(false);
	buf_printf(&text, config, budget);
	rules = ruleset_load_text("fuzz", text.data, &d);
	diags_print(&d, stderr);
	if (rules == NULL)
		BUG("the configuration is wrong");
	if (!dns_preload("s._domainkey.a.example", "TXT", KEY, &errmsg) ||
	    !dns_preload("_dmarc.a.example", "TXT", "v=DMARC1; p=reject",
	    &errmsg))
		BUG("a record is wrong");
	buf_free(&text);
	buf_free(&errmsg);
	diags_free(&d);
	return rules;
}

struct piece {
	const char *at;
	size_t n;
};

/* What is before the next line "%%", which is taken out. */
static struct piece
next_part(struct piece *rest)
{
	struct piece part = *rest;
	const char *mark = memmem(rest->at, rest->n, "%%\n", 3);

	if (mark == NULL) {
		rest->at += rest->n;
		rest->n = 0;
		return part;
	}
	part.n = (size_t)(mark - rest->at);
	rest->n -= part.n + 3;
	rest->at = mark + 3;
	return part;
}

/* A line, with those that continue it. */
static size_t
field_length(struct piece p)
{
	const char *eol, *at = p.at, *end = p.at + p.n;

	do {
		eol = memchr(at, '\n', (size_t)(end - at));
		at = eol != NULL ? eol + 1 : end;
	} while (at < end && (*at == ' ' || *at == '\t'));
	return (size_t)(at - p.at);
}

/* Name and value of each field, taken apart before anything is measured. */
struct fields {
	struct { char *name, *value; } *v;
	size_t n;
};

static void
read_fields(struct fields *f, struct piece p)
{
	size_t n, room = 0;
	char *line, *colon;

	memset(f, 0, sizeof *f);
	for (; p.n > 0; p.at += n, p.n -= n) {
		n = field_length(p);
		line = mem_ndup(p.at, p.at[n - 1] == '\n' ? n - 1 : n);
		colon = strchr(line, ':');
		if (colon == NULL || colon == line) {
			free(line);
			continue;
		}
		*colon = '\0';
		f->v = mem_room(f->v, f->n, &room, sizeof *f->v);
		f->v[f->n].name = line;
		f->v[f->n++].value = colon + 1;
	}
}

static void
free_fields(struct fields *f)
{
	size_t i;

	for (i = 0; i < f->n; i++)
		free(f->v[i].name);
	free(f->v);
}

static void
put_fields(struct engine *e, const struct fields *f)
{
	size_t i;

	for (i = 0; i < f->n; i++)
		engine_header(e, f->v[i].name, f->v[i].value);
}

static void
step(struct engine *e, enum stage stage, struct cost *cost)
{
	struct reply reply = { .code = 0 };

	engine_step(e, stage, &reply);
	cost->code = reply.code;
	reply_clear(&reply);
}

static void
put_body(const struct piece part[PARTS], size_t size, struct buf *body)
{
	buf_put(body, part[2].at, part[2].n);
	while (part[3].n > 0 && body->len < size)
		buf_put(body, part[3].at, part[3].n);
	buf_put(body, part[4].at, part[4].n);
}

/* What is sent, in the form that the engine takes. */
struct mail {
	struct fields once, again;
	size_t times;		/* how often `again` comes */
	struct buf body;
};

static void
deliver(struct ruleset *rules, const struct mail *mail,
    struct cost *cost)
{
	struct engine *e = engine_new(rules, NULL);
	const struct buf *body = &mail->body;
	size_t at, use;
	struct ip ip;

	ip_parse("192.0.2.7", &ip);
	session_connect(engine_session(e), NULL, &ip);
	session_helo(engine_session(e), "mail.example.com");
	session_mail(engine_session(e), "a@a.example");
	put_fields(e, &mail->once);
	for (at = 0; at < mail->times; at++)
		put_fields(e, &mail->again);
	step(e, STAGE_HEADERS, cost);
	for (at = 0; at < body->len; at += use) {
		use = body->len - at < PIECE ? body->len - at : PIECE;
		engine_body(e, body->data + at, use);
	}
	step(e, STAGE_MESSAGE, cost);
	engine_free(e);
}

void
cost_of(struct cost_scale *scale, const uint8_t *data, size_t n,
    struct cost *cost)
{
	struct piece rest = { (const char *)data, n }, part[PARTS];
	struct mail mail = { .body = BUF_INIT };
	size_t i;

	if (scale->rules == NULL)
		scale->rules = load(scale->budget);
	for (i = 0; i < PARTS; i++)
		part[i] = next_part(&rest);
	read_fields(&mail.once, part[0]);
	read_fields(&mail.again, part[1]);
	if (part[1].n > 0)
		mail.times = scale->header / part[1].n + 1;
	put_body(part, scale->body, &mail.body);
	memset(cost, 0, sizeof *cost);
	cost->us = cpu_us();
	deliver(scale->rules, &mail, cost);
	cost->us = cpu_us() - cost->us;
	cost->bytes = mail.body.len;
	free_fields(&mail.once);
	free_fields(&mail.again);
	buf_free(&mail.body);
}

static void
no_host(void *arg, const char *host)
{
	(void)arg;
	(void)host;
}

static void
read_links(const uint8_t *data, size_t n, bool html)
{
	struct links *l = links_new(html, no_host, NULL);
	size_t done;

	for (done = 0; n > 0 && done < small.body; done += n)
		links_put(l, (const char *)data, n);
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
	struct cost cost;

	cost_of(&small, n > 0 ? data : (const uint8_t *)"", n, &cost);
	reached(cost.us);
	if (cost.us > BUDGET_US + SLACK_US)
		BUG("a message costs more than its budget");
	cost.us = cpu_us();
	read_links(data, n, false);
	read_links(data, n, true);
	if (cpu_us() - cost.us > SLACK_US)
		BUG("links cost too much");
	return 0;
}
