/* dns_dns_test - found, none, failed; each in time */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/mem.h"
#include "dns/dns.h"
#include "dns/dns_message.h"
#include "dns/dns_options.h"
#include "dns_liar.h"
#include "patience.h"

static struct liar *liar;

static void
start_at(int port, long long cache)
{
	struct dns_options opt = { .cache = cache };
	struct buf errmsg = BUF_INIT, servers = BUF_INIT;

	buf_printf(&servers, "127.0.0.1:%d", port);
	opt.servers = NULL;
	assert_true(option_set(dns_option_rows, &opt, servers.data, &errmsg));
	assert_true(dns_start(&opt, &errmsg));
	option_clear(dns_option_rows, &opt);
	buf_free(&errmsg);
	buf_free(&servers);
}

static int
begin(void **state)
{
	(void)state;
	liar = liar_start("127.0.0.1", 0);
	assert_non_null(liar);
	start_at(liar_port(liar), 1 << 20);
	return 0;
}

static int
end(void **state)
{
	(void)state;
	dns_stop();
	liar_stop(liar);
	return 0;
}

static void
expect_words(const char *name, const char *words, const char *part)
{
	if (strstr(words, part) == NULL)
		fail_msg("%s: %s", name, words);
}

static void
expect(enum dns_type type, const char *name, enum dns_status status,
    const char *value)
{
	const struct dns_answer *a = dns_lookup(type, name,
	    patience());
	char text[IP_TEXT];

	if (a->status != status)
		fail_msg("%s: %d %s", name, (int)a->status,
		    a->failure != NULL ? a->failure : "");
	if (status == DNS_TEMPFAIL)
		assert_non_null(a->failure);
	if (value != NULL && status == DNS_FOUND)
		assert_string_equal(value, type <= DNS_AAAA ?
		    ip_format(&a->v[0].ip, text) : a->v[0].text);
	else if (value != NULL)
		expect_words(name, a->failure, value);
	dns_drop(a);
}

static void
test_answers(void **state)
{
	static const char *const lines[] = {
		"example.org A 192.0.2.7", "example.org AAAA 2001:db8::7",
		"example.org MX 10 mx.example.org",
		"example.org TXT \"v=spf1 -all\"",
		"7.2.0.192.in-addr.arpa PTR mail.example.org",
		"alias.example.org CNAME example.org",
		"only.example.org TXT x", "broken.example.org ANY TEMPFAIL" };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof lines / sizeof lines[0]; i++)
		assert_true(liar_tell(liar, lines[i]));
	expect(DNS_A, "example.org", DNS_FOUND, "192.0.2.7");
	expect(DNS_A, "EXAMPLE.org.", DNS_FOUND, "192.0.2.7");
	expect(DNS_AAAA, "example.org", DNS_FOUND, "2001:db8::7");
	expect(DNS_MX, "example.org", DNS_FOUND, "mx.example.org");
	expect(DNS_TXT, "example.org", DNS_FOUND, "v=spf1 -all");
	expect(DNS_PTR, "7.2.0.192.in-addr.arpa", DNS_FOUND,
	    "mail.example.org");
	expect(DNS_A, "alias.example.org", DNS_FOUND, "192.0.2.7");
	expect(DNS_CNAME, "alias.example.org", DNS_FOUND, "example.org");
	expect(DNS_A, "only.example.org", DNS_NONE, NULL);
	expect(DNS_A, "nx.example.org", DNS_NONE, NULL);
	expect(DNS_A, "broken.example.org", DNS_TEMPFAIL, "SERVFAIL");
}

static void
test_lies(void **state)
{
	const struct dns_answer *a;

	(void)state;
	expect(DNS_A, "servfail.test", DNS_TEMPFAIL, "SERVFAIL");
	expect(DNS_A, "refused.test", DNS_TEMPFAIL, "REFUSED");
	expect(DNS_A, "pointer.test", DNS_TEMPFAIL, "broken");
	expect(DNS_A, "garbage.test", DNS_TEMPFAIL, NULL);
	expect(DNS_A, "loop.test", DNS_TEMPFAIL, "without end");
	expect(DNS_A, "chain3.test", DNS_FOUND, "192.0.2.1");
	expect(DNS_A, "chain17.test", DNS_TEMPFAIL, "without end");
	expect(DNS_A, "cut.test", DNS_FOUND, "192.0.2.1");
	a = dns_lookup(DNS_TXT, "big.test", patience());
	assert_int_equal(a->status, DNS_FOUND);
	assert_int_equal(a->n, 64);
	dns_drop(a);
}

/* c-ares of Debian 13 asks for names of hosts alone: no answer, not "none". */
static void
expect_odd(const char *name, const char *value)
{
	const struct dns_answer *a = dns_lookup(DNS_A, name, patience());

	if (a->status == DNS_TEMPFAIL) {
		assert_string_equal(a->failure,
		    "a name that the DNS library does not ask for");
		print_message("%s: %s\n", name, a->failure);
	} else
		expect(DNS_A, name, DNS_FOUND, value);
	dns_drop(a);
}

