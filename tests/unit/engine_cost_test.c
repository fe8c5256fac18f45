/*
 * engine_cost_test - what the worst messages cost, and that the cost of
 * parsers grows with the message and not with its square
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "auth/author.h"
#include "base/buf.h"
#include "base/diag.h"
#include "engine/engine.h"
#include "engine/ruleset.h"
#include "mime/links.h"
#include "mime/mime.h"

#include "cost.h"

static void
repeat(struct buf *out, const char *start, const char *piece, size_t n)
{
	buf_puts(out, start);
	while (out->len < n)
		buf_puts(out, piece);
}

/* Parsers alone, without a budget: twice the input may cost a little more than
   twice, but not four times. */

static void
no_host(void *arg, const char *host)
{
	(void)arg;
	(void)host;
}

static void
parse_links(const struct buf *text, bool html)
{
	struct links *l = links_new(html, no_host, NULL);

	links_put(l, text->data, text->len);
	links_end(l);
	links_free(l);
}

static void
parse_plain(const struct buf *text)
{
	parse_links(text, false);
}

static void
parse_html(const struct buf *text)
{
	parse_links(text, true);
}

static void
no_event(void *arg, const struct mime_event *event)
{
	(void)arg;
	(void)event;
}

static void
parse_mime(const struct buf *text)
{
	struct mime *m = mime_new(no_event, NULL);

	mime_header(m, "Content-Type", "multipart/mixed; boundary=b");
	mime_headers_end(m, false);
	mime_body(m, text->data, text->len);
	mime_end(m);
	mime_free(m);
}

static void
parse_author(const struct buf *text)
{
	struct author a;

	author_of_text(&a, text->data);
	author_clear(&a);
}

static const struct {
	const char *name;
	void (*parse)(const struct buf *text);
	const char *start, *piece;
	size_t n;
} shapes[] = {
	{ "www rows", parse_plain, "", "&www.&www.&www.&www.&www.&www.&www.&"
	    "www.&www.&www.@a\xcc\x81\xcc\x82\xcc\x83\xcc\x84\xcc\x85.x ",
	    100000 },
	{ "www rows without end", parse_plain, "", "&www.", 100000 },
	{ "schemes", parse_plain, "", "http:http:http://", 200000 },
	{ "schemes in percents", parse_plain, "", "http%3a%2f%2f", 100000 },
	{ "schemes in base64", parse_plain, "", "aHR0cDovL", 100000 },
	{ "brackets", parse_plain, "", "[www.", 100000 },
	{ "entities", parse_html, "<a href='", "&am&#&uuml", 200000 },
	{ "comments in html", parse_html, "<!--", "<!--", 200000 },
	{ "boundaries", parse_mime, "", "--b\r\n", 500000 },
	{ "boundaries behind CR", parse_mime, "", "\r--\r\r--b", 500000 },
	{ "messages within files", parse_mime, "", "--b\r\nContent-Type: x/y; "
	    "name=a.eml\r\n\r\nContent-Type: x/y; name=b.eml\r\n\r\n", 200000 },
	{ "parameters", parse_mime, "--b\r\nContent-Type: x/y", ";name=a",
	    30000 },
	{ "pieces", parse_mime, "--b\r\nContent-Type: x/y", ";name*0=a",
	    30000 },
	{ "no parameters", parse_mime, "--b\r\nContent-Type: x/y;name=a",
	    ";a", 30000 },
	{ "comments", parse_mime, "--b\r\nContent-Type: x/y; name=a ", "(a) ",
	    30000 },
	{ "open comments", parse_mime, "--b\r\nContent-Type: x/y; name=a ",
	    "(", 30000 },
	{ "soft breaks", parse_mime, "--b\r\nContent-Transfer-Encoding: "
	    "quoted-printable\r\n\r\n", "= \t ", 200000 },
	{ "at signs", parse_author, "<", "@a.b ", 200000 },
	{ "angles", parse_author, "=?utf-8?q?", "<", 200000 },
};

static void
parse_shape(const void *arg, size_t size)
{
	size_t i = *(const size_t *)arg;
	struct buf text = BUF_INIT;

	repeat(&text, shapes[i].start, shapes[i].piece, size);
	shapes[i].parse(&text);
	buf_free(&text);
}

static void
test_parsers(void **state)
{
	int64_t took[2];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof shapes / sizeof shapes[0]; i++)
		if (!cost_is_linear(parse_shape, &i, shapes[i].n, 2, took))
			fail_msg("%s: %lld us, twice of it %lld us",
			    shapes[i].name, (long long)took[0],
			    (long long)took[1]);
}

/* Whole messages: the budget ends what nothing else does. */

static struct ruleset *
load(const char *content)
{
	struct diags d = DIAGS_INIT;
	struct buf config = BUF_INIT;
	struct ruleset *rules;

	buf_printf(&config, "name = \"mx.example.org\"\nmode = enforce\n"
	    "content { max-cpu = \"300 ms\" %s }\n", content);
	rules = ruleset_load_text("cost", config.data, &d);
	buf_free(&config);
	diags_free(&d);
	assert_non_null(rules);
	return rules;
}

