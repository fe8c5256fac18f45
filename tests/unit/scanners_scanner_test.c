/* scanners_scanner_test - what scanners may answer, and who is asked next */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/sock.h"
#include "scanners/clamd.h"
#include "scanners/rspamd.h"
#include "scanners/spamd.h"
#include "patience.h"

/* A server that hears messages and says the same to each. */
struct fake {
	char path[64];
	struct sock_spec spec;
	int fd;
	pthread_t thread;
	const char *answer;	/* NULL: it says nothing and waits */
	size_t nanswer;
	bool session;		/* clamd: a message ends with four NULs */
	bool early;		/* it answers and hangs up at the first bytes */
	atomic_int connections, messages;
	atomic_bool stop;
};

/* One message, to its end; false: the peer has gone. */
static bool
read_command(struct fake *f, int fd)
{
	char bytes[4096];
	bool any = false;
	ssize_t n;

	for (;;) {
		struct pollfd p = { .fd = fd, .events = POLLIN };

		if (atomic_load(&f->stop))
			return false;
		if (poll(&p, 1, 20) <= 0)
			continue;
		n = recv(fd, bytes, sizeof bytes, 0);
		if (n <= 0)
			return any && !f->session && n == 0;
		any = true;
		if (f->early || (f->session && n >= 4 &&
		    memcmp(bytes + n - 4, "\0\0\0", 4) == 0))
			return true;
	}
}

static void
serve(struct fake *f, int fd)
{
	while (read_command(f, fd)) {
		atomic_fetch_add(&f->messages, 1);
		if (f->answer == NULL) {
			while (!atomic_load(&f->stop))
				usleep(5000);
			break;
		}
		if (send(fd, f->answer, f->nanswer, MSG_NOSIGNAL) < 0 ||
		    !f->session || f->early)
			break;
	}
	close(fd);
}

static void *
listen_there(void *arg)
{
	struct fake *f = arg;
	int fd;

	while (!atomic_load(&f->stop)) {
		struct pollfd p = { .fd = f->fd, .events = POLLIN };

		if (poll(&p, 1, 20) <= 0)
			continue;
		fd = accept(f->fd, NULL, NULL);
		if (fd < 0)
			continue;
		atomic_fetch_add(&f->connections, 1);
		serve(f, fd);
	}
	return NULL;
}

static void
start(struct fake *f, const char *answer, size_t n, bool session)
{
	static int number;
	struct buf errmsg = BUF_INIT;
	char spec[80];

	memset(f, 0, sizeof *f);
	snprintf(f->path, sizeof f->path, "/tmp/saywhy-scan-%d-%d",
	    (int)getpid(), number++);
	snprintf(spec, sizeof spec, "unix:%s", f->path);
	assert_true(sock_spec_parse(spec, &f->spec, &errmsg));
	f->fd = sock_listen(&f->spec, 0600, (gid_t)-1, &errmsg);
	assert_true(f->fd >= 0);
	f->answer = answer;
	f->nanswer = n;
	f->session = session;
	assert_int_equal(pthread_create(&f->thread, NULL, listen_there, f), 0);
}

static void
stop(struct fake *f)
{
	atomic_store(&f->stop, true);
	pthread_join(f->thread, NULL);
	close(f->fd);
	unlink(f->path);
}

/* One message to clamd; what it came to, its words in `text`. */
static enum scan_status
clamd_scan(struct scanner *s, long long timeout, struct buf *text)
{
	struct scan scan = { .errmsg = BUF_INIT };
	int64_t soon = patience();
	enum scan_status status;

	buf_clear(text);
	clamd_begin(&scan, s, timeout, soon);
	clamd_put(&scan, "Subject: x\r\n\r\n", 14, soon);
	clamd_end(&scan, soon);
	status = clamd_verdict(&scan, text);
	scan_close(&scan);
	return status;
}

#define SAYS(text) text, sizeof text

static void
test_clamd_answers(void **state)
{
	static const struct {
		const char *answer;
		size_t n;
		enum scan_status status;
		const char *text;
	} cases[] = {
		{ SAYS("1: stream: OK"), SCAN_CLEAN, "" },
		{ SAYS("stream: OK"), SCAN_CLEAN, "" },
		{ SAYS("7: stream: Eicar FOUND"), SCAN_FOUND, "Eicar" },
		{ SAYS("1: stream: Heuristics.Encrypted.Zip FOUND"),
		    SCAN_UNSCANNABLE, "Heuristics.Encrypted.Zip" },
		{ SAYS("INSTREAM size limit exceeded. ERROR"), SCAN_UNSCANNABLE,
		    "the message is larger than clamd takes" },
		{ SAYS("1: stream: Can't allocate memory ERROR"), SCAN_TEMPFAIL,
		    "clamd says: Can't allocate memory ERROR" },
		{ SAYS(""), SCAN_TEMPFAIL, "clamd says: " },
	};
	struct buf text = BUF_INIT;
	struct scanner *s;
	struct fake f;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		start(&f, cases[i].answer, cases[i].n, true);
		s = scanner_new("clamd", &f.spec, 1);
		assert_int_equal(clamd_scan(s, PATIENCE_MS, &text),
		    cases[i].status);
		assert_string_equal(text.data, cases[i].text);
		scanner_free(s);
		stop(&f);
	}
	buf_free(&text);
}

