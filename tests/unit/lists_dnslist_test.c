/* lists_dnslist_test - lists in DNS: answers that count, health, keys */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/log.h"
#include "base/net.h"
#include "dns/dns.h"
#include "lists/dnslist.h"
#include "lists/dnslist_answers.h"

static const struct counting {
	const char *entry, *answer;
	bool counts;
} countings[] = {
	{ "127.0.0.2", "127.0.0.2", true },
	{ "127.0.0.2", "127.0.0.3", false },
	{ "127.0.0.2-11", "127.0.0.11", true },
	{ "127.0.0.2-11", "127.0.0.12", false },
	{ "127.0.0.2-11", "127.0.0.1", false },
	{ "127.0.0.2-127.0.1.1", "127.0.1.0", true },
	{ "127.0.0.0/24", "127.0.0.255", true },
	{ "127.0.0.0/24", "127.0.1.0", false },
	{ "127.0.0.0/8", "127.255.254.255", true },
	{ "127.0.0.0/8", "127.255.255.254", false },
	{ "127.0.0.&8", "127.0.0.8", true },
	{ "127.0.0.&8", "127.0.0.12", true },
	{ "127.0.0.&8", "127.0.0.4", false },
	{ "127.0.0.&12", "127.0.0.8", false },
	{ "127.0.0.&8", "127.0.1.8", false },
	{ "127.0.*.1-3", "127.0.200.2", true },
	{ "127.0.*.1-3", "127.0.0.255", false },
	{ "127.0.*.1-3", "127.1.0.2", false },
	{ "127.0.2-15.*", "127.0.15.9", true },
	{ "127.0.2-15.*", "127.0.16.9", false },
	{ "127.*.&4.&8", "127.9.5.9", true },
	{ "127.*.&4.&8", "127.9.9.9", false },
	{ "127.255.*.*", "127.255.255.1", false },
	{ "127.255.*.*", "127.255.254.1", true },
	{ "127.0.0.0/8", "192.0.2.1", false },
	{ "127.0.0.0/8", "2001:db8::1", false },
};

static void
test_answers(void **state)
{
	const struct counting *c;
	struct ip ip;

	(void)state;
	for (c = countings; c < countings + sizeof countings / sizeof *c;
	    c++) {
		struct dnslist_answers a = { .v = NULL };
		struct buf errmsg = BUF_INIT;

		assert_true(dnslist_answers_parse(NULL, &a, c->entry, &errmsg));
		assert_true(ip_parse(c->answer, &ip));
		if (dnslist_answers_has(&a, &ip) != c->counts)
			fail_msg("%s, %s", c->entry, c->answer);
		dnslist_answers_free(&a);
	}
}

static void
test_no_answers(void **state)
{
	static const char *const wrong[] = { "", "127", "127.0.0.256",
		"192.0.2.1", "127.0.0.11-2", "127.0.0.2-0", "*.0.0.2",
		"126-127.0.0.2", "127.0.0.**", "127.0.0.2.3", "127.0..2",
		"127.0.0.2-3-4", "127.0.1.2-127.0.0.2", "127.0.0.2-256",
		"127.0.0.2-", "127.0.0.&", "127.0.0.&0", "127.0.0.&256",
		"127.0.0.1/7", "0.0.0.0/0", "&8", "127.0.0.1/24", "::1",
		"127.0.0.2-128.0.0.1", "zen", "127.255.255.254",
		"127.255.255.*", "127.255.255.0/24",
		"127.255.255.1-127.255.255.9", NULL };
	size_t i;

	(void)state;
	for (i = 0; wrong[i] != NULL; i++) {
		struct dnslist_answers a = { .v = NULL };
		struct buf errmsg = BUF_INIT;

		if (dnslist_answers_parse(NULL, &a, wrong[i], &errmsg) ||
		    errmsg.len == 0)
			fail_msg("%s", wrong[i]);
		buf_free(&errmsg);
		dnslist_answers_free(&a);
	}
}

/* What a zone says to its test entries, and why it is set aside then. */
static const struct zone {
	enum dnslist_test test;
	const char *entry, *listed, *unlisted;
	const char *disabled;
} zones[] = {
	{ DNSLIST_TEST_IP, "2.0.0.127", "127.0.0.2", NULL, NULL },
	{ DNSLIST_TEST_DOMAIN, "TEST", "127.0.0.2", NULL, NULL },
	{ DNSLIST_TEST_NONE, "x", NULL, NULL, NULL },
	{ DNSLIST_TEST_IP, "2.0.0.127", NULL, NULL,
	    "it does not list its test entry 127.0.0.2" },
	{ DNSLIST_TEST_DOMAIN, "TEST", NULL, NULL,
	    "it does not list its test entry TEST" },
	{ DNSLIST_TEST_IP, "2.0.0.127", "127.0.0.2", "127.0.0.2",
	    "it lists 127.0.0.1, which no list should" },
	{ DNSLIST_TEST_DOMAIN, "TEST", "127.0.0.2", "127.0.0.3",
	    "it lists INVALID, which no list should" },
	{ DNSLIST_TEST_IP, "2.0.0.127", "127.255.255.254", NULL,
	    "it refuses our questions, by 127.255.255.254" },
	{ DNSLIST_TEST_IP, "2.0.0.127", "198.51.100.9", "198.51.100.9",
	    "it answers 198.51.100.9, as no list does" },
	{ DNSLIST_TEST_IP, "2.0.0.127", "TROUBLE", NULL, "" },
};

