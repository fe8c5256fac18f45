/*
 * words_recognise_kinds_test - kinds of mistakes, each with its neighbours
 *
 * tests/data/kinds.tsv: kind, what is wanted ("a", "a or b", "not a"), reply.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "words/reason.h"
#include "words/recognise.h"

static bool
is_among(const char *list, const char *name)
{
	size_t n = strlen(name);
	const char *at;

	for (at = list; (at = strstr(at, name)) != NULL; at++)
		if ((at == list || at[-1] == ' ') &&
		    (at[n] == ' ' || at[n] == '\0'))
			return true;
	return false;
}

static void
unescape(char *text)
{
	char *at;

	while ((at = strstr(text, "\\r\\n")) != NULL) {
		*at = '\n';
		memmove(at + 1, at + 4, strlen(at + 4) + 1);
	}
}

/* True if the reply is read as the row wants it. */
static bool
judge(const char *kind, const char *want, char *reply)
{
	struct recognised r;
	const char *got = "nothing";
	bool right;

	unescape(reply);
	recognise(reply, strlen(reply), &r);
	if (r.reason != REASON_NONE)
		got = reason_get(r.reason)->name;
	right = strncmp(want, "not ", 4) == 0 ? strcmp(want + 4, got) != 0 :
	    is_among(want, got);
	if (!right)
		printf("  %s: %s, not %s: %s\n", kind, got, want, reply);
	return right;
}

static void
test_kinds(void **state)
{
	char line[4096], *kind, *want, *rest;
	FILE *list = fopen(TEST_SOURCE "/tests/data/kinds.tsv", "r");
	int n = 0, wrong = 0;

	(void)state;
	assert_non_null(list);
	while (fgets(line, sizeof line, list) != NULL) {
		line[strcspn(line, "\n")] = '\0';
		rest = line;
		kind = strsep(&rest, "\t");
		want = strsep(&rest, "\t");
		assert_non_null(rest);
		if (n++ > 0 && !judge(kind, want, rest))
			wrong++;
	}
	fclose(list);
	assert_true(n > 150);
	assert_int_equal(wrong, 0);
}

/* The texts of the registry of RFC 5248 under their own numbers, and the
   replies that RFCs show. */
static void
test_registered(void **state)
{
	char line[4096], *reply, *rest;
	FILE *list = fopen(TEST_SOURCE "/tests/data/registered.tsv", "r");
	int n = 0, wrong = 0;
	struct recognised r;
	const char *got;

	(void)state;
	assert_non_null(list);
	while (fgets(line, sizeof line, list) != NULL) {
		line[strcspn(line, "\n")] = '\0';
		rest = line;
		reply = strsep(&rest, "\t");
		assert_non_null(rest);
		if (n++ == 0)
			continue;
		unescape(reply);
		recognise(reply, strlen(reply), &r);
		got = r.reason != REASON_NONE ? reason_get(r.reason)->name :
		    "unrecognised";
		if (is_among(rest, got))
			continue;
		printf("  %s, not %s: %s\n", got, rest, reply);
		wrong++;
	}
	fclose(list);
	assert_true(n > 100);
	assert_int_equal(wrong, 0);
}

/* Who moved is named first, where to is named last. */
static void
test_moved(void **state)
{
	static const char *const replies[] = {
		"550 5.1.6 <old@a.example>: Recipient address rejected: User "
		    "has moved to new@b.example",
		"551 5.1.6 <old@a.example>... User has moved; please try "
		    "<new@b.example>",
		"551 User not local; please try <new@b.example>",
		"550 5.1.6 old@a.example is now reachable at new@b.example",
		"551 mailbox moved, please use new@b.example instead",
	};
	struct recognised r;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof replies / sizeof replies[0]; i++) {
		recognise(replies[i], strlen(replies[i]), &r);
		assert_int_equal(r.reason, REASON_MAILBOX_MOVED);
		assert_int_equal(r.captured[CAPTURE_ADDRESS].n, 13);
		assert_memory_equal(r.captured[CAPTURE_ADDRESS].text,
		    "new@b.example", 13);
	}
}

/* The same words, by who is asked about. */
static void
test_about(void **state)
{
	static const struct {
		const char *reply;
		enum topic about;
		int reason;
	} rows[] = {
		{ "550 5.1.0 User unknown", TOPIC_NONE,
		    REASON_MAILBOX_UNKNOWN },
		{ "550 5.1.0 User unknown", TOPIC_SENDER,
		    REASON_SENDER_UNVERIFIED },
		{ "450 4.1.2 Host not found", TOPIC_SENDER,
		    REASON_SENDER_DOMAIN_NONEXISTENT },
		{ "450 4.1.2 Host not found", TOPIC_HELO,
		    REASON_HELO_UNRESOLVABLE },
		{ "4.7.5 certificate not trusted", TOPIC_SERVER,
		    REASON_TLS_CERTIFICATE },
		{ "554 5.7.0 certificate not trusted", TOPIC_NONE,
		    REASON_TLS_CLIENT_CERT_REFUSED },
		{ "500 line limit exceeded", TOPIC_MESSAGE,
		    REASON_BODY_LINE_TOO_LONG },
		{ "500 line limit exceeded", TOPIC_NONE, REASON_SYNTAX },
		{ "Unrouteable address", TOPIC_SERVER, REASON_NO_ROUTE },
		{ "554 mx.example.org ESMTP not accepting messages",
		    TOPIC_NONE, REASON_EARLY_TALKER },
		{ "554 mx.example.org ESMTP not accepting messages",
		    TOPIC_CLIENT, REASON_CLIENT_DENIED },
	};
	struct recognised r;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		recognise_about(rows[i].reply, strlen(rows[i].reply),
		    rows[i].about, &r);
		if (r.reason != rows[i].reason)
			fail_msg("%s: %s", rows[i].reply, r.reason !=
			    REASON_NONE ? reason_get(r.reason)->name :
			    "nothing");
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_kinds),
		cmocka_unit_test(test_registered),
		cmocka_unit_test(test_moved),
		cmocka_unit_test(test_about),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