/* An answer without its end is none. */
static void
test_clamd_answers_half(void **state)
{
	struct buf text = BUF_INIT;
	struct scanner *s;
	struct fake f;

	(void)state;
	start(&f, "1: stream: OK", 13, true);
	s = scanner_new("clamd", &f.spec, 1);
	assert_int_equal(clamd_scan(s, 300, &text), SCAN_TEMPFAIL);
	assert_string_equal(text.data, "no answer: too late");
	scanner_free(s);
	stop(&f);
	buf_free(&text);
}

/* One connection serves many messages, and one that died is made anew. */
static void
test_connections_are_kept(void **state)
{
	struct buf text = BUF_INIT;
	struct scanner *s;
	struct fake f;
	int i;

	(void)state;
	start(&f, SAYS("1: stream: OK"), true);
	s = scanner_new("clamd", &f.spec, 1);
	for (i = 0; i < 5; i++)
		assert_int_equal(clamd_scan(s, PATIENCE_MS, &text), SCAN_CLEAN);
	assert_int_equal(atomic_load(&f.connections), 1);
	stop(&f);
	assert_int_equal(clamd_scan(s, PATIENCE_MS, &text), SCAN_TEMPFAIL);
	scanner_free(s);
	buf_free(&text);
}

/* It has an answer before it has the message, and hangs up. */
static void
test_early_answer(void **state)
{
	struct scan scan = { .errmsg = BUF_INIT };
	char *large = calloc(1, 1 << 20);
	struct buf text = BUF_INIT;
	struct scanner *s;
	struct fake f;
	int64_t soon = patience();
	int i;

	(void)state;
	start(&f, SAYS("INSTREAM size limit exceeded. ERROR"), true);
	f.early = true;
	s = scanner_new("clamd", &f.spec, 1);
	clamd_begin(&scan, s, PATIENCE_MS, soon);
	for (i = 0; i < 8; i++)
		clamd_put(&scan, large, 1 << 20, soon);
	clamd_end(&scan, soon);
	assert_int_equal(clamd_verdict(&scan, &text), SCAN_UNSCANNABLE);
	scan_close(&scan);
	scanner_free(s);
	stop(&f);
	buf_free(&text);
	free(large);
}

struct states {
	struct buf text;
};

static void
tell(void *arg, const struct scanner_health *h)
{
	struct states *states = arg;

	buf_printf(&states->text, "%s %s %llu %llu;", h->kind,
	    h->up ? "up" : "down", (unsigned long long)h->scans,
	    (unsigned long long)h->failures);
}

static void
expect_health(const char *want)
{
	struct states states = { BUF_INIT };

	scanner_each(tell, &states);
	assert_string_equal(states.text.data, want);
	buf_free(&states.text);
}

/* A hung server costs two messages their timeout, and then none. */
static void
test_hung_server_rests(void **state)
{
	struct buf text = BUF_INIT;
	struct scanner *s;
	struct fake f;
	int64_t began;
	int i;

	(void)state;
	start(&f, NULL, 0, true);
	s = scanner_new("clamd", &f.spec, 1);
	expect_health("clamd up 0 0;");
	for (i = 0; i < 2; i++) {
		began = clock_ms();
		assert_int_equal(clamd_scan(s, 200, &text), SCAN_TEMPFAIL);
		assert_true(clock_ms() - began >= 190);
	}
	/* Now nobody waits, unless so much later that it is tried again. */
	began = clock_ms();
	assert_int_equal(clamd_scan(s, 200, &text), SCAN_TEMPFAIL);
	if (clock_ms() - began < 1500) {
		assert_string_equal(text.data, "no server answers");
		expect_health("clamd down 0 2;");
	}
	scanner_free(s);
	stop(&f);
	expect_health("");
	buf_free(&text);
}

static void
test_servers_take_turns(void **state)
{
	struct buf text = BUF_INIT;
	struct sock_spec specs[2];
	struct scanner *s;
	struct fake a, b;
	int i;

	(void)state;
	start(&a, SAYS("1: stream: OK"), true);
	start(&b, SAYS("1: stream: OK"), true);
	specs[0] = a.spec;
	specs[1] = b.spec;
	s = scanner_new("clamd", specs, 2);
	for (i = 0; i < 6; i++)
		assert_int_equal(clamd_scan(s, PATIENCE_MS, &text), SCAN_CLEAN);
	assert_int_equal(atomic_load(&a.messages), 3);
	assert_int_equal(atomic_load(&b.messages), 3);
	stop(&a);
	for (i = 0; i < 6; i++)
		assert_int_equal(clamd_scan(s, PATIENCE_MS, &text), SCAN_CLEAN);
	assert_int_equal(atomic_load(&b.messages), 9);
	scanner_free(s);
	stop(&b);
	buf_free(&text);
}

