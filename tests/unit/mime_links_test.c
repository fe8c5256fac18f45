/* mime_links_test - where links lead, in plain text and in HTML */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "idn_rows.h"
#include "mime/links.h"
#include "mime/mime.h"
#include "mime/url.h"

static const struct url {
	const char *text, *host;	/* NULL: it leads to none */
} urls[] = {
	{ "http://example.org", "example.org" },
	{ "HTTPS://Example.ORG./x?y#z", "example.org" },
	{ "ftp://example.org:21/", "example.org" },
	{ "http:example.org", "example.org" },
	{ "http:/example.org", "example.org" },
	{ "http:////example.org//x", "example.org" },
	{ "http:\\\\example.org\\x", "example.org" },
	{ "//example.org/x", "example.org" },
	{ "\\/example.org/x", "example.org" },
	{ " \thtt\np://exa\r\nmple.org", "example.org" },
	{ "http://user:pass@example.org:80/", "example.org" },
	{ "http://bank.example@example.org/", "example.org" },
	{ "http://bank.example%2f@example.org/", "example.org" },
	{ "http://a@b@example.org/", "example.org" },
	{ "http://bank.example\\@example.org/", "bank.example" },
	{ "http://ex%61mple.%6frg/", "example.org" },
	{ "http://b\xc3\xbc" "cher.example/", "xn--bcher-kva.example" },
	{ "http://b%C3%BCcher.example/", "xn--bcher-kva.example" },
	{ "http://example\xe3\x80\x82org/", "example.org" },
	{ "http://\xef\xbd\x85xample.org/", "example.org" },
	{ "http://exam\xc2\xadple.org/", "example.org" },
	{ "http://192.0.2.7/", "192.0.2.7" },
	{ "http://3221225991/", "192.0.2.7" },
	{ "http://0xc0.0.2.7/", "192.0.2.7" },
	{ "http://0300.0.2.07/", "192.0.2.7" },
	{ "http://0xC0000207", "192.0.2.7" },
	{ "http://192.0.519/", "192.0.2.7" },
	{ "http://192.0.2.7./", "192.0.2.7" },
	{ "http://%31%39%32.0.2.7/", "192.0.2.7" },
	{ "http://\357\274\221\357\274\231\357\274\222.0.2.7/", "192.0.2.7" },
	{ "http://192\343\200\2020\343\200\2022\343\200\2027/",
	    "192.0.2.7" },
	{ "http://\357\274\223221225991/", "192.0.2.7" },
	{ "http://1\357\274\2212.0.2.256/", NULL },
	{ "file://example.org/share", "example.org" },
	{ "file:///\\\\example.org\\share", "example.org" },
	{ "smb:\\\\example.org\\x", "example.org" },
	{ "file:///c:/x", NULL },
	{ "file:///a.example/x", NULL },
	{ "file:////a.example/x", "a.example" },
	{ "http://[2001:db8::7]:80/", "[2001:db8::7]" },
	{ "http://[::ffff:192.0.2.7]/", "192.0.2.7" },
	{ "http://192.0.2.256/", NULL },
	{ "http://4294967296/", NULL },
	{ "http://1.2.3.4.5/", NULL },
	{ "http://[2001:db8::7/", NULL },
	{ "http://localhost/", NULL },
	{ "http:///", NULL },
	{ "http://", NULL },
	{ "http://a..b/", NULL },
	{ "http://-a.example/", "-a.example" },
	{ "http://a-.b-.example/", "a-.b-.example" },
	{ "http://\xf0\x9f\x92\xa9.la/", "xn--ls8h.la" },
	{ "http://i\xe2\x9d\xa4\xef\xb8\x8f.example/", "xn--i-7iq.example" },
	{ "http://a!b.c.example/", "c.example" },
	{ "http://x.a(b.example/", NULL },
	{ "http://a_b.example/", "a_b.example" },
	{ "http://%/", NULL },
	{ "http://ex%00ample.org", NULL },
	{ "mailto:a@example.org", NULL },
	{ "javascript:x('//example.org')", NULL },
	{ "/x/y", NULL },
	{ "example.org/x", NULL },
	{ "#x", NULL },
	{ "", NULL },
};

