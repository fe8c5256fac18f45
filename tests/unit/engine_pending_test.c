/*
 * engine_pending_test - refusals in the MTA's words: one each, one record, one
 * id
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/diag.h"
#include "engine/engine.h"
#include "engine/ruleset.h"
#include "records/record.h"
#include "records/recorder.h"

#define UNKNOWN "550 5.1.1 <no@example.org>: Recipient address rejected: " \
	"User unknown in local recipient table"
#define UNKNOWN_CUT "Recipient address rejected: User unknown in local " \
	"recipient table"
#define RELAY "454 4.7.1 <a@example.net>: Relay access denied"
#define WAIT 1000

static const char head[] =
    "name = \"mx.example.org\"\n"
    "page = \"https://mx.example.org/why/{id}\"\n"
    "relay { domains = {\"example.org\"} }\n";

struct world {
	char path[64];
	struct ruleset *rules;
	struct recorder *recorder;
	struct engine *e;
};

static void
open_world(struct world *w, const char *more, bool question, int64_t ms)
{
	struct record_options opt = { .retention = 1000 * 86400,
		.file = w->path };
	struct diags d = DIAGS_INIT;
	struct session *s;
	struct ip client;
	char text[1024];

	snprintf(w->path, sizeof w->path, "/tmp/saywhy-pending-XXXXXX");
	close(mkstemp(w->path));
	snprintf(text, sizeof text, "%s%s\n", head, more);
	w->rules = ruleset_load_text("test", text, &d);
	diags_print(&d, stderr);
	assert_non_null(w->rules);
	diags_free(&d);
	w->recorder = recorder_new(&opt);
	w->e = question ? engine_new_question(w->rules, w->recorder, ms) :
	    engine_new(w->rules, w->recorder);
	if (!question)
		engine_wait_mta(w->e, ms);
	s = engine_session(w->e);
	ip_parse("198.51.100.7", &client);
	session_connect(s, "client.example", &client);
	session_helo(s, "client.example");
	session_mail(s, "a@sender.example");
}

static void
close_world(struct world *w)
{
	engine_free(w->e);
	recorder_free(w->recorder);
	ruleset_release(w->rules);
	unlink(w->path);
}

/* How many records there are, and whether each of them holds the words. */
static int
records(const struct world *w, const char *words)
{
	FILE *f = fopen(w->path, "r");
	char *line = NULL;
	size_t size = 0;
	int n = 0;

	assert_non_null(f);
	for (; getline(&line, &size, f) > 0; n++)
		if (strstr(line, words) == NULL)
			fail_msg("no %s in %s", words, line);
	free(line);
	fclose(f);
	return n;
}

static struct question
question(enum ask how, const char *text)
{
	struct question q = { .how = how, .text = text, .n = strlen(text) };

	assert_true(reply_parse(&q.stock, q.text, q.n));
	return q;
}

/* The id that the answer tells; NULL: the stock reply goes out. */
static const char *
ask(struct world *w, enum ask how, const char *text)
{
	static char id[RECORD_ID_TEXT];
	struct question q = question(how, text);
	struct reply out = { .code = 0 };
	const char *last = NULL;

	if (engine_rewrite(w->e, &q, &out)) {
		last = strrchr(out.lines[out.n - 1], '/');
		assert_non_null(last);
		snprintf(id, sizeof id, "%s", last + 1);
		last = id;
	}
	reply_clear(&out);
	reply_clear(&q.stock);
	return last;
}

static void
refuse(struct world *w)
{
	session_rcpt(engine_session(w->e), "no@example.org");
	engine_refused_by_mta(w->e, "5.1.1", UNKNOWN_CUT);
}

static void
test_waits_for_the_question(void **state)
{
	struct world w;
	const char *id;

	(void)state;
	open_world(&w, "mode = enforce", false, WAIT);
	refuse(&w);
	assert_int_equal(records(&w, ""), 0);
	id = ask(&w, ASK_FILTER, UNKNOWN);
	assert_non_null(id);
	assert_int_equal(records(&w, id), 1);
	records(&w, "\"recipients\":[\"no@example.org\"]");
	records(&w, "\"reason\":\"mailbox-unknown\"");
	records(&w, "\"was\":{\"code\":550");
	engine_flush(w.e);
	assert_int_equal(records(&w, ""), 1);
	close_world(&w);
}

