/* checks_content_test - what the checks find that look into a message */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/diag.h"
#include "engine/engine.h"
#include "engine/ruleset.h"
#include "mime/archive.h"
#include "patience.h"

/* One file, d/run.exe; the second time its flag says that it is encrypted. */
#define ZIP \
    "UEsDBBQAAAAAAAAAIQCDFtyMAQAAAAEAAAAJAAAAZC9ydW4uZXhleFBLAQIUAxQA\r\n" \
    "AAAAAAAAIQCDFtyMAQAAAAEAAAAJAAAAAAAAAAAAAACAAQAAAABkL3J1bi5leGVQ\r\n" \
    "SwUGAAAAAAEAAQA3AAAAKAAAAAAA\r\n"
#define LOCKED_ZIP \
    "UEsDBBQAAQAAAAAAIQCDFtyMAQAAAAEAAAAJAAAAZC9ydW4uZXhleFBLAQIUAxQA\r\n" \
    "AQAAAAAAIQCDFtyMAQAAAAEAAAAJAAAAAAAAAAAAAACAAQAAAABkL3J1bi5leGVQ\r\n" \
    "SwUGAAAAAAEAAQA3AAAAKAAAAAAA\r\n"

static const char head[] =
    "name = \"mx.example.org\"\nmode = enforce\n"
    "relay { domains = {\"example.org\"} }\n"
    "reason \"message-malformed\" { action = reject }\n"
    "reason \"not-scannable\" { action = reject }\n";

/* What checks of content said of one message: "check reason key=value …". */
struct output {
	struct buf text;
};

