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
	size_t n;

	for (; *text != '\0'; text += n + 1) {
		n = strcspn(text, "\n");
		journal_line(j, text, n);
	}
}

static void
test_entries(void **state)
{
	struct buf out = BUF_INIT;
	struct journal *j = journal_new(tell, &out);

	(void)state;
	setenv("TZ", "UTC", 1);
	tzset();
	feed(j, "__CURSOR=s=1;i=a\n__REALTIME_TIMESTAMP=1795762745123456\n"
	    "_HOSTNAME=mx\nSYSLOG_IDENTIFIER=postfix/smtpd\n_PID=9\n"
	    "SYSLOG_PID=7\nMESSAGE=NOQUEUE: a=b\n\n");
	assert_string_equal(out.data, "2026-11-27T06:59:05+0000 mx "
	    "postfix/smtpd[7]: NOQUEUE: a=b\n");
	assert_string_equal(journal_cursor(j), "s=1;i=a");
	buf_clear(&out);
	/* Not plain text; no program; and one that is not whole yet. */
	feed(j, "__CURSOR=s=1;i=b\n__REALTIME_TIMESTAMP=1795762745123456\n"
	    "MESSAGE\n\3.......a\tb\nSYSLOG_IDENTIFIER=x\n_PID=9\n\n"
	    "__CURSOR=s=1;i=c\nMESSAGE=of nobody\n\n"
	    "__CURSOR=s=1;i=d\nMESSAGE=half\n");
	assert_string_equal(out.data,
	    "2026-11-27T06:59:05+0000 localhost x[9]: a\tb\n");
	assert_string_equal(journal_cursor(j), "s=1;i=c");
	journal_free(j);
	buf_free(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_entries),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
