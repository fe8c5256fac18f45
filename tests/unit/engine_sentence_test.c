/* engine_sentence_test - what Postfix's own sentences tell of the session */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "engine/engine_sentence.h"
#include "words/reply.h"

static const struct {
	const char *text;
	bool known;
	int stage;
	enum sentence_about about;
	const char *name, *client;
	bool follows;
} rows[] = {
	{ "554 5.7.1 <c.example[192.0.2.7]>: Client host rejected: No", true,
	    -1, NAMES_CLIENT, "c.example[192.0.2.7]", "192.0.2.7", false },
	{ "554 5.7.1 <c.example[2001:db8::7]>: Client host rejected: No",
	    true, -1, NAMES_CLIENT, "c.example[2001:db8::7]", "2001:db8::7",
	    false },
	{ "421 4.7.0 mx Error: too many connections from 192.0.2.7", true,
	    STAGE_CONNECT, NAMES_CLIENT, NULL, "192.0.2.7", false },
	{ "554 5.7.1 Service unavailable; Client host [192.0.2.7] blocked "
	    "using x.example", true, -1, NAMES_CLIENT, NULL, "192.0.2.7",
	    false },
	{ "550 5.1.8 <a@x>: Sender address rejected: Domain not found", true,
	    STAGE_MAIL, NAMES_SENDER, "a@x", NULL, false },
	{ "450 4.1.2 <b@x>: Recipient address rejected: Domain not found",
	    true, STAGE_RCPT, NAMES_RCPT, "b@x", NULL, false },
	{ "501 5.1.7 Bad sender address syntax", true, STAGE_MAIL,
	    NAMES_NOTHING, NULL, NULL, false },
	{ "554 5.5.1 Error: no valid recipients", true, STAGE_DATA,
	    NAMES_NOTHING, NULL, NULL, true },
	{ "503 5.5.1 Error: need MAIL command", true, STAGE_RCPT,
	    NAMES_NOTHING, NULL, NULL, true },
	{ "554 5.7.1 <DATA>: Data command rejected: No", true, STAGE_DATA,
	    NAMES_NOTHING, "DATA", NULL, false },
	{ "500 5.5.2 Error: command not recognized", true, -1, NAMES_NOTHING,
	    NULL, NULL, false },
	{ "555 5.5.4 Unsupported option: FOO=1", true, SENTENCE_NEXT,
	    NAMES_NOTHING, NULL, NULL, false },
	{ "553 5.6.7 Must declare SMTPUTF8 to send unicode address", true,
	    SENTENCE_UTF8, NAMES_NOTHING, NULL, NULL, false },
	{ "501 5.5.4 Error: Bad NOTIFY parameter syntax", true, STAGE_RCPT,
	    NAMES_NOTHING, NULL, NULL, false },
	{ "501 5.5.4 Bad RET parameter syntax", true, STAGE_MAIL,
	    NAMES_NOTHING, NULL, NULL, false },
	{ "552 5.3.4 Message size exceeds fixed limit", true, STAGE_MAIL,
	    NAMES_NOTHING, NULL, NULL, false },
	{ "450 4.7.1 <m.example>: Helo command rejected: Host not found",
	    true, SENTENCE_HELO, NAMES_HELO, "m.example", NULL, false },
	{ "503 5.7.0 Error: access denied for c.example[192.0.2.7]", true,
	    STAGE_HELO, NAMES_CLIENT, NULL, "192.0.2.7", false },
	{ "521 5.5.1 Error: command not implemented", true, STAGE_DATA,
	    NAMES_NOTHING, NULL, NULL, false },
	{ "502 5.5.1 Error: command not implemented", true, -1,
	    NAMES_NOTHING, NULL, NULL, false },
	{ "554 5.7.1 <u>: SASL login name rejected: Access denied", true, -1,
	    NAMES_NOTHING, "u", NULL, false },
	{ "550 5.7.1 No pets in this house", false, -1, NAMES_NOTHING, NULL,
	    NULL, false },
	{ "550 5.7.1 <a@x>: not the words of any MTA", false, -1,
	    NAMES_NOTHING, "a@x", NULL, false },
	{ "554 5.7.1 <x[", false, -1, NAMES_NOTHING, NULL, NULL, false },
	{ "554 5.7.1 <[]>: Client host rejected: x", true, -1, NAMES_CLIENT,
	    "[]", NULL, false },
};

static void
test_rows(void **state)
{
	struct reply reply = { .code = 0 };
	struct sentence s;
	char ip[IP_TEXT];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		assert_true(reply_parse(&reply, rows[i].text,
		    strlen(rows[i].text)));
		sentence_read(&reply, &s);
		assert_int_equal(s.known, rows[i].known);
		assert_int_equal(s.stage, rows[i].stage);
		assert_int_equal(s.about, rows[i].about);
		assert_int_equal(s.follows, rows[i].follows);
		assert_int_equal(s.name != NULL, rows[i].name != NULL);
		if (s.name != NULL) {
			assert_int_equal(s.n, strlen(rows[i].name));
			assert_memory_equal(s.name, rows[i].name, s.n);
		}
		assert_int_equal(s.client.known, rows[i].client != NULL);
		if (s.client.known)
			assert_string_equal(ip_format(&s.client, ip),
			    rows[i].client);
		reply_clear(&reply);
	}
}

/* Commands that send no message. */
static void
test_questions(void **state)
{
	static const struct {
		const char *text;
		bool question;
	} cases[] = {
		{ "502 5.5.1 VRFY command is disabled", true },
		{ "459 <a.example>: service unavailable", true },
		{ "554 5.7.1 <a.example>: Etrn command rejected: No", true },
		{ "550 5.7.0 Error: insufficient authorization", true },
		{ "450 4.3.2 Service unavailable", false },
		{ "550 5.1.1 <b@x>: User unknown", false },
	};
	struct reply reply = { .code = 0 };
	struct sentence s;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		assert_true(reply_parse(&reply, cases[i].text,
		    strlen(cases[i].text)));
		sentence_read(&reply, &s);
		if (s.question != cases[i].question)
			fail_msg("%s", cases[i].text);
		reply_clear(&reply);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_questions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
