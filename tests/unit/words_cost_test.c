/* words_cost_test - replies are read in time that grows with them */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "words/recognise.h"
#include "words/reply.h"
#include "words/rewrite.h"

#include "cost.h"

static void
read_words(const char *text, size_t n)
{
	struct recognised r;

	recognise(text, n, &r);
}

static void
read_wire(const char *text, size_t n)
{
	struct reply reply = { .code = 0 };

	reply_parse(&reply, text, n);
	reply_clear(&reply);
}

/* As an MTA passes it on: by its own, without a status. */
static void
read_passed(const char *text, size_t n)
{
	struct buf footer = BUF_INIT;
	struct reply reply = { .code = 0 };

	(void)n;
	reply_read(&reply, NULL, text);
	rewrite_put_footer(&reply, 0, &footer);
	buf_free(&footer);
	reply_clear(&reply);
}

static const struct cost_shape shapes[] = {
	{ "letters", read_words, "550 5.7.1 ", "a", "", 50000 },
	{ "short words", read_words, "550 5.7.1 ", "a ", "", 50000 },
	{ "words that are known", read_words, "550 ", "mailbox full quota ",
	    "", 50000 },
	{ "words that begin alike", read_words, "550 ",
	    "mailbo mailboxe mailboxes ", "", 50000 },
	{ "codes", read_words, "", "550 ", "", 50000 },
	{ "lines", read_words, "", "550-5.7.1 a\r\n", "550 5.7.1 b", 50000 },
	{ "addresses", read_words, "550 ", "<a@b.example> ", "", 50000 },
	{ "at signs", read_words, "550 ", "a@", "", 50000 },
	{ "brackets", read_words, "550 ", "<", "", 50000 },
	{ "parentheses", read_words, "550 (", "(in reply to ", "", 50000 },
	{ "links", read_words, "550 ", "http://a.b/c ", "", 50000 },
	{ "schemes", read_words, "550 ", "http://", "", 50000 },
	{ "one long host", read_words, "550 ", "a.", "", 50000 },
	{ "dots", read_words, "550 ", ".", "", 50000 },
	{ "numbers", read_words, "550 ", "1.2.3.4.", "", 50000 },
	{ "colons", read_words, "550 ", "2001:db8:", "", 50000 },
	{ "hyphens", read_words, "550 ", "a-", "", 50000 },
	{ "percents", read_words, "550 ", "%41=", "", 50000 },
	{ "other letters", read_words, "550 ", "\xc3\xa9\xe2\x82\xac ", "",
	    50000 },
	{ "times", read_words, "450 ", "try again in 5 minutes ", "", 50000 },
	{ "lists", read_words, "550 ", "blocked using zen.spamhaus.org ", "",
	    50000 },
	{ "hashes", read_words, "550 ", "[0123456789abcdef0123] ", "", 50000 },
	{ "blanks", read_words, "550", " ", "", 50000 },
	{ "a line on the wire", read_wire, "550 5.7.1 ", "a b ", "", 100000 },
	{ "many lines on the wire", read_wire, "", "550-5.7.1 a\r\n",
	    "550 5.7.1 b", 100000 },
	{ "a reply passed on", read_passed, "550 5.7.1 ", "<a$b> ", "",
	    100000 },
	{ "statuses passed on", read_passed, "", "5.7.1 ", "", 100000 },
};

static void
test_replies(void **state)
{
	(void)state;
	cost_check(shapes, sizeof shapes / sizeof shapes[0]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_replies),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