/* An answer whose question has a name of four labels, the last of n bytes. */
static enum dns_status
status_of_long(uint8_t n)
{
	uint8_t bytes[12 + 4 * 64 + 1 + 4] = { 0 };
	size_t at = 12, i;
	uint32_t ttl;
	struct dns_shared_answer *shared;
	enum dns_status status;

	bytes[5] = 1;
	for (i = 0; i < 4; i++) {
		bytes[at] = i < 3 ? 63 : n;
		memset(bytes + at + 1, 'a', bytes[at]);
		at += bytes[at] + 1u;
	}
	shared = dns_message_read(bytes, at + 5, DNS_A, "a", &ttl);
	status = shared->answer.status;
	dns_drop(&shared->answer);
	return status;
}

static void
test_long_names(void **state)
{
	(void)state;
	assert_int_equal(status_of_long(61), DNS_NONE);
	assert_int_equal(status_of_long(62), DNS_TEMPFAIL);
}

static void
test_no_names(void **state)
{
	char label[70], long_name[300];
	size_t i;

	(void)state;
	memset(label, 'a', 64);
	strcpy(label + 64, ".org");
	for (i = 0; i < 254; i++)
		long_name[i] = i % 2 == 0 ? 'a' : '.';
	long_name[254] = 'a';
	long_name[255] = '\0';
	expect(DNS_A, label, DNS_NONE, NULL);
	expect(DNS_A, long_name, DNS_NONE, NULL);
	expect(DNS_A, "a..b", DNS_NONE, NULL);
	expect(DNS_A, ".a", DNS_NONE, NULL);
	expect_odd("cold\\.test", "192.0.2.1");
}

/* What is answered before the deadline is found, whatever is not. */
static void
ask_dead(void *arg)
{
	int *tries = arg;
	char dead[40];
	struct dns_question q[3] = { { .type = DNS_A, .name = dead },
		{ .type = DNS_A, .name = "cold.test" },
		{ .type = DNS_A, .name = "slow100.test" } };

	snprintf(dead, sizeof dead, "dead.%d.test", (*tries)++);
	dns_ask(q, 3, clock_ms() + 300);
	assert_int_equal(q[0].answer->status, DNS_TEMPFAIL);
	assert_string_equal(q[0].answer->failure, "no answer in time");
	dns_forget(q, 3);
}

static void
test_deadline(void **state)
{
	static const char *const names[] = { "cold.test", "slow100.test" };
	int tries = 0;
	size_t i;

	(void)state;
	assert_in_range(patience_ms(ask_dead, &tries, 500), 280, 500);
	assert_true(dns_counts().late >= 1);
	for (i = 0; i < 2; i++)		/* asked beside the dead one */
		expect(DNS_A, names[i], DNS_FOUND, "192.0.2.1");
	assert_true(dns_counts().cached >= 2);
}

/* Asks eight times for a name that is on its way; how many joined. */
static uint64_t
ask_together(const char *name)
{
	uint64_t before = dns_counts().joined;
	struct dns_question q[8];
	size_t i;

	dns_prefetch(DNS_A, name);
	for (i = 0; i < 8; i++)
		q[i] = (struct dns_question){ .type = DNS_A, .name = name };
	dns_ask(q, 8, patience());
	for (i = 0; i < 8; i++)
		assert_int_equal(q[i].answer->status, DNS_FOUND);
	dns_forget(q, 8);
	return dns_counts().joined - before;
}

/* On a busy machine it may come before we ask, or be asked for again. */
static void
test_one_query(void **state)
{
	uint64_t sent, joined = 0;
	char name[40];
	int tries;

	(void)state;
	for (tries = 0; tries < PATIENCE_TRIES && joined != 8; tries++) {
		snprintf(name, sizeof name, "slow80.once%d.test", tries);
		sent = dns_counts().sent;
		joined = ask_together(name);
	}
	assert_int_equal(joined, 8);
	assert_int_equal(dns_counts().sent, sent + 1);
	sent = dns_counts().cached;
	expect(DNS_A, name, DNS_FOUND, "192.0.2.1");
	assert_int_equal(dns_counts().cached, sent + 1);
}

/* Those without an answer come to the front; how many. */
static size_t
keep_unanswered(struct dns_question *q, size_t n)
{
	size_t i, left = 0;

	for (i = 0; i < n; i++) {
		bool found = q[i].answer->status == DNS_FOUND;

		dns_forget(&q[i], 1);
		if (!found)
			q[left++] = (struct dns_question){ .type = q[i].type,
				.name = q[i].name };
	}
	return left;
}

