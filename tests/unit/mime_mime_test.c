/* mime_mime_test - what a message is taken apart into, however it is cut */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/mem.h"
#include "mime/mime.h"

/* Shown as "type{names|bytes|text if other|faults}", parts of a container
   between the braces. */
struct shown {
	struct buf out, bytes, text;
	bool open;
};

static void
show_bytes(struct shown *s)
{
	if (!s->open)
		return;
	buf_put(&s->out, s->bytes.data, s->bytes.len);
	if (s->text.len > 0 && (s->text.len != s->bytes.len ||
	    memcmp(s->text.data, s->bytes.data, s->text.len) != 0)) {
		buf_putc(&s->out, '|');
		buf_put(&s->out, s->text.data, s->text.len);
	}
	buf_clear(&s->bytes);
	buf_clear(&s->text);
	s->open = false;
}

static void
show_faults(struct shown *s, unsigned faults)
{
	unsigned bit;

	for (bit = 1; faults != 0; bit <<= 1, faults >>= 1)
		if (faults & 1)
			buf_printf(&s->out, "!%s",
			    mime_fault_words((enum mime_fault)bit));
}

static void
reported(void *arg, const struct mime_event *e)
{
	struct shown *s = arg;
	size_t i;

	switch (e->what) {
	case MIME_BEGIN:
		show_bytes(s);
		buf_printf(&s->out, "%s{", e->part->type);
		for (i = 0; i < e->part->nnames; i++)
			buf_printf(&s->out, "%s|", e->part->names[i]);
		s->open = !e->part->container;
		break;
	case MIME_BYTES:
		assert_true(e->n > 0);
		s->open = true;
		buf_put(&s->bytes, e->bytes, e->n);
		break;
	case MIME_OTHER:
		break;
	case MIME_TEXT:
		assert_true(e->n > 0);
		buf_put(&s->text, e->bytes, e->n);
		break;
	case MIME_END:
		show_bytes(s);
		if (e->part->number > 1)
			show_faults(s, e->part->faults);
		buf_puts(&s->out, "}");
		break;
	}
}

/* Header fields go as the MTA gives them, folded lines and all. */
static const char *
feed_header(struct mime *m, const char *text)
{
	struct buf name = BUF_INIT, value = BUF_INIT;
	const char *colon, *end;

	while (*text != '\0' && strncmp(text, "\r\n", 2) != 0) {
		colon = strchr(text, ':');
		for (end = strstr(colon, "\r\n"); end[2] == ' ' ||
		    end[2] == '\t'; end = strstr(end + 2, "\r\n"))
			;
		buf_clear(&name);
		buf_put(&name, text, (size_t)(colon - text));
		buf_clear(&value);
		colon += 1 + (colon[1] == ' ');
		buf_put(&value, colon, (size_t)(end - colon));
		mime_header(m, name.data, value.data);
		text = end + 2;
	}
	buf_free(&name);
	buf_free(&value);
	mime_headers_end(m, false);
	return *text != '\0' ? text + 2 : text;
}

static char *
show(const char *message, size_t piece)
{
	struct shown s = { BUF_INIT, BUF_INIT, BUF_INIT, false };
	struct mime *m = mime_new(reported, &s);
	const char *body = feed_header(m, message);
	size_t n = strlen(body), use;

	for (; n > 0; n -= use, body += use) {
		use = n < piece ? n : piece;
		mime_body(m, body, use);
	}
	mime_end(m);
	mime_free(m);
	buf_free(&s.bytes);
	buf_free(&s.text);
	return buf_steal(&s.out);
}

#define H(type) "Subject: x\r\nContent-Type: " type "\r\n"
#define MIXED H("multipart/mixed; boundary=b") "\r\n"

