/*
 * doors_cost_test - requests of mail servers are read in time that grows with
 * them
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "doors/libmilter_frames.h"
#include "doors/policy_service_postfix.h"
#include "doors/socketmap.h"
#include "model/session.h"

#include "cost.h"

static void
read_socketmap(const char *text, size_t n)
{
	struct socketmap_query q;

	socketmap_read(text, n, &q);
}

static void
read_policy(const char *text, size_t n)
{
	struct session s;

	policy_postfix_length(text, n);
	session_init(&s);
	policy_postfix_session(text, n, &s);
	policy_postfix_about(text, n);
	session_free(&s);
}

static void
read_frame(const char *text, size_t n)
{
	static const char letters[] = "CHDMRULBE";
	const char *letter;

	for (letter = letters; *letter != '\0'; letter++)
		libmilter_frame_valid(*letter, text, n);
}

/* What is longer than a request may be is refused at once. */
static const struct cost_shape shapes[] = {
	{ "digits of a socket map", read_socketmap, "", "1", "", 100000 },
	{ "a query of a socket map", read_socketmap, "30000:filter ", "550 ",
	    ",", 3200 },
	{ "attributes", read_policy, "request=smtpd_access_policy\n",
	    "a=b\n", "\n", 100000 },
	{ "empty attributes", read_policy, "", "=\n", "\n", 100000 },
	{ "a sender", read_policy, "sender=", "a.b@", "\n\n", 100000 },
	{ "a name", read_policy, "client_name=", "a.", "\nhelo_name=b\n\n",
	    100000 },
	{ "a packet of letters", read_frame, "M", "a", "", 100000 },
};

static void
test_requests(void **state)
{
	(void)state;
	cost_check(shapes, sizeof shapes / sizeof shapes[0]);
}

/* A packet of names and values, all of them empty. */
static void
read_macros(const void *arg, size_t size)
{
	struct buf bytes = BUF_INIT;

	(void)arg;
	buf_putc(&bytes, 'C');
	while (bytes.len < size)
		buf_putc(&bytes, '\0');
	read_frame(bytes.data, bytes.len);
	buf_free(&bytes);
}

static void
test_packets(void **state)
{
	int64_t took[2];

	(void)state;
	if (!cost_is_linear(read_macros, NULL, 100000, 10, took))
		cost_fail("macros", took);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_requests),
		cmocka_unit_test(test_packets),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