/* 5,000 names nobody asked before, in one batch; memory stays in bounds. */
static void
test_many(void **state)
{
	enum { MANY = 5000 };
	struct dns_question *q = mem_array(MANY, sizeof *q);
	char (*names)[32] = mem_array(MANY, sizeof *names);
	size_t i, left = MANY;
	int tries;

	(void)state;
	for (i = 0; i < MANY; i++) {
		snprintf(names[i], sizeof names[i], "cold%zu.many.test", i);
		q[i] = (struct dns_question){ .type = DNS_A,
			.name = names[i] };
	}
	/* The server here is slow where the machine is. */
	for (tries = 0; tries < PATIENCE_TRIES && left > 0; tries++) {
		dns_ask(q, left, patience());
		assert_in_range(dns_counts().bytes, 1, 1 << 20);
		left = keep_unanswered(q, left);
	}
	assert_int_equal(left, 0);
	assert_true(dns_counts().dropped > 0);
	free(q);
	free(names);
}

/* How often it stands in the log. */
static int
count_logged(FILE *log, const char *words)
{
	char line[512];
	int n = 0;

	rewind(log);
	while (fgets(line, sizeof line, log) != NULL)
		n += strstr(line, words) != NULL;
	return n;
}

/* Where it was; a query of ours may have that port for a moment. */
static void
start_again(int port)
{
	int64_t until = patience();

	while ((liar = liar_start("127.0.0.1", port)) == NULL &&
	    clock_left(until) > 0)
		usleep(10000);
	assert_non_null(liar);
}

/*
 * Nobody listens: a failure soon; then the server comes up and is used. The log
 * says both, once.
 */
static void
test_dead_and_back(void **state)
{
	int port = liar_port(liar), errors = dup(STDERR_FILENO);
	FILE *log = tmpfile();

	(void)state;
	assert_non_null(log);
	dup2(fileno(log), STDERR_FILENO);
	liar_stop(liar);
	expect(DNS_A, "cold.dead.test", DNS_TEMPFAIL, NULL);
	expect(DNS_A, "cold.dead-too.test", DNS_TEMPFAIL, NULL);
	start_again(port);
	expect(DNS_A, "cold.back.test", DNS_FOUND, "192.0.2.1");
	dup2(errors, STDERR_FILENO);
	close(errors);
	assert_int_equal(count_logged(log, "is deferred until it does"), 1);
	assert_int_equal(count_logged(log, "the DNS server answers again"), 1);
	fclose(log);
}

static bool
is_found(const char *label, int number)
{
	const struct dns_answer *a;
	char name[40];
	bool found;

	snprintf(name, sizeof name, "%s%d.found.test", label, number);
	a = dns_lookup(DNS_A, name, patience());
	found = a->status == DNS_FOUND;
	dns_drop(a);
	return found;
}

/*
 * It swallows everything: the first query costs its whole time, those after
 * it next to nothing; and soon after it answers again, so do we.
 */
static void
test_swallows(void **state)
{
	int64_t began = clock_ms();
	int i;

	(void)state;
	liar_delay(liar, 60000);
	expect(DNS_A, "cold.swallowed.test", DNS_TEMPFAIL, NULL);
	while (clock_ms() - began < 7000)	/* until a probe has failed */
		usleep(50000);
	began = clock_ms();
	for (i = 0; i < 20; i++) {
		char name[40];

		snprintf(name, sizeof name, "cold%d.swallowed.test", i);
		expect(DNS_A, name, DNS_TEMPFAIL, "does not answer");
	}
	assert_in_range(clock_ms() - began, 0, PATIENCE_MS);
	liar_delay(liar, 0);
	began = patience();
	while (!is_found("cold", i++) && clock_left(began) > 0)
		usleep(100000);
	expect(DNS_A, "cold.again.test", DNS_FOUND, "192.0.2.1");
}

static void
test_reload(void **state)
{
	struct dns_options opt = { .cache = 1 << 20 };
	struct liar *other = liar_start("127.0.0.1", 0);
	struct buf servers = BUF_INIT;

	(void)state;
	assert_non_null(other);
	assert_true(liar_tell(other, "new.test A 192.0.2.99"));
	dns_prefetch(DNS_A, "new.test");
	buf_printf(&servers, "127.0.0.1:%d", liar_port(other));
	opt.servers = servers.data;
	expect(DNS_A, "new.test", DNS_NONE, NULL);
	dns_prefetch(DNS_A, "dead.new.test");
	dns_apply(&opt);
	expect(DNS_A, "a.new.test", DNS_NONE, NULL);
	expect(DNS_TXT, "count.test", DNS_FOUND, NULL);
	dns_stop();
	liar_stop(other);
	expect(DNS_A, "new.test", DNS_TEMPFAIL, "not asked");
	start_at(liar_port(liar), 1 << 20);
	buf_free(&servers);
}