static const struct {
	const char *message, *shown;
} cases[] = {
	{ "Subject: x\r\n\r\nHello\r\n", "text/plain{Hello\r\n}" },
	{ "Subject: x\r\n\r\n", "text/plain{}" },
	{ H("TEXT/Html (really) ; charset=UTF-8") "\r\n<p>\r\n--b\r\n",
	    "text/html{<p>\r\n--b\r\n}" },
	{ H("nonsense") "\r\nx", "text/plain{x}" },
	/* multipart */
	{ MIXED "pre\r\n--b\r\n\r\none\r\n--b\r\nContent-Type: text/html\r\n"
	    "\r\ntwo\r\n\r\n--b--\r\npost\r\n--b\r\n\r\nno\r\n",
	    "multipart/mixed{text/plain{one}text/html{two\r\n}"
	    "text/plain{no\r\n}"
	    "}" },
	{ MIXED "--b  \r\n\r\none\r\n--bx\r\n --b\r\n--b-- \t\r\n",
	    "multipart/mixed{text/plain{one\r\n--bx\r\n --b"
	    "!a line begins as the boundary between its parts, and goes on}}" },
	{ MIXED "--b\n\none\n--b\rX: y\r\rtwo\n--b--\n",
	    "multipart/mixed{text/plain{one\n--b\rX: y\r\rtwo"
	    "!a line ends in a way that only some programs see}}" },
	{ MIXED "--b\nContent-Type: multipart/mixed; boundary=bx\n\n"
	    "--bx\n\none\n--bx--\n--b--\n",
	    "multipart/mixed{multipart/mixed{text/plain{one}}}" },
	{ MIXED "--b\nContent-Type: text/html\n\none\n--b--\n",
	    "multipart/mixed{text/html{one}}" },
	{ MIXED "--b\r\n--b\r\nX: y\r\n--b--", "multipart/mixed{text/plain{}"
	    "text/plain{}}" },
	{ MIXED "--b\r\n\r\none\r\n", "multipart/mixed{text/plain{one\r\n}}" },
	{ MIXED "nothing", "multipart/mixed{}" },
	{ H("multipart/mixed") "\r\n--b\r\n\r\none",
	    "multipart/mixed{--b\r\n\r\none}" },
	{ H("multipart/mixed;\r\n\tboundary=\"a b\\\"c\"") "\r\n--a b\"c\r\n"
	    "\r\none\r\n--a b\"c--", "multipart/mixed{text/plain{one}}" },
	{ H("multipart/digest; boundary=b") "\r\n--b\r\n\r\nSubject: y\r\n"
	    "\r\nhi\r\n--b--", "multipart/digest{message/rfc822{text/plain{hi}"
	    "}}" },
	{ MIXED "--b\r\nno field\r\ntwo\r\n--b--", "multipart/mixed{text/plain{"
	    "no field\r\ntwo!no empty line follows the header of a part}}" },
	/* within each other, the inner one not closed */
	{ MIXED "--b\r\nContent-Type: multipart/alternative; boundary=bb\r\n"
	    "\r\n--bb\r\n\r\none\r\n--bb\r\n\r\ntwo\r\n--b\r\n\r\nthree\r\n"
	    "--b--\r\n", "multipart/mixed{multipart/alternative{text/plain{one}"
	    "text/plain{two}!the last of its parts does not end}"
	    "text/plain{three}}" },
	{ MIXED "--b\r\nContent-Type: message/rfc822\r\n\r\nContent-Type: "
	    "multipart/mixed; boundary=c\r\n\r\n--c\r\n\r\none\r\n--c--\r\n"
	    "--b--", "multipart/mixed{message/rfc822{multipart/mixed{"
	    "text/plain{one}}}}" },
	/* encodings */
	{ "Content-Transfer-Encoding: BASE64 (x)\r\n\r\nSGVs\r\nbG8=\r\n",
	    "text/plain{Hello}" },
	{ MIXED "--b\r\nContent-Transfer-Encoding: base64\r\n\r\n"
	    "SG!VsQQ==QQ\r\n"
	    "--b--", "multipart/mixed{text/plain{Hel\x41\x41!base64 is "
	    "interrupted or broken}}" },
	{ "Content-Transfer-Encoding: quoted-printable\r\n\r\na=3Db=\r\nc=3d "
	    "=\nd\r\n", "text/plain{a=bc= d\r\n}" },
	{ MIXED "--b\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
	    "=4x==41=\r\n--b--", "multipart/mixed{text/plain{=4x=A"
	    "!quoted-printable is broken}}" },
	{ MIXED "--b\r\nContent-Transfer-Encoding: rot13\r\n\r\nuryyb\r\n--b--",
	    "multipart/mixed{text/plain{uryyb!a part is encoded in an unknown "
	    "way}}" },
	{ "Subject: x\r\n\r\nsee\r\nbegin 644 a b.exe\r\n#86)C\r\n`\r\nend\r\n"
	    "bye\r\n", "text/plain{see\r\nbegin 644 a b.exe\r\n"
	    "application/octet-stream{a b.exe|abc}bye\r\n}" },
	{ "Subject: x\r\n\r\nbegin 644 the day\r\nwith a song\r\n",
	    "text/plain{begin 644 the day\r\nwith a song\r\n}" },
	/* charsets */
	{ H("text/plain; charset=\"iso-8859-1\"") "\r\n\xe9t\xe9",
	    "text/plain{\xe9t\xe9|\xc3\xa9t\xc3\xa9}" },
	{ H("text/plain; charset=utf-16le") "\r\nh\n",
	    "text/plain{h\n|\xe0\xa9\xa8}" },
	{ MIXED "--b\r\nContent-Type: text/plain; charset=klingon\r\n\r\nx\r\n"
	    "--b--", "multipart/mixed{text/plain{x!a text is in an unknown "
	    "charset}}" },
	/* names */
	{ MIXED "--b\r\nContent-Type: image/png; name=a.png\r\n"
	    "Content-Disposition: attachment; filename=\"a.png\"\r\n\r\n\r\n"
	    "--b--", "multipart/mixed{image/png{a.png|}}" },
	{ MIXED "--b\r\nContent-Disposition: attachment; filename*0*=utf-8''%c3"
	    "%a9;\r\n filename*1=\"a.\"; filename*2*=%65xe\r\n\r\n\r\n--b--",
	    "multipart/mixed{text/plain{\xc3\xa9""a.exe|}}" },
	{ MIXED "--b\r\nContent-Disposition: attachment;\r\n"
	    " filename=\"=?utf-8?"
	    "B?w6k=?= =?utf-8?Q?=2Eexe?=\"; x\r\n\r\n\r\n--b--",
	    "multipart/mixed{text/plain{\xc3\xa9.exe|}}" },
	{ MIXED "--b\r\nContent-Type: text/plain; name=b.txt\r\nContent-"
	    "Disposition: attachment; filename = a b.exe ;\r\n\r\n\r\n--b--",
	    "multipart/mixed{text/plain{a b.exe|b.txt|!a file has two names"
	    "!what tells of a part is not written as it must be}}" },
	{ MIXED "--b\r\nContent-Disposition: attachment; filename=a.exe(1); "
	    "x=y (z)\r\n\r\n\r\n--b--", "multipart/mixed{text/plain{a.exe(1)|"
	    "a.exe|!a file has two names!what tells of a part is not written "
	    "as it must be}}" },
	{ MIXED "--b\r\nContent-Disposition: attachment; filename*1=b.exe\r\n"
	    "\r\n\r\n--b--", "multipart/mixed{text/plain{b.exe|"
	    "!what tells of a part is not written as it must be}}" },
	{ H("text/plain; charset=utf-8 (really)") "\r\nx", "text/plain{x}" },
	{ MIXED "--b\r\nContent-Type: text/html\r\nContent-Type: text/plain\r\n"
	    "\r\nx\r\n--b--", "multipart/mixed{text/html{x!a field that tells "
	    "of a part is there twice}}" },
};