static void
test_urls(void **state)
{
	const struct url *u;

	(void)state;
	for (u = urls; u < urls + sizeof urls / sizeof *urls; u++) {
		struct buf host = BUF_INIT;
		bool found;

		if (idn_is_out_of_reach(u->text) ||
		    idn_is_out_of_reach(u->host))
			continue;
		found = url_put_host(&host, u->text, strlen(u->text));
		if (found != (u->host != NULL) ||
		    strcmp(host.data, found ? u->host : "") != 0)
			fail_msg("%s: %s", u->text, host.data);
		buf_free(&host);
	}
}

/* A text, and the hosts found, by blanks. */
static const struct test_case {
	bool html;
	const char *text, *hosts;
} test_cases[] = {
	{ false, "see http://a.example, or (https://b.example/x).",
	    "a.example b.example" },
	{ false, "<http://a.example>\"http://b.example\"'ftp://c.example'",
	    "a.example b.example c.example" },
	{ false, "www.a.example and WWW.b.example. www. x@www.c.example "
	    "http://www.d.example", "www.a.example www.b.example "
	    "www.d.example" },
	{ false, "http://a.example/?u=http://b.example", "a.example "
	    "b.example" },
	{ false, "a.example http:a.example http//a.example", "" },
	{ false, "http://user@a.example:80/x", "a.example" },
	{ false, "http://a.example&x=1 http://192.0.2.7!", "a.example "
	    "192.0.2.7" },
	{ false, "http://a.example/?u=http%3A%2F%2Fb.example%2F", "a.example "
	    "b.example" },
	{ false, "http://a.example/?u=https%253A%252F%252Fb.example%252F&c",
	    "a.example b.example" },
	{ false, "http://a.example/r/aHR0cHM6Ly9iLmV4YW1wbGUveA==", "a.example "
	    "b.example" },
	{ false, "&www.a&www.b@c.example&www.d", "c.example "
	    "www.d" },
	{ false, "&www.a&www.b@c.example", "c.example" },
	{ true, "<a href=\"https://a.example/?q=https://b.example/x&amp;s\">",
	    "a.example b.example" },
	{ true, "<a href=\"https://a.example/?q=https%3a%2f%2fb.example/\">",
	    "a.example b.example" },
	{ true, "<a href=\"http://b&uuml;cher.example/\">",
	    "xn--bcher-kva.example" },
	{ true, "<a href=\"http://a&ZeroWidthSpace;b&NoBreak;c.example/\">",
	    "abc.example" },
	{ true, "<a href=\"http://a.example/x\">b</a>", "a.example" },
	{ true, "<A HREF=http://a.example/x?y>", "a.example" },
	{ true, "<a\nhref\n=\n'http://a.example'\n>", "a.example" },
	{ true, "<a href=http://a.example>x", "a.example" },
	{ true, "<a/href=\"//a.example\"/>", "a.example" },
	{ true, "<a title=\">\" href=\"//a.example\">", "a.example" },
	{ true, "<a title='x' href=\"http&colon;&#47;&#x2f;a&period;example"
	    "\">", "a.example" },
	{ true, "<a href=\"http://a&#46example&#x2f;b\">", "a.example" },
	{ true, "<a href=\"&#104;ttp:&#9;//a.exam&Tab;ple\">", "a.example" },
	{ true, "<a href=\"/x\"><a href=\"mailto:a@a.example\">", "" },
	{ true, "<img src=//a.example/x><form action='http://b.example'>"
	    "<body background=\"http://c.example\">", "a.example b.example "
	    "c.example" },
	{ true, "<meta http-equiv=refresh content=\"0; url=http://a.example"
	    "\">", "a.example" },
	{ true, "<div style=\"background:url('http://a.example/x')\">",
	    "a.example" },
	{ true, "<img srcset=\"http://a.example/1 1x, http://b.example/2 2x"
	    "\">", "a.example b.example" },
	{ false, "http://a.example\344\275\240\345\245\275",
	    "a.example a.xn--example-s45ku56e" },
	{ false, "http:\\\\a.example\\x", "a.example" },
	{ false, "http://b\303\274cher.example", "xn--bcher-kva.example" },
	{ true, "text http://a.example <b>http://b.example</b>", "a.example "
	    "b.example" },
	{ true, "http://a&period;example<br>", "a.example" },
	{ true, "<!-- http://a.example --><a href=//b.example>", "a.example "
	    "b.example" },
	{ true, "<!--[if mso]><a href=\"http://a.example\"><![endif]-->",
	    "a.example" },
	{ true, "<!--><a href=//a.example>", "a.example" },
	{ true, "<!---><a href=//a.example>-->", "a.example" },
	{ true, "<!doctype html><a href=//a.example>", "a.example" },
	{ true, "<script>if (a<b) x=\"</x>\";</script><a href=//a.example>",
	    "a.example" },
	{ true, "<style>p{background:url(http://a.example/)}</style>"
	    "<a href=//b.example>", "a.example b.example" },
	{ true, "<script>x</scripty></script ><a href=//a.example>",
	    "a.example" },
	{ true, "<title>\"</title><a href=//a.example>", "a.example" },
	{ true, "a < b <a href=//a.example> c > d", "a.example" },
	{ true, "</a href=x><a href=//a.example>", "a.example" },
	{ true, "<a href=\"http://a.example", "a.example" },
	{ true, "<a b=c=d href=//a.example>", "a.example" },
	{ true, "<a href=\"\" HREF=\"//a.example\">", "a.example" },
	{ true, "&amp;&nosuch;&#;&#x; http://a.example", "a.example" },
	{ true, "<a href=\"http&#000000000000000000000000000058;//a.example\">",
	    "a.example" },
	{ true, "<a href=\"&#x0000000000000000000000000068;ttp://a.example\">",
	    "a.example" },
	{ true, "<a href=\"http:&#0x2f;a.example\">", "" },
	/* another reading of what is no markup to a browser */
	{ true, "<!--[if mso]><a href=\"http&#58;//a.example\"><![endif]-->",
	    "a.example" },
	{ true, "<!--[if mso]><a href=//a.example><![endif]--><a href=//b."
	    "example>", "a.example b.example" },
	{ true, "<svg><title><a href=//a.example></title><b>http://b.example",
	    "a.example b.example" },
	{ true, "<title/><a href=//a.example>", "a.example" },
	{ true, "<iframe srcdoc=\"&lt;a href=//a.example&gt;\" src=//b.example"
	    ">", "a.example b.example" },
	{ true, "<!-- <a title=\" --><a href=//a.example>", "a.example" },
	/* any attribute */
	{ true, "<img srcset=\"//a.example/x 1x, http://b.example 2x\">",
	    "a.example b.example" },
	{ true, "<svg xmlns:q=x><a q:href='https:/a.example'>", "a.example" },
	{ true, "<p title='a: //b.example' alt='x//c.example'>", "" },
	{ true, "<meta content=\"0;url=//a.example\">", "a.example" },
	{ true, "<meta content=\"0 ; URL = 'ht\ntp:a.example'\">",
	    "a.example" },
	{ true, "<meta content=\"5,//a.example\">", "a.example" },
	{ true, "<meta content=\"width=1, url=//a.example\">", "" },
};