static void
test_spamd_answers(void **state)
{
	static const struct {
		const char *answer;
		enum scan_status status;
		double score;
		const char *symbols;
	} cases[] = {
		{ "SPAMD/1.1 0 EX_OK\r\nContent-length: 7\r\n"
		    "Spam: True ; 1000.5 / 5.0\r\n\r\nGTUBE,A\r\n",
		    SCAN_FOUND, 1000.5, "GTUBE,A" },
		{ "SPAMD/1.1 0 EX_OK\r\nSpam: False ; -0.1 / 5.0\r\n\r\n",
		    SCAN_CLEAN, -0.1, "" },
		{ "SPAMD/1.1 76 Bad header line\r\n\r\n", SCAN_TEMPFAIL, 0,
		    "" },
		{ "SPAMD/1.1 0 EX_OK\r\n\r\n", SCAN_TEMPFAIL, 0, "" },
		{ "garbage", SCAN_TEMPFAIL, 0, "" },
		{ "", SCAN_TEMPFAIL, 0, "" },
	};
	struct spamd_verdict v;
	struct scan scan;
	struct scanner *s;
	struct fake f;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		start(&f, cases[i].answer, strlen(cases[i].answer), false);
		s = scanner_new("spamd", &f.spec, 1);
		scan = (struct scan){ .errmsg = BUF_INIT };
		v = (struct spamd_verdict){ .symbols = BUF_INIT };
		spamd_begin(&scan, s, "user", PATIENCE_MS, patience());
		spamd_end(&scan);
		assert_int_equal(spamd_verdict(&scan, &v), cases[i].status);
		assert_true(v.score == cases[i].score);
		assert_string_equal(v.symbols.data, cases[i].symbols);
		assert_true((cases[i].status == SCAN_TEMPFAIL) ==
		    (scan.errmsg.len > 0));
		scan_close(&scan);
		buf_free(&v.symbols);
		scanner_free(s);
		stop(&f);
	}
}

static void
test_rspamd_answers(void **state)
{
	static const struct {
		const char *json;
		bool good;
		enum rspamd_action action;
		const char *symbols, *message;
	} cases[] = {
		{ "{\"action\":\"no action\",\"score\":1}", true,
		    RSPAMD_NOTHING, "", "" },
		{ "{\"action\":\"reject\",\"score\":20.5,\"required_score\":15"
		    ",\"symbols\":{\"A\":{\"score\":1},\"B\":{\"score\":-9},"
		    "\"C\":{\"score\":5}},\"messages\":{\"smtp_message\":"
		    "\"no\"}}", true, RSPAMD_REJECT,
		    "B(-9.00),C(5.00),A(1.00)", "no" },
		{ "{\"action\":\"soft reject\"}\r\n", true, RSPAMD_SOFT_REJECT,
		    "", "" },
		{ "{\"action\":\"add header\"}", true, RSPAMD_MARK, "", "" },
		{ "{\"action\":\"rewrite subject\"}", true, RSPAMD_MARK, "",
		    "" },
		{ "{\"action\":\"greylist\",\"symbols\":[],\"messages\":1}",
		    true, RSPAMD_GREYLIST, "", "" },
		{ "{\"action\":\"dance\"}", false, 0, "", "" },
		{ "{\"action\":7}", false, 0, "", "" },
		{ "{}", false, 0, "", "" },
		{ "", false, 0, "", "" },
		{ "{\"action\"", false, 0, "", "" },
	};
	struct rspamd_verdict v;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		v = (struct rspamd_verdict){ .symbols = BUF_INIT,
			.message = BUF_INIT };
		assert_int_equal(rspamd_read(cases[i].json,
		    strlen(cases[i].json), &v), cases[i].good);
		if (cases[i].good)
			assert_int_equal(v.action, cases[i].action);
		assert_string_equal(v.symbols.data, cases[i].symbols);
		assert_string_equal(v.message.data, cases[i].message);
		buf_free(&v.symbols);
		buf_free(&v.message);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_clamd_answers),
		cmocka_unit_test(test_clamd_answers_half),
		cmocka_unit_test(test_connections_are_kept),
		cmocka_unit_test(test_early_answer),
		cmocka_unit_test(test_hung_server_rests),
		cmocka_unit_test(test_servers_take_turns),
		cmocka_unit_test(test_spamd_answers),
		cmocka_unit_test(test_rspamd_answers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