static void
test_waits_for_a_second(void **state)
{
	struct world w;
	int64_t now = clock_ms();
	const char *id;

	(void)state;
	open_world(&w, "mode = enforce", false, WAIT);
	refuse(&w);
	engine_expire(w.e, now);
	assert_int_equal(records(&w, ""), 0);
	engine_expire(w.e, now + 2 * WAIT);
	assert_int_equal(records(&w, "\"code\":null"), 1);
	/* Asked too late: the same refusal all the same. */
	id = ask(&w, ASK_FOOTER, UNKNOWN);
	assert_non_null(id);
	assert_int_equal(records(&w, id), 1);
	close_world(&w);
}

static void
test_waits_for_the_next_event(void **state)
{
	struct world w;

	(void)state;
	open_world(&w, "mode = enforce", false, WAIT);
	refuse(&w);
	engine_flush(w.e);
	assert_int_equal(records(&w, "\"code\":null"), 1);
	refuse(&w);
	assert_non_null(ask(&w, ASK_FOOTER, UNKNOWN));
	assert_int_equal(records(&w, "client.example"), 2);
	close_world(&w);
}

static void
test_written_at_the_end(void **state)
{
	struct world w;

	(void)state;
	open_world(&w, "mode = enforce", false, WAIT);
	refuse(&w);
	engine_free(w.e);
	w.e = NULL;
	assert_int_equal(records(&w, "\"issuer\":\"mta\""), 1);
	close_world(&w);
}

static void
test_does_not_wait_in_vain(void **state)
{
	struct world w;

	(void)state;
	open_world(&w, "mode = enforce", false, 0);
	refuse(&w);
	assert_int_equal(records(&w, ""), 1);
	close_world(&w);
}

/* Another reply than the one we were shown is another refusal. */
static void
test_another_text(void **state)
{
	struct world w;

	(void)state;
	open_world(&w, "mode = enforce", false, WAIT);
	refuse(&w);
	assert_non_null(ask(&w, ASK_FOOTER, RELAY));
	assert_int_equal(records(&w, "client.example"), 2);
	close_world(&w);
}

/* Nobody tells which recipient it is about: none is named. */
static void
test_without_an_event(void **state)
{
	struct world w;
	const char *id;

	(void)state;
	open_world(&w, "mode = enforce", false, WAIT);
	session_rcpt(engine_session(w.e), "user@example.org");
	id = ask(&w, ASK_FILTER, "550 5.7.1 No pets");
	assert_int_equal(records(&w, id), 1);
	records(&w, "\"recipients\":[]");
	records(&w, "\"address\":\"198.51.100.7\"");
	/* The same words once more are said once more. */
	ask(&w, ASK_FILTER, "550 5.7.1 No pets");
	assert_int_equal(records(&w, ""), 2);
	close_world(&w);
}

static void
test_both_maps_are_one_refusal(void **state)
{
	struct world w;

	(void)state;
	open_world(&w, "mode = observe", false, WAIT);
	refuse(&w);
	assert_null(ask(&w, ASK_FILTER, UNKNOWN));
	assert_null(ask(&w, ASK_FOOTER, UNKNOWN));
	assert_int_equal(records(&w, "\"code\":550"), 1);
	assert_null(ask(&w, ASK_FILTER, UNKNOWN));
	assert_int_equal(records(&w, ""), 2);
	close_world(&w);
}

static void
test_make_permanent(void **state)
{
	struct world w;
	struct question q = question(ASK_FILTER, RELAY);
	struct reply out = { .code = 0 };

	(void)state;
	open_world(&w, "mode = enforce\nmake-permanent = {\"relay-denied\"}",
	    false, WAIT);
	assert_true(engine_rewrite(w.e, &q, &out));
	assert_int_equal(out.code, 550);
	assert_int_equal(records(&w, "\"outcome\":\"reject\""), 1);
	reply_clear(&out);
	reply_clear(&q.stock);
	close_world(&w);
}

/* What the policy service says, and how it comes back. */
static void
refuse_by_service(struct world *w, char line[512])
{
	struct reply reply = { .code = 0 };

	session_rcpt(engine_session(w->e), "a@example.net");
	assert_int_equal(engine_step(w->e, STAGE_RCPT, &reply),
	    ACTION_REJECT);
	snprintf(line, 512, "%d %s <a@example.net>: Recipient address "
	    "rejected: %s", reply.code, reply.status, reply.lines[0]);
	reply_clear(&reply);
}

