/* pages_site_test - languages, ids in what is pasted, limits, places */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/escape.h"
#include "base/option.h"
#include "pages/explain_api.h"
#include "pages/index.h"
#include "pages/language.h"
#include "pages/limiter.h"
#include "pages/lookup.h"
#include "pages/options.h"
#include "words/reason.h"
#include "words/recognise.h"

static void
test_language(void **state)
{
	static const struct {
		const char *code, *accept, *chosen;
	} rows[] = {
		{ NULL, NULL, "en" },
		{ "de", NULL, "de" },
		{ "DE", "en", "de" },
		{ "xx", "de", "de" },
		{ NULL, "de-AT,en;q=0.5", "de" },
		{ NULL, "fr, en;q=0.4, de;q=0.7", "de" },
		{ NULL, "de;q=0.3,en;q=0.8", "en" },
		{ NULL, "de;q=0", "en" },
		{ NULL, ";q=,,,\xff;;;de", "en" },
		{ NULL, "", "en" },
		{ "", "de", "de" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof rows / sizeof rows[0]; i++)
		assert_string_equal(language_choose(rows[i].code,
		    rows[i].accept)->code, rows[i].chosen);
}

/* Every language says everything, with as many holes as English. */
static void
test_languages_are_whole(void **state)
{
	const struct language *l;
	size_t i;

	(void)state;
	for (l = languages; l->code != NULL; l++)
		for (i = 0; i < SPEECH_COUNT; i++) {
			assert_non_null(l->words[i]);
			assert_true(*l->words[i] != '\0');
			assert_int_equal(strstr(l->words[i], "{}") != NULL,
			    strstr(languages[0].words[i], "{}") != NULL);
		}
}

static void
test_find_id(void **state)
{
	static const struct {
		const char *text, *id;
	} rows[] = {
		{ "7K3M9QXD2H4T", "7K3M9QXD2H4T" },
		{ " 7k3m-9qxd-2h4t ", "7K3M9QXD2H4T" },
		{ "550 5.7.1 https://mx.example.org/why/7K3M9QXD2H4T",
		    "7K3M9QXD2H4T" },
		{ "550 5.7.1 https://mx/why/7K3M9QXD2H4T\r\n>",
		    "7K3M9QXD2H4T" },
		{ "Questions: write to a@b and quote 7K3M9QXD2H4T",
		    "7K3M9QXD2H4T" },
		{ "550 5.7.1 https://mx/why/7K3M9QXD2H4T0Z\r\n>",
		    "7K3M9QXD2H4T0Z" },
		{ "550 5.7.1 https://mx/why/7K3M9QXD2H4T to",
		    "7K3M9QXD2H4T" },
		{ "write to a@b and quote the id 7K3M9QXD2H4T0Z",
		    "7K3M9QXD2H4T0Z" },
		{ "at 20260102030405 it was refused", NULL },
		{ "the correspondence of everybody", NULL },
		{ "an intermediate word", NULL },
		{ "/why/", NULL }, { "/why/short", NULL }, { "", NULL },
	};
	char id[RECORD_ID_TEXT];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		assert_int_equal(record_id_find(rows[i].text,
		    strlen(rows[i].text), id), rows[i].id != NULL);
		if (rows[i].id != NULL)
			assert_string_equal(id, rows[i].id);
	}
}

static void
test_lookup(void **state)
{
	static const struct {
		const char *text;
		int reason;
	} rows[] = {
		{ "550 5.1.1 <x@y.example>: Recipient address rejected: User "
		    "unknown in local recipient table",
		    REASON_MAILBOX_UNKNOWN },
		{ "Nov 24 18:32:15 mx postfix/smtp[1]: 4XyZ12345: to=<x@y>, "
		    "relay=h[192.0.2.1]:25, dsn=5.7.1, status=bounced (host "
		    "h[192.0.2.1] said: 554 5.7.1 <x@y>: Relay access denied "
		    "(in reply to RCPT TO command))", REASON_RELAY_DENIED },
		{ "From: MAILER-DAEMON@x.example\nContent-Type: multipart/"
		    "report; report-type=delivery-status; boundary=b\n\n"
		    "--b\nContent-Type: message/delivery-status\n\n"
		    "Reporting-MTA: dns; x.example\n\n"
		    "Final-Recipient: rfc822; x@y.example\nAction: failed\n"
		    "Status: 5.2.2\nDiagnostic-Code: smtp; 552 5.2.2 Mailbox "
		    "full\n\n--b--\n", REASON_MAILBOX_FULL },
		{ "hello", REASON_NONE }, { "", REASON_NONE },
		{ "<script>alert(1)</script>", REASON_NONE },
	};
	struct recognised r;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		assert_int_equal(lookup_reply(rows[i].text,
		    strlen(rows[i].text), &r), rows[i].reason != REASON_NONE);
		assert_int_equal(r.reason, rows[i].reason);
	}
}

