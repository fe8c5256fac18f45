/*
 * model_cost_test - mailboxes and names of strangers are read in time that
 * grows with them
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/idn.h"
#include "base/psl.h"
#include "model/mailbox.h"
#include "model/mailset.h"

#include "cost.h"

static void
read_mailbox(const char *text, size_t n)
{
	struct mailset set = { .any = false };
	struct buf errmsg = BUF_INIT;
	struct mailbox m = { .text = NULL };

	(void)n;
	mailset_add(&set, ".example.org", &errmsg);
	mailset_add(&set, "/^a+b$/", &errmsg);
	mailbox_set(&m, text);
	mailset_find_mailbox(&set, &m);
	mailset_find_name(&set, text);
	mailbox_clear(&m);
	mailset_clear(&set);
	buf_free(&errmsg);
}

static void
read_host(const char *text, size_t n)
{
	struct buf out = BUF_INIT;

	(void)n;
	mailbox_is_host_name(text);
	mailbox_put_domain(&out, text);
	buf_clear(&out);
	idn_to_ascii(text, &out);
	psl_registered(text);
	buf_free(&out);
}

static const struct cost_shape shapes[] = {
	{ "a local part", read_mailbox, "<", "a", "@b.example>", 100000 },
	{ "words in dots", read_mailbox, "<a", ".a", "@b.example>", 100000 },
	{ "a quoted local part", read_mailbox, "<\"", "\\\"", "\"@b.example>",
	    100000 },
	{ "an open quote", read_mailbox, "<\"", "\\", "", 100000 },
	{ "a source route", read_mailbox, "<@a", ",@a", ":b@c.example>",
	    100000 },
	{ "at signs", read_mailbox, "<a", "@", "b>", 100000 },
	{ "extensions", read_mailbox, "<a", "+", "@b.example>", 100000 },
	{ "angles", read_mailbox, "", "<", "", 100000 },
	{ "blanks", read_mailbox, "", " ", "", 100000 },
	{ "labels", read_mailbox, "<a@", "b.", "example>", 100000 },
	{ "a literal", read_mailbox, "<a@[", "IPv6:", "]>", 100000 },
	{ "labels of a host", read_host, "", "a.", "example", 100000 },
	{ "one label", read_host, "", "a", "", 100000 },
	{ "labels in UTF-8", read_host, "", "\xc3\xa9.", "example", 100000 },
	{ "one label in UTF-8", read_host, "", "\xc3\xa9", ".example",
	    100000 },
	{ "many letters", read_host, "", "\xe4\xb8\xad\xe6\x96\x87\xc3\xa9" "a",
	    ".example", 100000 },
	{ "marks", read_host, "a", "\xcc\x81\xcc\xa3", ".example", 100000 },
	{ "dots", read_host, "", ".", "", 100000 },
	{ "suffixes", read_host, "", "co.uk.", "uk", 100000 },
};

static void
test_names(void **state)
{
	(void)state;
	cost_check(shapes, sizeof shapes / sizeof shapes[0]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