static void
test_policy_service(void **state)
{
	struct world w;
	struct question q;
	char line[512];
	const char *id;

	(void)state;
	open_world(&w, "mode = enforce", true, WAIT);
	refuse_by_service(&w, line);
	assert_int_equal(records(&w, ""), 0);
	assert_true(engine_issued(w.e, strstr(line, "Recipient")));
	assert_false(engine_issued(w.e, UNKNOWN_CUT));
	q = question(ASK_FOOTER, line);
	assert_true(engine_matches(w.e, &q));
	reply_clear(&q.stock);
	q = question(ASK_FOOTER, UNKNOWN);
	assert_false(engine_matches(w.e, &q));
	reply_clear(&q.stock);
	id = ask(&w, ASK_FOOTER, line);
	assert_int_equal(records(&w, id), 1);
	records(&w, "\"issuer\":\"saywhy\"");
	records(&w, "\"check\":\"relay_denied\"");
	close_world(&w);
}

static void
test_policy_service_without_a_map(void **state)
{
	struct world w;
	char line[512];

	(void)state;
	open_world(&w, "mode = enforce", true, 0);
	refuse_by_service(&w, line);
	assert_int_equal(records(&w, "\"issuer\":\"saywhy\""), 1);
	assert_true(engine_issued(w.e, line));
	close_world(&w);
	open_world(&w, "mode = enforce", true, WAIT);
	refuse_by_service(&w, line);
	engine_free(w.e);
	w.e = NULL;
	assert_int_equal(records(&w, "\"issuer\":\"saywhy\""), 1);
	close_world(&w);
}

static void
test_never_issued(void **state)
{
	struct world w;
	char line[512];

	(void)state;
	open_world(&w, "mode = enforce", true, WAIT);
	refuse_by_service(&w, line);
	engine_cancel(w.e);
	assert_false(engine_issued(w.e, line));
	engine_free(w.e);
	w.e = NULL;
	assert_int_equal(records(&w, ""), 0);
	close_world(&w);
}

static void
test_unknown_session(void **state)
{
	struct question q = question(ASK_FILTER, UNKNOWN);
	struct reply out = { .code = 0 };
	struct world w;

	(void)state;
	open_world(&w, "mode = enforce", false, WAIT);
	assert_true(engine_rewrite_unknown(w.rules, w.recorder, NULL, &q,
	    &out));
	assert_int_equal(records(&w, "\"joined\":false"), 1);
	records(&w, "\"client\":{}");
	assert_null(strstr(out.lines[0], "unknown"));
	close_world(&w);
	/* Its thread is busy: connection and greeting are known. */
	open_world(&w, "mode = enforce", false, WAIT);
	assert_true(engine_rewrite_unknown(w.rules, w.recorder,
	    engine_session(w.e), &q, &out));
	assert_int_equal(records(&w, "\"address\":\"198.51.100.7\""), 1);
	records(&w, "\"helo\":\"client.example\"");
	records(&w, "\"stage\":\"rcpt\"");
	reply_clear(&out);
	reply_clear(&q.stock);
	close_world(&w);
}

static void
test_recent_ids(void **state)
{
	char id[RECORD_ID_TEXT], first[RECORD_ID_TEXT];
	int i;

	(void)state;
	record_id(first);
	assert_true(record_id_is_recent(first));
	assert_false(record_id_is_recent("000000000000"));
	assert_false(record_id_is_recent("short"));
	assert_false(record_id_is_recent(""));
	assert_false(record_id_is_recent("UUUUUUUUUUUU"));
	for (i = 0; i < 100; i++)
		record_id(id);
	assert_true(record_id_is_recent(first));
	for (i = 0; i < 200000; i++)
		record_id(id);
	assert_false(record_id_is_recent(first));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_waits_for_the_question),
		cmocka_unit_test(test_waits_for_a_second),
		cmocka_unit_test(test_waits_for_the_next_event),
		cmocka_unit_test(test_written_at_the_end),
		cmocka_unit_test(test_does_not_wait_in_vain),
		cmocka_unit_test(test_another_text),
		cmocka_unit_test(test_without_an_event),
		cmocka_unit_test(test_both_maps_are_one_refusal),
		cmocka_unit_test(test_make_permanent),
		cmocka_unit_test(test_policy_service),
		cmocka_unit_test(test_policy_service_without_a_map),
		cmocka_unit_test(test_never_issued),
		cmocka_unit_test(test_unknown_session),
		cmocka_unit_test(test_recent_ids),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
