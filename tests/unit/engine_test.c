/* engine_test - whole sessions, what is said of them, and what is recorded */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/diag.h"
#include "dns/dns.h"
#include "engine/engine.h"
#include "engine/ruleset.h"
#include "records/recorder.h"

#define ENFORCE "mode = enforce\n"
#define OBSERVE "mode = observe\n"

static const char head[] =
    "name = \"mx.example.org\"\n"
    "relay { domains = {\"example.org\"} }\n"
    "blacklist { clients = {\"198.51.100.66\"} "
    "senders = {\"bad@example.com\"} }\n"
    "content { header \"Subject\" { pattern = \"/pills/\" } }\n";

/* An engine whose records go to a file that is read back. */
struct world {
	char path[64];
	struct ruleset *rules;
	struct recorder *recorder;
	struct engine *e;
};

static void
open_world(struct world *w, const char *more)
{
	struct record_options opt = { .retention = 1000 * 86400 };
	struct diags d = DIAGS_INIT;
	char text[2048];
	int fd;

	snprintf(w->path, sizeof w->path, "/tmp/saywhy-engine-XXXXXX");
	fd = mkstemp(w->path);
	assert_true(fd >= 0);
	close(fd);
	snprintf(text, sizeof text, "%s%s\n", head, more);
	w->rules = ruleset_load_text("test", text, &d);
	if (w->rules == NULL)
		diags_print(&d, stderr);
	assert_non_null(w->rules);
	diags_free(&d);
	opt.file = w->path;
	w->recorder = recorder_new(&opt);
	w->e = engine_new(w->rules, w->recorder);
}

static void
close_world(struct world *w)
{
	engine_free(w->e);
	recorder_free(w->recorder);
	ruleset_release(w->rules);
	unlink(w->path);
}

/* What stands in the records so far; the caller frees it. */
static char *
records(const struct world *w)
{
	FILE *f = fopen(w->path, "r");
	char *text = calloc(1, 65536);

	assert_non_null(f);
	assert_true(fread(text, 1, 65535, f) < 65535);
	fclose(f);
	return text;
}

static int
count_records(const struct world *w, const char *what)
{
	char *text = records(w), *line, *rest = text;
	int n = 0;

	while ((line = strsep(&rest, "\n")) != NULL)
		n += *line != '\0' && strstr(line, what) != NULL;
	free(text);
	return n;
}

/* One step; returns the reply's code, 0 where there is none. */
static int
step(struct world *w, enum stage stage)
{
	struct reply reply = { .code = 0 };
	enum action action = engine_step(w->e, stage, &reply);
	int code = reply.code;

	assert_int_equal(action_refuses(action), code != 0);
	reply_clear(&reply);
	return code;
}

static void
greet(struct world *w, const char *client)
{
	struct ip ip;

	assert_true(ip_parse(client, &ip));
	session_connect(engine_session(w->e), "mail.example.com", &ip);
	assert_int_equal(step(w, STAGE_CONNECT), 0);
	session_helo(engine_session(w->e), "mail.example.com");
	assert_int_equal(step(w, STAGE_HELO), 0);
}

static int
mail(struct world *w, const char *sender)
{
	session_mail(engine_session(w->e), sender);
	return step(w, STAGE_MAIL);
}

static int
rcpt(struct world *w, const char *to)
{
	session_rcpt(engine_session(w->e), to);
	return step(w, STAGE_RCPT);
}

static int
message(struct world *w, const char *subject)
{
	int code;

	assert_int_equal(step(w, STAGE_DATA), 0);
	session_header(engine_session(w->e), "Subject", subject);
	assert_int_equal(step(w, STAGE_HEADERS), 0);
	session_body(engine_session(w->e), 100);
	code = step(w, STAGE_MESSAGE);
	return code;
}

static void
test_good_mail_leaves_no_record(void **state)
{
	struct world w;

	(void)state;
	open_world(&w, ENFORCE);
	greet(&w, "198.51.100.7");
	assert_int_equal(mail(&w, "a@example.com"), 0);
	assert_int_equal(rcpt(&w, "u@example.org"), 0);
	assert_int_equal(message(&w, "hello"), 0);
	assert_int_equal(count_records(&w, ""), 0);
	close_world(&w);
}

/* A finding of CONNECT is spoken at every RCPT, but not to postmaster. */
static void
test_found_early_spoken_at_rcpt(void **state)
{
	struct world w;

	(void)state;
	open_world(&w, ENFORCE);
	greet(&w, "198.51.100.66");
	assert_int_equal(mail(&w, "a@example.com"), 0);
	assert_int_equal(rcpt(&w, "u@example.org"), 550);
	assert_int_equal(rcpt(&w, "v@example.org"), 550);
	assert_int_equal(rcpt(&w, "postmaster@example.org"), 0);
	assert_int_equal(message(&w, "why?"), 0);
	assert_int_equal(count_records(&w, "\"reason\":\"client-denied\""), 2);
	assert_int_equal(count_records(&w, "\"outcome\":\"reject\""), 2);
	close_world(&w);
}