static void
on_host(void *arg, const char *host)
{
	struct buf *hosts = arg;

	buf_printf(hosts, "%s%s", hosts->len > 0 ? " " : "", host);
}

/* In pieces of this size. */
static void
play(const struct test_case *s, size_t piece)
{
	struct buf hosts = BUF_INIT;
	struct links *l = links_new(s->html, on_host, &hosts);
	size_t n = strlen(s->text), at;

	for (at = 0; at < n; at += piece)
		links_put(l, s->text + at, n - at < piece ? n - at : piece);
	links_end(l);
	links_free(l);
	if (strcmp(hosts.data, s->hosts) != 0)
		fail_msg("%s: %s", s->text, hosts.data);
	buf_free(&hosts);
}

/* Lines that some programs join: a link goes on in the next one. */
static void
test_joined(void **state)
{
	static const struct {
		enum mime_joined joined;
		const char *text, *hosts;
	} rows[] = {
		{ MIME_FLOWED, "http://a.exam \r\nple/ http://b.example",
		    "a.example b.example" },
		{ MIME_FLOWED, "http://a.exam \nple", "a.example" },
		{ MIME_FLOWED, "http://a.example\r\nx  y", "a.example" },
		{ MIME_UNFOLDED, "URL:http://a.exa\r\n mple.or\n\tg/\r\nX:",
		    "a.example.org" },
		{ MIME_UNFOLDED, "URL:http://a.example\r\nX: y",
		    "a.example" },
		{ MIME_NOT_JOINED, "http://a.example \nple", "a.example" },
	};
	size_t i, piece, at, n;

	(void)state;
	for (i = 0; i < sizeof rows / sizeof rows[0]; i++)
		for (piece = 1; piece < 64; piece += 31) {
			struct buf hosts = BUF_INIT;
			struct links *l = links_new(false, on_host, &hosts);

			links_join(l, rows[i].joined);
			n = strlen(rows[i].text);
			for (at = 0; at < n; at += piece)
				links_put(l, rows[i].text + at,
				    n - at < piece ? n - at : piece);
			links_end(l);
			links_free(l);
			assert_string_equal(hosts.data, rows[i].hosts);
			buf_free(&hosts);
		}
}