static void
test_offline(void **state)
{
	static const char *const wrong[][3] = { { "a.test", "A", "x" },
		{ "a.test", "MX", "mail" }, { "a..test", "A", "192.0.2.1" },
		{ "a.test", "SRV", "x" }, { "a.test", "ANY", "x" } };
	struct buf errmsg = BUF_INIT;
	size_t i;

	(void)state;
	dns_offline(false);
	assert_true(dns_preload("a.b.test", "A", "192.0.2.1", &errmsg));
	assert_true(dns_preload("a.b.test", "A", "192.0.2.2", &errmsg));
	assert_true(dns_preload("c.test", "CNAME", "a.b.test.", &errmsg));
	assert_true(dns_preload("d.test", "CNAME", "d.test", &errmsg));
	assert_true(dns_preload("e.test", "ANY", "TEMPFAIL", &errmsg));
	expect(DNS_A, "a.b.test", DNS_FOUND, "192.0.2.1");
	expect(DNS_A, "c.test", DNS_FOUND, "192.0.2.1");
	expect(DNS_A, "d.test", DNS_TEMPFAIL, "without end");
	expect(DNS_MX, "e.test", DNS_TEMPFAIL, NULL);
	expect(DNS_A, "b.test", DNS_NONE, NULL);
	for (i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		buf_clear(&errmsg);
		assert_false(dns_preload(wrong[i][0], wrong[i][1],
		    wrong[i][2], &errmsg));
		assert_true(errmsg.len > 0);
	}
	buf_free(&errmsg);
}

static void
test_no_such_name(void **state)
{
	const struct dns_answer *none = dns_lookup(DNS_A, "x.test", 0);
	const struct dns_answer *empty = dns_lookup(DNS_A, "b.test", 0);

	(void)state;
	assert_true(none->no_name);
	assert_false(empty->no_name);
	dns_drop(none);
	dns_drop(empty);
}

static void
test_servers(void **state)
{
	static const struct {
		const char *value, *kept;	/* NULL: it is wrong */
	} rows[] = {
		{ "127.0.0.1", "127.0.0.1:53" },
		{ "192.0.2.1:5353", "192.0.2.1:5353" },
		{ "2001:db8::1", "[2001:db8::1]:53" },
		{ "[2001:db8::1]:5353", "[2001:db8::1]:5353" },
		{ "[2001:db8::1]", "[2001:db8::1]:53" },
		{ "", NULL }, { ":", NULL }, { "[", NULL }, { "[]:53", NULL },
		{ "localhost", NULL }, { "127.0.0.1:0", NULL },
		{ "127.0.0.1:99999", NULL }, { "127.0.0.1:53x", NULL },
	};
	struct dns_options opt = { .cache = 1 << 20 };
	struct buf errmsg = BUF_INIT;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		assert_int_equal(option_set(dns_option_rows, &opt,
		    rows[i].value, &errmsg), rows[i].kept != NULL);
		if (rows[i].kept != NULL) {
			assert_string_equal(opt.servers, rows[i].kept);
			assert_true(dns_start(&opt, &errmsg));
		}
		option_unset(dns_option_rows, &opt);
	}
	dns_stop();
	buf_free(&errmsg);
}

static void
test_reverse(void **state)
{
	static const struct {
		const char *ip, *zone, *expect;
	} rows[] = {
		{ "192.0.2.7", NULL, "7.2.0.192.in-addr.arpa" },
		{ "::ffff:192.0.2.7", "zen.example", "7.2.0.192.zen.example" },
		{ "2001:db8::7", NULL, "7.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0."
		    "0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa" },
	};
	struct buf b = BUF_INIT;
	struct ip ip;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		buf_clear(&b);
		assert_true(ip_parse(rows[i].ip, &ip));
		dns_put_reverse(&b, &ip, rows[i].zone);
		assert_string_equal(b.data, rows[i].expect);
	}
	buf_free(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_answers, begin, end),
		cmocka_unit_test_setup_teardown(test_lies, begin, end),
		cmocka_unit_test(test_long_names),
		cmocka_unit_test_setup_teardown(test_no_names, begin, end),
		cmocka_unit_test_setup_teardown(test_deadline, begin, end),
		cmocka_unit_test_setup_teardown(test_one_query, begin, end),
		cmocka_unit_test_setup_teardown(test_many, begin, end),
		cmocka_unit_test_setup_teardown(test_dead_and_back, begin,
		    end),
		cmocka_unit_test_setup_teardown(test_reload, begin, end),
		cmocka_unit_test_setup_teardown(test_swallows, begin, end),
		cmocka_unit_test(test_offline),
		cmocka_unit_test(test_no_such_name),
		cmocka_unit_test(test_servers),
		cmocka_unit_test(test_reverse),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	dns_stop();
	return failed;
}
