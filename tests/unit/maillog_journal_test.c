/* maillog_journal_test - what journalctl exports becomes lines */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "base/buf.h"
#include "maillog/journal.h"

static void
tell(void *arg, const char *line, size_t n)
{
	buf_put(arg, line, n);
	buf_putc(arg, '\n');
}

static void
feed(struct journal *j, const char *text)
{
	journal_put(j, text, strlen(text));
}

static int
in_utc(void **state)
{
	(void)state;
	setenv("TZ", "UTC", 1);
	tzset();
	return 0;
}

#define STAMP "2026-11-27T06:59:05+0000"
#define TIME "__REALTIME_TIMESTAMP=1795762745123456\n"

static void
test_entries(void **state)
{
	struct buf out = BUF_INIT;
	struct journal *j = journal_new(tell, &out);

	(void)state;
	feed(j, "__CURSOR=s=1;i=a\n" TIME
	    "_HOSTNAME=mx\nSYSLOG_IDENTIFIER=postfix/smtpd\n_PID=9\n"
	    "SYSLOG_PID=7\nMESSAGE=NOQUEUE: a=b\n\n");
	assert_string_equal(out.data, STAMP " mx "
	    "postfix/smtpd[7]: NOQUEUE: a=b\n");
	assert_string_equal(journal_cursor(j), "s=1;i=a");
	buf_clear(&out);
	/* No program; one that is not whole yet. */
	feed(j, "__CURSOR=s=1;i=c\nMESSAGE=of nobody\n\n"
	    "__CURSOR=s=1;i=d\nMESSAGE=half\n");
	assert_string_equal(out.data, "");
	assert_string_equal(journal_cursor(j), "s=1;i=c");
	journal_free(j);
	buf_free(&out);
}

/* A field that is no plain text: length, bytes, line end. */
static void
put_binary(struct buf *out, const char *name, const char *bytes, size_t n)
{
	int i;

	buf_printf(out, "%s\n", name);
	for (i = 0; i < 8; i++)
		buf_putc(out, (char)(i < 2 ? n >> 8 * i & 0xff : 0));
	buf_put(out, bytes, n);
	buf_putc(out, '\n');
}

/* Whatever a writer puts into a field, there is one line and our cursor. */
static const struct {
	const char *field, *bytes;
	size_t n;
	const char *line;
} binary[] = {
#define TEXT(text) text, sizeof text - 1
	{ "MESSAGE", TEXT("\303a\tb"), "\303a\tb" },
	{ "MESSAGE", TEXT("1\n234567\n9"), "1?234567?9" },	/* ten bytes */
	{ "MESSAGE", TEXT("a\r\nb"), "a??b" },
	{ "MESSAGE", TEXT("a\0b\x1b[2J"), "a?b?[2J" },
	{ "MESSAGE", TEXT("x\n\n__CURSOR=s=evil\n" TIME
	    "SYSLOG_IDENTIFIER=postfix/smtpd\nMESSAGE=NOQUEUE: reject\n\n"),
	    "x??__CURSOR=s=evil?__REALTIME_TIMESTAMP=1795762745123456?"
	    "SYSLOG_IDENTIFIER=postfix/smtpd?MESSAGE=NOQUEUE: reject??" },
	{ "MESSAGE", TEXT(""), NULL },
	{ "_CMDLINE", TEXT("a\nMESSAGE=forged\n__CURSOR=s=evil\n"), NULL },
	{ "_CMDLINE", TEXT("\n\nMESSAGE\n\1\0\0\0\0\0\0\0a\n\n"), NULL },
	{ "_HOSTNAME", TEXT("a\nb"), NULL },
#undef TEXT
};

static void
check_binary(size_t i, size_t piece)
{
	struct buf out = BUF_INIT, text = BUF_INIT, want = BUF_INIT;
	struct journal *j = journal_new(tell, &out);
	size_t at, n;

	buf_puts(&text, "__CURSOR=s=1;i=b\n" TIME "SYSLOG_IDENTIFIER=x\n");
	if (strcmp(binary[i].field, "MESSAGE") != 0)
		buf_puts(&text, "MESSAGE=true\n");
	put_binary(&text, binary[i].field, binary[i].bytes, binary[i].n);
	buf_puts(&text, "\n");
	buf_printf(&want, STAMP " %s x: %s\n", strcmp(binary[i].field,
	    "_HOSTNAME") == 0 ? "a?b" : "localhost", binary[i].line != NULL ?
	    binary[i].line : "true");
	for (at = 0; at < text.len; at += n) {
		n = text.len - at < piece ? text.len - at : piece;
		journal_put(j, text.data + at, n);
	}
	assert_string_equal(out.data, binary[i].n > 0 ? want.data : "");
	assert_string_equal(journal_cursor(j), "s=1;i=b");
	journal_free(j);
	buf_free(&out);
	buf_free(&text);
	buf_free(&want);
}

static void
test_binary(void **state)
{
	static const size_t pieces[] = { 1, 2, 7, 64, 100000 };
	size_t i, k;

	(void)state;
	for (i = 0; i < sizeof binary / sizeof binary[0]; i++)
		for (k = 0; k < sizeof pieces / sizeof pieces[0]; k++)
			check_binary(i, pieces[k]);
}

/* A field of gigabytes takes no memory, and the next entry is read. */
static void
test_long(void **state)
{
	struct buf out = BUF_INIT, text = BUF_INIT;
	struct journal *j = journal_new(tell, &out);
	char bytes[4096];
	size_t i;

	(void)state;
	memset(bytes, 'a', sizeof bytes);
	feed(j, "MESSAGE=");
	for (i = 0; i < 25600; i++)
		journal_put(j, bytes, sizeof bytes);
	feed(j, "\n\nSYSLOG_IDENTIFIER=x\n" TIME);
	put_binary(&text, "MESSAGE", "", 0);
	text.data[text.len - 5] = 1;	/* 4 GB and none */
	journal_put(j, text.data, text.len - 1);
	for (i = 0; i < (1u << 20); i++)
		journal_put(j, bytes, sizeof bytes);
	feed(j, "\n\n");
	assert_in_range(out.len, 16384, 17000);
	journal_free(j);
	buf_free(&out);
	buf_free(&text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_entries),
		cmocka_unit_test(test_binary),
		cmocka_unit_test(test_long),
	};

	return cmocka_run_group_tests(tests, in_utc, NULL);
}
