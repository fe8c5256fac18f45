/*
 * scanners_cost_test - answers of scanners are read in time that grows with
 * them
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "scanners/rspamd.h"

#include "cost.h"

static void
read_rspamd(const char *text, size_t n)
{
	struct rspamd_verdict v = { .symbols = BUF_INIT,
		.message = BUF_INIT };

	rspamd_read(text, n, &v);
	buf_free(&v.symbols);
	buf_free(&v.message);
}

#define ANSWER "{\"action\":\"reject\",\"score\":1,\"required_score\":2," \
	"\"symbols\":{\"A\":{\"score\":1}"

static const struct cost_shape shapes[] = {
	{ "symbols", read_rspamd, ANSWER, ",\"A\":{\"score\":1}", "}}", 50000 },
	{ "options of a symbol", read_rspamd, ANSWER ",\"B\":{\"options\":[1",
	    ",\"x\"", "]}}}", 50000 },
	{ "messages", read_rspamd, ANSWER "},\"messages\":{\"a\":\"b\"",
	    ",\"smtp_message\":\"x\"", "}}", 50000 },
	{ "a message", read_rspamd, ANSWER "},\"messages\":{\"smtp_message\":"
	    "\"", "x\\n", "\"}}", 50000 },
	{ "numbers", read_rspamd, "{\"score\":", "9", "}", 50000 },
	{ "braces", read_rspamd, "", "{\"a\":", "", 50000 },
};

static void
test_answers(void **state)
{
	(void)state;
	cost_check(shapes, sizeof shapes / sizeof shapes[0]);
}

/* Each symbol another one, and heavier than the one before. */
static void
read_symbols(const void *arg, size_t size)
{
	struct buf text = BUF_INIT;
	size_t i;

	(void)arg;
	buf_puts(&text, ANSWER);
	for (i = 0; text.len < size; i++)
		buf_printf(&text, ",\"S%zu\":{\"score\":%zu.5}", i, i);
	buf_puts(&text, "}}");
	read_rspamd(text.data, text.len);
	buf_free(&text);
}

static void
test_symbols(void **state)
{
	int64_t took[2];

	(void)state;
	if (!cost_is_linear(read_symbols, NULL, 50000, 10, took))
		cost_fail("symbols", took);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_answers),
		cmocka_unit_test(test_symbols),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