static void
tell(const char *entry, const char *answer)
{
	struct buf errmsg = BUF_INIT;
	char name[100];

	snprintf(name, sizeof name, "%s.list.example", entry);
	if (answer != NULL)
		assert_true(dns_preload(name, "A", answer, &errmsg));
	buf_free(&errmsg);
}

static char *disabled;

static void
remember(void *arg, const struct dnslist_state *state)
{
	(void)arg;
	free(disabled);
	disabled = state->disabled != NULL ? strdup(state->disabled) : NULL;
}

static void
test_health(void **state)
{
	const struct zone *z;

	(void)state;
	log_open("test", false, LOG_LEVEL_ERROR);
	for (z = zones; z < zones + sizeof zones / sizeof *z; z++) {
		struct dnslist *l = dnslist_open("list.example",
		    "list.example", z->test);

		dns_offline(false);
		tell(z->entry, z->listed);
		tell(z->test == DNSLIST_TEST_IP ? "1.0.0.127" : "INVALID",
		    z->unlisted);
		assert_true(dnslist_is_healthy(l));
		dnslist_test_all();
		dnslist_each(remember, NULL);
		assert_int_equal(dnslist_is_healthy(l), z->disabled == NULL);
		if (z->disabled == NULL)
			assert_null(disabled);
		else if (*z->disabled != '\0')
			assert_string_equal(disabled, z->disabled);
		/* It is well again as soon as it answers as it should. */
		dns_offline(false);
		tell("2.0.0.127", "127.0.0.2");
		tell("TEST", "127.0.0.2");
		dnslist_test_all();
		assert_true(dnslist_is_healthy(l));
		dnslist_close(l);
		dns_stop();
	}
	free(disabled);
	disabled = NULL;
}

static enum dnslist_verdict
ask(struct dnslist *l, const char *name)
{
	struct dnslist_answers a = { .v = NULL };
	struct buf errmsg = BUF_INIT;
	const struct dns_answer *answer;
	enum dnslist_verdict verdict;
	struct ip ip;

	dnslist_answers_parse(NULL, &a, "127.0.0.2-11", &errmsg);
	answer = dns_lookup(DNS_A, name, 0);
	verdict = dnslist_judge(l, &a, answer, &ip, &errmsg);
	assert_int_equal(verdict == DNSLIST_TEMPFAIL, errmsg.len > 0);
	dns_drop(answer);
	dnslist_answers_free(&a);
	buf_free(&errmsg);
	return verdict;
}

static void
test_sessions(void **state)
{
	struct dnslist *l = dnslist_open("list.example", "list.example",
	    DNSLIST_TEST_NONE);
	int i;

	(void)state;
	dns_offline(false);
	tell("yes", "127.0.0.4");
	tell("other", "127.0.0.99");
	tell("open", "127.255.255.254");
	tell("dead", "TROUBLE");
	assert_int_equal(ask(l, "yes.list.example"), DNSLIST_YES);
	assert_int_equal(ask(l, "other.list.example"), DNSLIST_NO);
	assert_int_equal(ask(l, "none.list.example"), DNSLIST_NO);
	for (i = 0; i < 4; i++)
		assert_int_equal(ask(l, "dead.list.example"),
		    DNSLIST_TEMPFAIL);
	assert_int_equal(ask(l, "none.list.example"), DNSLIST_NO);
	for (i = 0; i < 5; i++) {
		assert_true(dnslist_is_healthy(l));
		ask(l, "dead.list.example");
	}
	assert_false(dnslist_is_healthy(l));
	dnslist_test_all();
	assert_true(dnslist_is_healthy(l));
	assert_int_equal(ask(l, "open.list.example"), DNSLIST_TEMPFAIL);
	assert_false(dnslist_is_healthy(l));
	dnslist_close(l);
	dns_stop();
}

static void
test_keys(void **state)
{
	struct dnslist *one = dnslist_open("zen.spamhaus.example",
	    "abcdef7890.zen.dq.spamhaus.example", DNSLIST_TEST_IP);
	struct dnslist *same = dnslist_open("zen.spamhaus.example",
	    "abcdef7890.zen.dq.spamhaus.example", DNSLIST_TEST_IP);
	static const char text[] = "See 2.0.0.127.ABCdef7890.zen.dq.spamhaus."
	    "example, www.spamhaus.example, xabcdef7890x";
	struct buf out = BUF_INIT;

	(void)state;
	assert_ptr_equal(one, same);
	dnslist_put_clean(&out, text, sizeof text - 1);
	assert_string_equal(out.data, "See 2.0.0.127.***.zen.dq.spamhaus."
	    "example, www.spamhaus.example, x***x");
	dnslist_close(one);
	dnslist_close(same);
	buf_clear(&out);
	dnslist_put_clean(&out, "abcdef7890", 10);
	assert_string_equal(out.data, "abcdef7890");
	buf_free(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_answers),
		cmocka_unit_test(test_no_answers),
		cmocka_unit_test(test_health),
		cmocka_unit_test(test_sessions),
		cmocka_unit_test(test_keys),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