/* What one message did is forgotten with it; what the client is stays. */
static void
test_scopes(void **state)
{
	struct world w;

	(void)state;
	open_world(&w, ENFORCE);
	greet(&w, "198.51.100.7");
	assert_int_equal(mail(&w, "bad@example.com"), 0);
	assert_int_equal(rcpt(&w, "u@example.org"), 550);
	engine_reset(w.e);
	assert_int_equal(mail(&w, "good@example.com"), 0);
	assert_int_equal(rcpt(&w, "u@example.net"), 550);
	assert_int_equal(rcpt(&w, "u@example.org"), 0);
	assert_int_equal(message(&w, "cheap pills"), 550);
	engine_reset(w.e);
	assert_int_equal(mail(&w, "good@example.com"), 0);
	assert_int_equal(rcpt(&w, "u@example.org"), 0);
	assert_int_equal(message(&w, "hello"), 0);
	assert_int_equal(count_records(&w, ""), 3);
	assert_int_equal(count_records(&w, "\"reason\":\"relay-denied\""), 1);
	assert_int_equal(count_records(&w, "\"reason\":\"header-pattern\""),
	    1);
	close_world(&w);
}

static void
test_observe_only_records(void **state)
{
	struct world w;

	(void)state;
	open_world(&w, OBSERVE);
	greet(&w, "198.51.100.66");
	assert_int_equal(mail(&w, "bad@example.com"), 0);
	assert_int_equal(rcpt(&w, "u@example.net"), 0);
	assert_int_equal(message(&w, "cheap pills"), 0);
	assert_int_equal(engine_marks(w.e)->n, 0);
	assert_null(engine_marks(w.e)->quarantine);
	assert_int_equal(count_records(&w, "\"outcome\":\"observed\""), 2);
	assert_int_equal(count_records(&w, ""), 2);
	close_world(&w);
}

static void
test_quarantine_and_mark(void **state)
{
	const struct marks *marks;
	struct world w;

	(void)state;
	open_world(&w, ENFORCE
	    "reason \"header-pattern\" { action = quarantine }\n"
	    "reason \"sender-denied\" { action = mark }");
	greet(&w, "198.51.100.7");
	assert_int_equal(mail(&w, "bad@example.com"), 0);
	assert_int_equal(rcpt(&w, "u@example.org"), 0);
	session_header(engine_session(w.e), "From", "bad@example.com");
	session_header(engine_session(w.e), "X-Saywhy",
	    "mx.example.org; reason=none");
	assert_int_equal(message(&w, "cheap pills"), 0);
	marks = engine_marks(w.e);
	assert_string_equal(marks->quarantine, "header-pattern");
	assert_int_equal(marks->n, 2);
	assert_int_equal(marks->nforged, 1);
	assert_int_equal(count_records(&w, "\"outcome\":\"quarantine\""), 1);
	close_world(&w);
}

static void
test_refused_by_mta(void **state)
{
	struct world w;

	(void)state;
	open_world(&w, ENFORCE);
	greet(&w, "198.51.100.7");
	assert_int_equal(mail(&w, "a@example.com"), 0);
	session_rcpt(engine_session(w.e), "no@example.org");
	engine_refused_by_mta(w.e, "5.1.1", "User unknown");
	assert_int_equal(count_records(&w, "\"issuer\":\"mta\""), 1);
	assert_int_equal(count_records(&w, "\"status\":\"5.1.1\""), 1);
	assert_int_equal(count_records(&w, "\"code\":null"), 1);
	close_world(&w);
}

static void
test_local_mail_passes(void **state)
{
	struct world w;

	(void)state;
	open_world(&w, ENFORCE);
	session_connect(engine_session(w.e), NULL, NULL);
	engine_session(w.e)->local = true;
	assert_int_equal(step(&w, STAGE_CONNECT), 0);
	assert_int_equal(mail(&w, "bad@example.com"), 0);
	assert_int_equal(rcpt(&w, "u@example.net"), 0);
	assert_int_equal(message(&w, "cheap pills"), 0);
	assert_int_equal(count_records(&w, ""), 0);
	close_world(&w);
}

/* Nobody was accepted whom the finding concerns: nothing is said. */
static void
test_strictest_of_the_accepted(void **state)
{
	struct world w;

	(void)state;
	open_world(&w, ENFORCE
	    "exception \"lab\" { recipients = {\"lab@example.org\"} "
	    "reason \"header-pattern\" { action = off } }");
	greet(&w, "198.51.100.7");
	mail(&w, "a@example.com");
	assert_int_equal(rcpt(&w, "lab@example.org"), 0);
	assert_int_equal(message(&w, "cheap pills"), 0);
	engine_reset(w.e);
	mail(&w, "a@example.com");
	assert_int_equal(rcpt(&w, "lab@example.org"), 0);
	assert_int_equal(rcpt(&w, "u@example.org"), 0);
	assert_int_equal(message(&w, "cheap pills"), 550);
	close_world(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good_mail_leaves_no_record),
		cmocka_unit_test(test_found_early_spoken_at_rcpt),
		cmocka_unit_test(test_scopes),
		cmocka_unit_test(test_observe_only_records),
		cmocka_unit_test(test_quarantine_and_mark),
		cmocka_unit_test(test_refused_by_mta),
		cmocka_unit_test(test_local_mail_passes),
		cmocka_unit_test(test_strictest_of_the_accepted),
	};
	int failed;

	dns_offline(true);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	dns_stop();
	return failed;
}