static void
test_all_cases(void **state)
{
	static const size_t pieces[] = { 100000, 1, 2, 3, 7, 16 };
	size_t i, j;
	char *got;

	(void)state;
	for (i = 0; i < sizeof cases / sizeof cases[0]; i++)
		for (j = 0; j < sizeof pieces / sizeof pieces[0]; j++) {
			got = show(cases[i].message, pieces[j]);
			if (strcmp(got, cases[i].shown) != 0)
				fail_msg("case %zu by %zu:\n%s\nnot\n%s", i,
				    pieces[j], got, cases[i].shown);
			free(got);
		}
}

/* What an event says must not depend on more than the limits. */
struct counted {
	unsigned begun, ended, faults, deepest;
};

static void
count(void *arg, const struct mime_event *e)
{
	struct counted *c = arg;

	c->begun += e->what == MIME_BEGIN;
	c->ended += e->what == MIME_END;
	if (e->part->depth > c->deepest)
		c->deepest = e->part->depth;
	if (e->what == MIME_END)
		c->faults = e->part->faults;
}

static struct counted
run(const char *type, const struct buf *body)
{
	struct counted c = { 0 };
	struct mime *m = mime_new(count, &c);

	mime_header(m, "Content-Type", type);
	mime_headers_end(m, false);
	mime_body(m, body->data, body->len);
	mime_end(m);
	mime_free(m);
	assert_int_equal(c.begun, c.ended);
	return c;
}