static void
test_limiter(void **state)
{
	struct limiter *l = limiter_new(3);
	int i;

	(void)state;
	for (i = 0; i < 3; i++)
		assert_true(limiter_allows(l, "192.0.2.1", 1000));
	assert_false(limiter_allows(l, "192.0.2.1", 1000));
	assert_true(limiter_allows(l, "192.0.2.2", 1000));
	assert_false(limiter_allows(l, "192.0.2.1", 11000));
	assert_true(limiter_allows(l, "192.0.2.1", 22000));
	for (i = 0; i < 3; i++)
		assert_true(limiter_allows(l, "2001:db8::1", 1000));
	assert_false(limiter_allows(l, "2001:db8::2", 1000));
	assert_true(limiter_allows(l, NULL, 1000));
	limiter_free(l);
	l = limiter_new(0);
	for (i = 0; i < 1000; i++)
		assert_true(limiter_allows(l, "192.0.2.1", 1000));
	limiter_free(l);
}

static void
test_paths(void **state)
{
	static const struct {
		const char *spec;
		bool good;
	} rows[] = {
		{ "inet:8093@127.0.0.1", true },
		{ "inet6:8093@::1", true },
		{ "unix:/run/saywhy/page.sock", true },
		{ "fd:3", true },
		{ "inet:80@0.0.0.0", false },
		{ "inet:80@192.0.2.1", false },
		{ "inet6:80@::", false },
		{ "inet:80@localhost", false },
		{ "nonsense", false },
	};
	const struct option *row = option_find(page_option_rows,
	    "page-listen");
	struct page_options o = { .listen = NULL };
	struct buf errmsg = BUF_INIT;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		buf_clear(&errmsg);
		assert_int_equal(option_set(row, &o, rows[i].spec, &errmsg),
		    rows[i].good);
		assert_int_equal(errmsg.len > 0, !rows[i].good);
	}
	option_clear(page_option_rows, &o);
	buf_free(&errmsg);
}

static void
test_visible(void **state)
{
	static const struct {
		const char *text, *output;
	} rows[] = {
		{ "plain \\ \"q\"", "plain \\ &quot;q&quot;" },
		{ "<b>&'", "&lt;b&gt;&amp;&#39;" },
		{ "a\x1b[1m", "a\\u001b[1m" },
		{ "\xe2\x80\xae!", "\\u202e!" },
		{ "\xff", "\xef\xbf\xbd" },
		{ "gr\xc3\xbc\xc3\x9f", "gr\xc3\xbc\xc3\x9f" },
		{ "", "" },
	};
	struct buf out = BUF_INIT;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		buf_clear(&out);
		escape_put_html(&out, rows[i].text, strlen(rows[i].text));
		assert_string_equal(out.data, rows[i].output);
	}
	buf_free(&out);
}

/* A code of four bytes has an answer of 600: of 256 KB it would be 40 MB. */
static void
test_explain_has_a_bound(void **state)
{
	static const struct {
		const char *before, *piece;
		size_t times;
		const char *after, *type;
		int status;
	} rows[] = {
		{ "", "550\n", 1000, "", "text/plain", 200 },
		{ "", "550\n", 65535, "", "text/plain", 413 },
		{ "", "5.1.1\n", 43690, "", "message/rfc822", 413 },
		{ "", "550 x\n", 43690, "", NULL, 413 },
		{ "{\"text\":\"", "550\\n", 50000, "\"}",
		    "application/json", 413 },
	};
	struct http_request r = { .path = "/explain", .post = true };
	size_t i, n;

	(void)state;
	for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct http_answer a = { .location = BUF_INIT,
			.body = BUF_INIT };
		struct buf text = BUF_INIT;

		buf_puts(&text, rows[i].before);
		for (n = 0; n < rows[i].times; n++)
			buf_puts(&text, rows[i].piece);
		buf_puts(&text, rows[i].after);
		r.type = rows[i].type;
		r.body_n = text.len;
		r.body = text.data;
		explain_api_answer(&r, &a);
		assert_int_equal(a.status, rows[i].status);
		assert_in_range(a.body.len, 10, a.status == 200 ? 1 << 20 :
		    1000);
		buf_free(&a.body);
		buf_free(&text);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_language),
		cmocka_unit_test(test_languages_are_whole),
		cmocka_unit_test(test_find_id),
		cmocka_unit_test(test_lookup),
		cmocka_unit_test(test_limiter),
		cmocka_unit_test(test_paths),
		cmocka_unit_test(test_visible),
		cmocka_unit_test(test_explain_has_a_bound),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
