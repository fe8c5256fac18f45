/* setup_block_test - a main.cf, changed and byte for byte back */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/diag.h"
#include "setup/setup_block.h"

/* What is there, and the line that counts after smtpd_milters is set. */
static const char *const files[] = {
	"",
	"\n",
	"myhostname = mx\n",
	"myhostname = mx",
	"smtpd_milters = inet:localhost:1\n",
	"smtpd_milters = inet:localhost:1",
	"a = 1\nsmtpd_milters=inet:localhost:1,\n\tinet:localhost:2\nb = 2\n",
	"a = 1\nsmtpd_milters = x\nb = 2\nsmtpd_milters = y\nc = 3",
	"# smtpd_milters = x\nsmtpd_milters_not = y\n",
};

#define NFILES (sizeof files / sizeof files[0])

static void
set_both(struct buf *text)
{
	setup_block_set(text, "smtpd_milters", "unix:saywhy/milter.sock");
	setup_block_set(text, "milter_default_action", "tempfail");
}

static void
test_there_and_back(void **state)
{
	struct diags d = DIAGS_INIT;
	struct buf text = BUF_INIT;
	size_t i;

	(void)state;
	for (i = 0; i < NFILES; i++) {
		buf_clear(&text);
		buf_puts(&text, files[i]);
		set_both(&text);
		assert_non_null(strstr(text.data,
		    "\nsmtpd_milters = unix:saywhy/milter.sock\n"));
		assert_true(setup_block_is_there(&text));
		assert_true(setup_block_undo(&text, "main.cf", &d));
		assert_string_equal(text.data, files[i]);
	}
	buf_free(&text);
	diags_free(&d);
}

static void
test_edits_between_stay(void **state)
{
	struct diags d = DIAGS_INIT;
	struct buf text = BUF_INIT;

	(void)state;
	buf_puts(&text, "a = 1");
	set_both(&text);
	buf_puts(&text, "b = 2\n");
	assert_true(setup_block_undo(&text, "main.cf", &d));
	assert_string_equal(text.data, "a = 1\nb = 2\n");
	buf_free(&text);
	diags_free(&d);
}

static void
test_changed_block_is_refused(void **state)
{
	struct diags d = DIAGS_INIT;
	struct buf text = BUF_INIT;
	char *at;

	(void)state;
	buf_puts(&text, "a = 1\n");
	set_both(&text);
	at = strstr(text.data, "unix:");
	*at = 'U';
	assert_false(setup_block_undo(&text, "main.cf", &d));
	assert_int_equal(d.errors, 1);
	assert_int_equal(d.v[0].line, 2);
	assert_non_null(strstr(text.data, "Unix:"));
	buf_free(&text);
	diags_free(&d);
}

/* master.cf, the service that is meant, and the lines around the option. */
static const struct master {
	const char *text, *service, *around;
} masters[] = {
	{ "10025 inet n - n - - smtpd\n", "10025", NULL },
	{ "10025 inet n - n - - smtpd", "10025", NULL },
	{ "10025 inet n - n - - smtpd\n  -o content_filter=\n"
	    "pickup unix n - y 60 1 pickup\n", "10025",
	    "  -o content_filter=\n# saywhy setup: begin" },
	{ "#10025 inet n - n - - smtpd\n10025\t inet n - n - - smtpd\n"
	    "\t-o a=b\n# more\nsmtp inet n - y - - smtpd\n", "10025",
	    "\t-o a=b\n# saywhy setup: begin" },
};

static void
test_options_of_services(void **state)
{
	struct diags d = DIAGS_INIT;
	struct buf text = BUF_INIT;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof masters / sizeof masters[0]; i++) {
		buf_clear(&text);
		buf_puts(&text, masters[i].text);
		assert_true(setup_block_option(&text, masters[i].service,
		    "x=y"));
		assert_non_null(strstr(text.data, "\n  -o x=y\n"));
		if (masters[i].around != NULL)
			assert_non_null(strstr(text.data,
			    masters[i].around));
		assert_true(setup_block_undo(&text, "master.cf", &d));
		assert_string_equal(text.data, masters[i].text);
		assert_false(setup_block_option(&text, "1002", "x=y"));
		assert_false(setup_block_option(&text, "pickup", "x=y"));
		assert_string_equal(text.data, masters[i].text);
	}
	buf_free(&text);
	diags_free(&d);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_there_and_back),
		cmocka_unit_test(test_edits_between_stay),
		cmocka_unit_test(test_changed_block_is_refused),
		cmocka_unit_test(test_options_of_services),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
