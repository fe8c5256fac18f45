/* auth_author_test - who the From line says wrote it */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "auth/author.h"
#include "idn_rows.h"
#include "model/session.h"

static const struct {
	const char *value;
	enum author_status status;
	const char *domain;
} rows[] = {
	{ "a@example.org", AUTHOR_ONE, "example.org" },
	{ " Ann <a@Example.ORG>", AUTHOR_ONE, "example.org" },
	{ "<a@example.org.>", AUTHOR_ONE, "example.org" },
	{ "\"Ann, <b@evil.example>\" <a@example.org>", AUTHOR_ONE,
	    "example.org" },
	{ "\"a\\\"b@evil.example\" <a@example.org>", AUTHOR_ONE,
	    "example.org" },
	{ "Doe, Ann <a@example.org>", AUTHOR_ONE, "example.org" },
	{ "b@evil.example <a@example.org>", AUTHOR_SEVERAL, "evil.example" },
	{ "a@example.org <a@example.org>", AUTHOR_ONE, "example.org" },
	{ "=?utf-8?q?=3Cb=40evil.example=3E?= <a@example.org>", AUTHOR_SEVERAL,
	    "example.org" },
	{ "a@evil.example@example.org", AUTHOR_BROKEN, "evil.example" },
	{ "a@example.org (b@evil.example)", AUTHOR_ONE, "example.org" },
	{ "(x(y\\)z)) a @ example . org (c)", AUTHOR_ONE, "example.org" },
	{ "Ann\r\n\t<a@example.org>", AUTHOR_ONE, "example.org" },
	{ "=?utf-8?q?b=40evil.example?= <a@example.org>", AUTHOR_ONE,
	    "example.org" },
	{ "\"odd @ local\"@example.org", AUTHOR_ONE, "example.org" },
	{ "<@one.example,@two.example:a@example.org>", AUTHOR_ONE,
	    "example.org" },
	{ "a@[192.0.2.1]", AUTHOR_ONE, "[192.0.2.1]" },
	{ "a@b\xc3\xbc" "cher.example", AUTHOR_ONE, "xn--bcher-kva.example" },
	{ "a@example.org, b@example.org", AUTHOR_ONE, "example.org" },
	{ "Team: a@example.org, b@example.org;", AUTHOR_ONE, "example.org" },
	{ "a@example.org, b@evil.example", AUTHOR_SEVERAL, NULL },
	{ "<a@example.org> <b@evil.example>", AUTHOR_SEVERAL, NULL },
	{ "Team: a@example.org;, b@evil.example", AUTHOR_SEVERAL, NULL },
	{ "Nobody:;", AUTHOR_NONE, NULL },
	{ "", AUTHOR_NONE, NULL },
	{ "Ann", AUTHOR_NONE, NULL },
	{ "\"a@example.org\"", AUTHOR_BROKEN, NULL },
	{ "<>", AUTHOR_BROKEN, NULL },
	{ "<<a@example.org>>", AUTHOR_BROKEN, NULL },
	{ "a@example.org b@evil.example", AUTHOR_BROKEN, NULL },
	{ "\"Ann <a@example.org>", AUTHOR_BROKEN, NULL },
	{ "(Ann <a@example.org>", AUTHOR_BROKEN, NULL },
	{ "a@", AUTHOR_BROKEN, NULL },
};

static void
test_values(void **state)
{
	struct author a;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		if (idn_is_out_of_reach(rows[i].domain))
			continue;
		author_of_text(&a, rows[i].value);
		if (a.status != rows[i].status)
			fail_msg("%s: %d", rows[i].value, (int)a.status);
		if (rows[i].domain != NULL)
			assert_string_equal(a.domain, rows[i].domain);
		assert_true(a.status == AUTHOR_ONE ||
		    *author_words(a.status) != '\0');
		author_clear(&a);
	}
}

static void
test_lines(void **state)
{
	struct session s;
	struct author a;

	(void)state;
	session_init(&s);
	author_of_session(&a, &s);
	assert_int_equal(a.status, AUTHOR_MISSING);
	author_clear(&a);
	session_header(&s, "from", " a@example.org");
	author_of_session(&a, &s);
	assert_int_equal(a.status, AUTHOR_ONE);
	author_clear(&a);
	session_header(&s, "From", " a@example.org");
	author_of_session(&a, &s);
	assert_int_equal(a.status, AUTHOR_SEVERAL);
	assert_int_equal(a.lines, 2);
	assert_int_equal(a.ndomains, 1);
	author_clear(&a);
	session_free(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_lines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