static void
checked(void *arg, const struct check *check, enum stage stage,
    const struct finding *found, size_t n, int64_t us)
{
	struct output *output = arg;
	size_t i, j;

	(void)stage;
	(void)us;
	if (strcmp(check->section, "content") != 0)
		return;
	for (i = 0; i < n; i++) {
		buf_printf(&output->text, "%s%s %s",
		    output->text.len > 0 ? "; " : "", check->name,
		    reason_get(found[i].reason)->name);
		for (j = 0; j < found[i].n; j++)
			buf_printf(&output->text, " %s=%s",
			    evidence_name(found[i].evidence[j].key),
			    found[i].evidence[j].value);
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

static struct ruleset *
load(const char *config)
{
	struct diags d = DIAGS_INIT;
	struct buf text = BUF_INIT;
	struct ruleset *r;

	buf_printf(&text, "%scontent { %s }\n", head, config);
	r = ruleset_load_text("test", text.data, &d);
	if (r == NULL)
		diags_print(&d, stderr);
	assert_non_null(r);
	diags_free(&d);
	buf_free(&text);
	return r;
}

static void
step(struct engine *e, enum stage stage)
{
	struct reply reply = { .code = 0 };

	engine_step(e, stage, &reply);
	reply_clear(&reply);
}

static void
header(struct engine *e, const char *text)
{
	struct buf name = BUF_INIT, value = BUF_INIT;
	const char *end = text + strlen(text), *colon, *line_end;

	/* Not strstr(): under ASan each measures all that is left. */
	for (; text < end; text = line_end + 2) {
		colon = memchr(text, ':', (size_t)(end - text));
		line_end = memchr(text, '\r', (size_t)(end - text));
		buf_clear(&name);
		buf_put(&name, text, (size_t)(colon - text));
		buf_clear(&value);
		buf_put(&value, colon + 2, (size_t)(line_end - colon - 2));
		engine_header(e, name.data, value.data);
	}
	buf_free(&name);
	buf_free(&value);
}

/* One message, its body in pieces; twice, for nothing may be left of it. */
static char *
deliver(struct ruleset *r, const char *fields, const char *body, size_t n,
    size_t piece)
{
	struct output output = { BUF_INIT };
	struct engine_watcher watcher = { &output, checked, decided };
	struct engine *e = engine_new(r, NULL);
	struct session *s = engine_session(e);
	size_t at, use;
	struct ip ip;
	int round;

	ip_parse("198.51.100.7", &ip);
	engine_watch(e, &watcher);
	session_connect(s, NULL, &ip);
	step(e, STAGE_CONNECT);
	for (round = 0; round < 2; round++) {
		buf_clear(&output.text);
		session_mail(s, "a@example.com");
		step(e, STAGE_MAIL);
		session_rcpt(s, "u@example.org");
		step(e, STAGE_RCPT);
		header(e, fields);
		step(e, STAGE_HEADERS);
		for (at = 0; at < n; at += use) {
			use = n - at < piece ? n - at : piece;
			engine_body(e, body + at, use);
		}
		step(e, STAGE_MESSAGE);
		engine_reset(e);
	}
	engine_free(e);
	return buf_steal(&output.text);
}

#define PLAIN "Subject: x\r\n"
#define MIXED "Content-Type: multipart/mixed; boundary=b\r\n"
#define BODY "body \"p\" { pattern = \"/b+c/\" } "
#define FILES "attachments \"f\" { deny = {\"exe\"} double = yes } "

static const struct {
	const char *config, *fields, *body, *output;
} test_cases[] = {
	{ BODY, PLAIN, "abbbcd", "content_body body-pattern list=p "
	    "pattern=/b+c/ matched=bbbc type=text/plain" },
	{ BODY, "Content-Type: text/csv; name=\"a.csv\"\r\n", "abbbcd",
	    "content_body body-pattern list=p pattern=/b+c/ matched=bbbc "
	    "type=text/csv file=a.csv" },
	{ BODY, PLAIN, "", "" },
	{ BODY, PLAIN, "acb", "" },
	/* Not of what is no text, but of each text. */
	{ BODY, "Content-Type: image/png\r\n", "abbbcd", "" },
	{ BODY, MIXED, "bc\r\n--b\r\nContent-Type: image/png\r\n\r\nbc\r\n--b"
	    "\r\nContent-Type: text/html\r\nContent-Transfer-Encoding: "
	    "base64\r\n\r\nYmM=\r\n--b--\r\nbc", "content_body body-pattern "
	    "list=p pattern=/b+c/ matched=bc type=text/html" },
	{ "body \"p\" { pattern = \"/\xc3\xa9t\xc3\xa9/\" comment = "
	    "\"summer\" }", "Content-Type: text/plain; charset=iso-8859-1"
	    "\r\nContent-Transfer-Encoding: quoted-printable\r\n",
	    "l'=E9t=E9", "content_body body-pattern list=p pattern=/\xc3\xa9t"
	    "\xc3\xa9/ matched=\xc3\xa9t\xc3\xa9 type=text/plain "
	    "comment=summer" },
	/* One finding a block, in the order of the file. */
	{ "body \"p\" { pattern = {\"/a/\", \"/b/\"} } body \"q\" { pattern = "
	    "\"/c/\" }", PLAIN, "cab", "content_body body-pattern list=p "
	    "pattern=/a/ matched=a type=text/plain; content_body body-pattern "
	    "list=q pattern=/c/ matched=c type=text/plain" },
	{ "body \"p\" { pattern = \"/^a$/\" }", PLAIN, "ba\r\nab", "" },
	{ "header \"Subject\" { pattern = \"/cheap pills/\" }",
	    "Subject: =?utf-8?Q?cheap=20?= =?utf-8?B?cGlsbHM=?=\r\n", "",
	    "content_header header-pattern header=Subject "
	    "pattern=/cheap pills/ matched=cheap pills" },
	{ "header \"Subject\" { pattern = \"/utf-8/\" }",
	    "Subject: =?utf-8?Q?x?=\r\n", "", "content_header header-pattern "
	    "header=Subject pattern=/utf-8/ matched=utf-8" },
	{ FILES, MIXED, "--b\r\nContent-Disposition: attachment; filename="
	    "a.exe\r\n\r\nx\r\n--b--", "content_attachment attachment-banned "
	    "pattern=f file=a.exe type=text/plain detail=ends in .exe" },
	{ FILES, PLAIN, "begin 644 a.exe\r\n#86)C\r\n`\r\nend\r\n",
	    "content_attachment attachment-banned pattern=f file=a.exe "
	    "type=application/octet-stream detail=ends in .exe" },
	{ FILES, "Content-Type: text/plain; name=\"a.pdf.scr\"\r\n", "x",
	    "content_attachment attachment-banned pattern=f file=a.pdf.scr "
	    "type=text/plain detail=a program that looks like a document" },
	{ FILES "malformed-mime = no", "Content-Type: multipart/mixed\r\n",
	    "--b\r\nx", "" },
	/* Where something looks inside, what is ambiguous is said. */
	{ FILES, "Content-Type: multipart/mixed\r\n", "--b\r\nx",
	    "content_mime message-malformed detail=the boundary between its "
	    "parts is not given" },
	{ FILES, "Content-Type: image/png; name=a.png\r\n", "<html>",
	    "content_mime message-malformed detail=a file is not what its "
	    "name says" },
	{ FILES, "Content-Type: image/png; name=a.png\r\n", "\211PNG\r\n"
	    "\032\n", "" },
	{ FILES, "Content-Type: message/partial\r\n", "x",
	    "content_attachment not-scannable file=(no name) "
	    "type=message/partial detail=it is a piece of a message, or lies "
	    "elsewhere" },
	{ "attachments \"f\" { type = \"image/*\" }", "Content-Type: "
	    "IMAGE/png\r\n", "", "content_attachment attachment-banned "
	    "pattern=f file=(no name) type=image/png detail=is called "
	    "image/png" },
	{ "charsets-denied = {\"koi8-r\"}", "Content-Type: text/plain; "
	    "charset=KOI8-R\r\n", "x", "content_charset media-unsupported "
	    "type=text/plain; charset=KOI8-R charset=KOI8-R" },
	{ "charsets-denied = {\"koi8-r\"}", "Subject: =?koi8-r*ru?Q?x?=\r\n",
	    "x", "content_charset media-unsupported type=Subject; "
	    "charset=koi8-r charset=koi8-r" },
	{ "malformed-mime = yes", MIXED, "x", "content_mime message-malformed "
	    "detail=the last of its parts does not end; content_mime "
	    "message-malformed detail=none of its parts is there" },
	{ "malformed-mime = yes", MIXED, "--b\r\n\r\nx\r\n--b--\r\n", "" },
};

static void
tell(const char *what, size_t i, size_t piece, const char *got,
    const char *want)
{
	if (strcmp(got, want) != 0)
		fail_msg("%s %zu by %zu:\n%s\nnot\n%s", what, i, piece, got,
		    want);
}

static void
test_all_cases(void **state)
{
	static const size_t pieces[] = { 65535, 1, 7 };
	struct ruleset *r;
	size_t i, j;
	char *got;

	(void)state;
	for (i = 0; i < sizeof test_cases / sizeof test_cases[0]; i++) {
		r = load(test_cases[i].config);
		for (j = 0; j < 3; j++) {
			got = deliver(r, test_cases[i].fields,
			    test_cases[i].body, strlen(test_cases[i].body),
			    pieces[j]);
			tell("case", i, pieces[j], got, test_cases[i].output);
			free(got);
		}
		ruleset_release(r);
	}
}

static void
fill(struct buf *fields, size_t n)
{
	while (fields->len < n)
		buf_puts(fields, "X-Filler: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
		    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n");
}

/* Beyond the bound nothing but what decides is kept, and that is refused; yet
   all is looked at. */
static void
test_header_too_large(void **state)
{
	static const struct {
		const char *config, *fields, *issued;
	} cases[] = {
		{ "", PLAIN, "content_header_size header-too-large" },
		{ "header \"Subject\" { pattern = \"/x/\" }", PLAIN,
		    "header-pattern header=Subject" },
		{ "header \"X-Late\" { pattern = \"/x/\" }",
		    "X-Late \t: =?utf-8?q?ax?=\r\n",
		    "header-pattern header=X-Late pattern=/x/ matched=x" },
		{ "malformed = {\"8bit\"}", "X-Late: \xc3\xbc\r\n",
		    "message-malformed detail=its header has letters outside "
		    "ASCII header=X-Late" },
		{ "malformed = {\"from\"}", "From: a@a.x\r\nfrom : b@b.x\r\n",
		    "several From lines" },
		{ "malformed = {\"date\"}", PLAIN, "it has no date" },
	};
	struct buf fields = BUF_INIT;
	struct ruleset *r;
	size_t i;
	char *got;

	(void)state;
	for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		buf_clear(&fields);
		fill(&fields, 3 * SESSION_HEADER_BYTES);
		buf_puts(&fields, cases[i].fields);
		r = load(cases[i].config);
		got = deliver(r, fields.data, "x", 1, 100);
		if (strstr(got, cases[i].issued) == NULL)
			fail_msg("%zu: %s", i, got);
		free(got);
		ruleset_release(r);
	}
	buf_free(&fields);
}

/* Of those that are not kept so many are looked at, counted and no more: what
   a field costs does not grow with their number. */
static void
test_many_fields(void **state)
{
	struct ruleset *r = load(BODY "header \"X\" { pattern = \"/y/\" }");
	struct buf fields = BUF_INIT;
	size_t i;
	char *got;

	(void)state;
	fill(&fields, SESSION_HEADER_BYTES);
	for (i = 0; i < 150; i++)
		buf_puts(&fields, "Received: x\r\n");
	got = deliver(r, fields.data, "x", 1, 100);
	assert_non_null(strstr(got, "mail-loop count=150"));
	free(got);
	for (i = 0; i < 120000; i++)
		buf_puts(&fields, "A: b\r\n");
	buf_puts(&fields, "X: y\r\n");
	got = deliver(r, fields.data, "x", 1, 100);
	/* The second time that it comes. */
	assert_non_null(strstr(got, "content_complex not-scannable"));
	assert_non_null(strstr(got, "header fields past those that are kept "
	    "(at most 100000)"));
	assert_null(strstr(got, "header-pattern"));
	free(got);
	ruleset_release(r);
	buf_free(&fields);
}

static bool
looks_inside(void)
{
	struct buf none = BUF_INIT;

	return archive_names("PK\005\006\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0",
	    22, true, NULL, NULL, NULL, &none) != ARCHIVE_UNKNOWN;
}

static void
test_archives(void **state)
{
	static const char fields[] = "Content-Type: application/zip; "
	    "name=a.zip\r\nContent-Transfer-Encoding: base64\r\n";
	static const struct {
		const char *body, *output;
	} cases[] = {
		{ ZIP, "content_attachment attachment-banned pattern=f "
		    "file=d/run.exe type=application/zip detail=ends in .exe, "
		    "inside a.zip" },
		{ LOCKED_ZIP, "content_attachment attachment-banned pattern=f "
		    "file=d/run.exe type=application/zip detail=ends in .exe, "
		    "inside a.zip; content_attachment not-scannable file=a.zip "
		    "type=application/zip detail=an archive is encrypted" },
	};
	struct ruleset *r;
	size_t i;
	char *got;

	(void)state;
	if (!looks_inside())
		skip();
	r = load(FILES);
	for (i = 0; i < 2; i++) {
		got = deliver(r, fields, cases[i].body, strlen(cases[i].body),
		    20);
		tell("archive", i, 20, got, cases[i].output);
		free(got);
	}
	ruleset_release(r);
}

/* Wherever a match stands in a long text, and however it is cut. */
static void
test_everywhere(void **state)
{
	struct ruleset *r = load("body \"p\" { pattern = "
	    "\"/\\\\bneedle\\\\b/\" }");
	struct buf text = BUF_INIT;
	size_t at, n = 200000;
	char *got;

	(void)state;
	for (at = 0; at < n; at++)
		buf_putc(&text, at % 64 == 63 ? '\n' : 'x');
	for (at = 0; at + 8 < n; at += 997) {
		memcpy(text.data + at, " needle ", 8);
		got = deliver(r, PLAIN, text.data, n, 60000);
		assert_true(strstr(got, "matched=needle") != NULL);
		free(got);
		/* No word where a window ends: it goes on. */
		memcpy(text.data + at, "xneedlex", 8);
		got = deliver(r, PLAIN, text.data, n, 60000);
		assert_string_equal(got, "");
		free(got);
		memset(text.data + at, 'x', 8);
	}
	buf_free(&text);
	ruleset_release(r);
}

/* It costs its limit once, and the patterns beside it still find. */
static void
test_evil(void **state)
{
	struct ruleset *r = load("body \"evil\" { pattern = "
	    "\"/(a*a*a*a*)+[bd]$/\" } body \"good\" { pattern = \"/cc/\" }");
	struct buf text = BUF_INIT;
	int64_t began = clock_ms();
	char *got;
	int i;

	(void)state;
	for (i = 0; i < 1000000; i++)
		buf_putc(&text, 'a');
	buf_puts(&text, "\r\ncc");
	got = deliver(r, PLAIN, text.data, text.len, 65535);
	assert_string_equal(got, "content_body body-pattern list=good "
	    "pattern=/cc/ matched=cc type=text/plain");
	assert_true(clock_ms() - began < PATIENCE_MS);
	free(got);
	buf_free(&text);
	ruleset_release(r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all_cases),
		cmocka_unit_test(test_header_too_large),
		cmocka_unit_test(test_many_fields),
		cmocka_unit_test(test_archives),
		cmocka_unit_test(test_everywhere),
		cmocka_unit_test(test_evil),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
