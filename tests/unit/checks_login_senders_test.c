/* checks_login_senders_test - the file of logins and their senders */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/diag.h"
#include "base/mem.h"
#include "engine/engine.h"
#include "engine/ruleset.h"
#include "model/session.h"

static struct ruleset *
load(const char *lines, struct diags *d)
{
	char path[] = "/tmp/saywhy-test-XXXXXX";
	struct buf conf = BUF_INIT;
	struct ruleset *r;
	int fd = mkstemp(path);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, lines, strlen(lines)), strlen(lines));
	close(fd);
	buf_printf(&conf, "mode = enforce\nauth { login-senders = listed "
	    "login-senders-file = \"%s\" spf = no dkim = no "
	    "sender-domain = no }\n", path);
	r = ruleset_load_text("test", conf.data, d);
	unlink(path);
	buf_free(&conf);
	return r;
}

static bool
may_send(struct ruleset *r, const char *login, const char *sender)
{
	struct engine *e = engine_new(r, NULL);
	struct session *s = engine_session(e);
	struct reply reply = { .code = 0 };
	struct ip client;
	bool refused;

	assert_true(ip_parse("192.0.2.1", &client));
	session_connect(s, NULL, &client);
	engine_step(e, STAGE_CONNECT, &reply);
	session_mail(s, sender);
	mem_replace(&s->login, login);
	engine_step(e, STAGE_MAIL, &reply);
	session_rcpt(s, "u@example.net");
	refused = action_refuses(engine_step(e, STAGE_RCPT, &reply));
	reply_clear(&reply);
	engine_free(e);
	return !refused;
}

static void
test_good(void **state)
{
	struct diags d = DIAGS_INIT;
	struct ruleset *r = load("# who may be whom\n\n"
	    "ann  ann@example.org, sales@example.org\n"
	    "Bob\texample.com\n"
	    "ann /^ann-[0-9]+@lists\\.example$/i\n", &d);

	(void)state;
	assert_non_null(r);
	assert_true(may_send(r, "ann", "ann@example.org"));
	assert_true(may_send(r, "ANN", "sales@example.org"));
	assert_true(may_send(r, "ann", "ann-7@lists.example"));
	assert_true(may_send(r, "bob", "anybody@example.com"));
	assert_true(may_send(r, "carl", "<>"));
	assert_false(may_send(r, "ann", "bob@example.org"));
	assert_false(may_send(r, "bob", "ann@example.org"));
	assert_false(may_send(r, "carl", "carl@example.org"));
	ruleset_release(r);
	diags_free(&d);
}

static void
test_mistakes(void **state)
{
	struct diags d = DIAGS_INIT;

	(void)state;
	assert_null(load("ann a@example.org\nbob\ncarl /(/ x@y@z\n", &d));
	assert_int_equal(d.errors, 3);
	assert_int_equal(d.v[0].line, 2);
	assert_int_equal(d.v[1].line, 3);
	diags_free(&d);
	assert_null(ruleset_load_text("test",
	    "auth { login-senders-file = \"/nowhere/at/all\" }", &d));
	assert_int_equal(d.errors, 1);
	diags_free(&d);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_mistakes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