static void
test_limits(void **state)
{
	struct buf b = BUF_INIT, type = BUF_INIT;
	struct counted c;
	int i;

	(void)state;
	for (i = 0; i < 100; i++)
		buf_printf(&b, "--b%d\r\nContent-Type: multipart/mixed; "
		    "boundary=b%d\r\n\r\n", i, i + 1);
	c = run("multipart/mixed; boundary=b0", &b);
	assert_int_equal(c.deepest, MIME_DEPTH);
	assert_true(c.faults & MIME_TOO_DEEP);
	buf_clear(&b);
	for (i = 0; i < 500000; i++)
		buf_puts(&b, "--b\r\n\r\nx\r\n");
	c = run("multipart/mixed; boundary=b", &b);
	assert_int_equal(c.begun, MIME_PARTS);
	assert_true(c.faults & MIME_TOO_MANY);
	buf_clear(&b);
	buf_puts(&b, "--b\r\nContent-Type: text/html;");
	for (i = 0; i < MIME_HEADER_BYTES; i++)
		buf_putc(&b, 'x');
	buf_puts(&b, "\r\n\r\n--b--\r\n");
	c = run("multipart/mixed; boundary=b", &b);
	assert_int_equal(c.begun, 2);
	assert_true(c.faults & MIME_HEADER_LONG);
	buf_printf(&type, "multipart/mixed; boundary=\"%0*d\"",
	    MIME_BOUNDARY + 1, 0);
	c = run(type.data, &b);
	assert_int_equal(c.begun, 1);
	assert_true(c.faults & MIME_BOUNDARY_LONG);
	buf_free(&type);
	buf_free(&b);
}

struct readings {
	struct buf text, other;
};

static void
read_both(void *arg, const struct mime_event *e)
{
	struct readings *r = arg;

	if (e->what == MIME_TEXT)
		buf_put(&r->text, e->bytes, e->n);
	if (e->what == MIME_OTHER)
		buf_put(&r->other, e->bytes, e->n);
}

/* A text whose charset is not the one that it is shown in. */
static void
test_readings(void **state)
{
	static const struct {
		const char *charset;
		const char *body;
		size_t n;
		const char *text, *other;
	} rows[] = {
#define ROW(charset, body, text, other) \
	{ charset, body, sizeof body - 1, text, other }
		ROW(NULL, "abc", "abc", ""),
		ROW(NULL, "a", "a", ""),
		ROW(NULL, "", "", ""),
		ROW(NULL, "a\0b", "ab", ""),
		ROW(NULL, "h\033(Bt\033$Bt\033(Jp", "http", ""),
		ROW(NULL, "\033[1mx\033(hy\033$", "\033[1mx\033(hy", ""),
		ROW(NULL, "\377\376a\0b\0", "\357\273\277ab", "\377\376ab"),
		ROW("utf-8", "\376\377\0a\0b", "\357\273\277ab",
		    "\376\377ab"),
		ROW("utf-16", "\0a\0b", "ab", "ab"),
		ROW("utf-16", "a\0b\0", "ab", "ab"),
		ROW("utf-16", "bada", "\346\205\242\346\205\244", "bada"),
		ROW("utf-7", "+AGE-b", "ab", "+AGE-b"),
		ROW("iso-8859-1", "\344", "\303\244", ""),
		ROW("iso-2022-jp", "a\033(Bb", "ab", ""),
	};
	size_t i, piece, at;

	(void)state;
	for (i = 0; i < sizeof rows / sizeof rows[0]; i++)
		for (piece = 1; piece < 9; piece++) {
			struct readings r = { BUF_INIT, BUF_INIT };
			struct mime *m = mime_new(read_both, &r);
			struct buf type = BUF_INIT;

			buf_puts(&type, "text/plain");
			if (rows[i].charset != NULL)
				buf_printf(&type, "; charset=%s",
				    rows[i].charset);
			mime_header(m, "Content-Type", type.data);
			mime_headers_end(m, false);
			for (at = 0; at < rows[i].n; at += piece)
				mime_body(m, rows[i].body + at,
				    rows[i].n - at < piece ? rows[i].n - at :
				    piece);
			mime_end(m);
			mime_free(m);
			assert_string_equal(r.text.data, rows[i].text);
			assert_string_equal(r.other.data, rows[i].other);
			buf_free(&type);
			buf_free(&r.text);
			buf_free(&r.other);
		}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all_cases),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_readings),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