static void
test_all_cases(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof test_cases / sizeof *test_cases; i++) {
		play(&test_cases[i], 1000);
		play(&test_cases[i], 1);
		play(&test_cases[i], 3);
	}
}

/* Words and values without end cost no memory and hide no link. */
static void
test_long(void **state)
{
	struct buf text = BUF_INIT;
	int i;

	(void)state;
	for (i = 0; i < 1000; i++)
		buf_printf(&text, "xxxxxxx/http://h%d.example/", i);
	for (i = 0; i < 2; i++) {
		struct buf hosts = BUF_INIT;
		struct links *l = links_new(i == 1, on_host, &hosts);

		links_put(l, text.data, text.len);
		links_end(l);
		links_free(l);
		assert_non_null(strstr(hosts.data, "h0.example h1.example"));
		assert_non_null(strstr(hosts.data, " h999.example"));
		/* Each of them once. */
		assert_int_equal(hosts.len, 12889);
		buf_free(&hosts);
	}
	buf_free(&text);
}

/* Much before the host that is no part of it. */
static void
test_far(void **state)
{
	static const struct {
		const char *start, *fill, *end, *host;
	} rows[] = {
		{ "<a href=\"", " ", "http://a.example/\">", "a.example" },
		{ "<a href=\"http://a.ex", "\n", "ample/\">", "a.example" },
		{ "<a href=\"http://a.ex", "&Tab;", "ample/\">", "a.example" },
		{ "<a href=\"http://a.ex", "\302\255", "ample/\">",
		    "a.example" },
		{ "<a href=\"http://", "a", "@a.example/\">", "a.example" },
		{ "<a href=\"", "/", "a.example/\">", "a.example" },
		{ "<a href=\"http://a.example/", "a", "@b.example/\">",
		    "a.example" },
		{ "<a href=\"http://a.example?", "a", "@b.example/\">",
		    "a.example" },
	};
	size_t i, n;

	(void)state;
	for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct buf text = BUF_INIT;

		buf_puts(&text, rows[i].start);
		for (n = 0; n < 7000; n++)
			buf_puts(&text, rows[i].fill);
		buf_puts(&text, rows[i].end);
		play(&(struct test_case){ true, text.data, rows[i].host },
		    text.len);
		play(&(struct test_case){ true, text.data, rows[i].host }, 1);
		buf_free(&text);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_urls),
		cmocka_unit_test(test_all_cases),
		cmocka_unit_test(test_joined),
		cmocka_unit_test(test_long),
		cmocka_unit_test(test_far),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
