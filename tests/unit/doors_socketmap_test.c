/* doors_socketmap_test - requests of a mail server, whole, broken, cut */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "doors/server.h"
#include "doors/socketmap.h"

static const struct row {
	const char *in;
	size_t taken;
	const char *map, *key;
} rows[] = {
	{ "10:filter 550,", 14, "filter", "550" },
	{ "10:filter 550,7:footer ,", 14, "filter", "550" },
	{ "7:footer ,", 10, "footer", "" },
	{ "11:m 550 a\r\n b,", 15, "m", "550 a\r\n b" },
	{ "", 0, NULL, NULL },
	{ "1", 0, NULL, NULL },
	{ "10:", 0, NULL, NULL },
	{ "10:filter 550", 0, NULL, NULL },
	{ "10:filter 5501", SERVER_CLOSE, NULL, NULL },
	{ "6:filter,", SERVER_CLOSE, NULL, NULL },
	{ "4: 550,", SERVER_CLOSE, NULL, NULL },
	{ ":a b,", SERVER_CLOSE, NULL, NULL },
	{ "0:,", SERVER_CLOSE, NULL, NULL },
	{ "010:filter 550,", SERVER_CLOSE, NULL, NULL },
	{ "-1:a b,", SERVER_CLOSE, NULL, NULL },
	{ "32769:a", SERVER_CLOSE, NULL, NULL },
	{ "9223372036854775808:a b,", SERVER_CLOSE, NULL, NULL },
	{ "GET / HTTP/1.1\r\n", SERVER_CLOSE, NULL, NULL },
};

static void
test_rows(void **state)
{
	struct socketmap_query q;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		const struct row *r = &rows[i];

		if (socketmap_read(r->in, strlen(r->in), &q) != r->taken)
			fail_msg("row %zu: %s", i, r->in);
		if (r->map == NULL)
			continue;
		assert_int_equal(q.map_n, strlen(r->map));
		assert_memory_equal(q.map, r->map, q.map_n);
		assert_int_equal(q.key_n, strlen(r->key));
		assert_memory_equal(q.key, r->key, q.key_n);
	}
}

static void
test_answers(void **state)
{
	struct buf b = BUF_INIT;

	(void)state;
	socketmap_found(&b, "550 5.7.1 no", 12);
	assert_string_equal(b.data, "15:OK 550 5.7.1 no,");
	buf_clear(&b);
	socketmap_not_found(&b);
	assert_string_equal(b.data, "9:NOTFOUND ,");
	buf_free(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_answers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