static void
step(struct engine *e, enum stage stage, struct reply *reply)
{
	reply_clear(reply);
	*reply = (struct reply){ .code = 0 };
	engine_step(e, stage, reply);
}

/* Returns the CPU that it cost, in ms; *code what was replied. */
static long long
deliver(struct ruleset *rules, const char *field, const char *value,
    const struct buf *body, int *code)
{
	struct engine *e = engine_new(rules, NULL);
	struct reply reply = { .code = 0 };
	int64_t began = cost_cpu_us();
	size_t at, use;
	struct ip ip;

	ip_parse("192.0.2.7", &ip);
	session_connect(engine_session(e), NULL, &ip);
	session_mail(engine_session(e), "a@example.com");
	session_header(engine_session(e), field, value);
	step(e, STAGE_HEADERS, &reply);
	for (at = 0; at < body->len; at += use) {
		use = body->len - at < 65535 ? body->len - at : 65535;
		engine_body(e, body->data + at, use);
	}
	step(e, STAGE_MESSAGE, &reply);
	*code = reply.code;
	reply_clear(&reply);
	engine_free(e);
	return (cost_cpu_us() - began) / 1000;
}

/* ms: between two looks at the clock, sanitizers and all */
#define SLACK 700

static void
check_cost(const char *what, const char *content, const char *field,
    const char *value, const struct buf *body, int wanted)
{
	struct ruleset *rules = load(content);
	int code;
	long long spent = deliver(rules, field, value, body, &code);

	if (spent > 300 + SLACK || (wanted != 0 && code != wanted))
		fail_msg("%s: %lld ms, %d", what, spent, code);
	ruleset_release(rules);
}

static void
test_patterns(void **state)
{
	static const char rule[] = "body \"p\" { pattern = "
	    "\"/[a-z0-9]{200,}X/\" }";
	static const char header[] = "header \"X\" { pattern = "
	    "\"/[a-z0-9]{200,}X/\" } body \"p\" { pattern = \"/yy/\" }";
	struct buf body = BUF_INIT, none = BUF_INIT, run = BUF_INIT;

	(void)state;
	repeat(&body, "", "a", 3000000);
	check_cost("a run of letters", rule, "Subject", "x", &body, 0);
	buf_clear(&body);
	/* The X that the pattern ends in is there, but out of reach. */
	repeat(&run, "", "a", 4000);
	buf_puts(&run, " X ");
	repeat(&body, "", run.data, 3000000);
	check_cost("runs of letters", rule, "Subject", "x", &body, 450);
	buf_cut(&body, 1000000);
	check_cost("runs in a header", header, "X", body.data, &none, 450);
	buf_free(&body);
	buf_free(&run);
}

static bool
make(const char *program, struct buf *out)
{
	struct buf command = BUF_INIT;
	char piece[65536];
	size_t n;
	FILE *f;

	buf_printf(&command, "/usr/bin/python3 -c 'import io,sys,zipfile,bz2,"
	    "base64\no=sys.stdout\n%s'", program);
	f = popen(command.data, "r");
	while ((n = fread(piece, 1, sizeof piece, f)) > 0)
		buf_put(out, piece, n);
	buf_free(&command);
	return pclose(f) == 0;
}

/* Many small archives, each within its own bound. */
static void
test_archives(void **state)
{
	static const char rule[] = "attachments \"p\" { deny = {\"exe\"} }";
	static const char *const programs[] = {
		"b=bz2.compress(b\"ab\"*2000000)\nn=\"a.bz2\"",
		"i=io.BytesIO()\nz=zipfile.ZipFile(i,\"w\",zipfile.ZIP_BZIP2)\n"
		"z.writestr(\"a.zip\",b\"PK\\3\\4\"+b\"ab\"*1900000)\n"
		"z.close()\nb=i.getvalue()\nn=\"a.zip\"",
	};
	struct buf body = BUF_INIT, program = BUF_INIT;
	size_t i;

	(void)state;
	if (access("/usr/bin/python3", X_OK) != 0)
		skip();
	for (i = 0; i < 2; i++) {
		buf_clear(&body);
		buf_clear(&program);
		buf_printf(&program, "%s\nfor i in range(300):\n o.write("
		    "\"--b\\r\\nContent-Type: application/x; name=%%s\\r\\n"
		    "Content-Transfer-Encoding: base64\\r\\n\\r\\n%%s\\r\\n\"%%"
		    "(n,base64.b64encode(b).decode()))", programs[i]);
		assert_true(make(program.data, &body));
		check_cost(programs[i], rule, "Content-Type",
		    "multipart/mixed; boundary=b", &body, 0);
	}
	buf_free(&program);
	buf_free(&body);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parsers),
		cmocka_unit_test(test_patterns),
		cmocka_unit_test(test_archives),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
